import Glibc
import Platform
import Testing

@testable import Coordination

/// What other processes read.
@Suite struct FormatTests {
  /// An object's keys, whatever their values.
  private struct Keys: Decodable {
    private struct Key: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init?(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    let all: Set<String>

    init(from decoder: any Decoder) throws {
      all = Set(try decoder.container(keyedBy: Key.self).allKeys.map(\.stringValue))
    }
  }

  private func keys(_ value: some Encodable) -> Set<String>? { JSON.decode(Keys.self, from: JSON.encode(value))?.all }

  private static let marker = Marker(
    protocol: 1, runID: "r", timestamp: 1_795_430_160.123456, controllerPID: 42, controller: own, owner: stranger,
    environment: PreparedEnvironment(
      id: .max, name: "é'\"\n\u{1F600}", pythonVersion: "3.11.7", packagesChanged: true,
      databasePath: "/a b/.testmondata", dataVersion: 14),
    expectedWorkers: 4096, version: "0.1.0")

  @Test func theMarker() throws {
    let marker = Self.marker
    #expect(
      keys(marker) == [
        "protocol", "run_id", "timestamp", "controller_pid", "controller", "owner", "environment_id",
        "environment_name", "python_version", "packages_changed", "database_path", "data_version", "expected_workers",
        "version",
      ])
    #expect(keys(stranger) == ["pid", "start_time", "boot_id", "pid_namespace"])
    // Since Linux 5.6.
    #expect(keys(own)?.subtracting(["time_namespace"]) == keys(stranger))
    #expect(JSON.decode(Marker.self, from: JSON.encode(marker)) == marker)
    #expect(JSON.decode(Marker.self, from: JSON.encode(marker, pretty: false)) == marker)
    #expect(Marker.fileName == "controller_ready.json" && Marker.currentProtocol == 1)
  }

  @Test func anAcknowledgement() throws {
    let one = Acknowledgement("gw0", of: "r")
    #expect(keys(one) == ["run_id", "worker_id", "pid", "timestamp", "waited_ms"])
    #expect(JSON.decode(Acknowledgement.self, from: JSON.encode(one)) == one)
    #expect(Acknowledgement.fileName(of: "gw0") == "worker_gw0_ready")
  }

  @Test func theHolder() throws {
    let holder = Holder(runID: "r", kind: .command, since: 1.5, controller: own, owner: stranger)
    #expect(keys(holder) == ["run_id", "kind", "since", "controller", "owner"])
    #expect(JSON.decode(Holder.self, from: JSON.encode(holder)) == holder)
  }

  @Test func equalThingsHaveEqualBytesAndAreLines() throws {
    let bytes = JSON.encode(Self.marker, pretty: false)
    #expect(bytes == JSON.encode(Self.marker, pretty: false))
    #expect(bytes.filter { $0 == UInt8(ascii: "\n") }.count == 1 && bytes.last == UInt8(ascii: "\n"))
  }

  @Test func whatIsDamagedIsNothing() throws {
    let whole = JSON.encode(Self.marker)
    for count in stride(from: 0, to: whole.count - 2, by: 7) {
      #expect(JSON.decode(Marker.self, from: Array(whole.prefix(count))) == nil)
    }
    for text in ["", "[]", "null", "{}", "\u{0}", #"{"protocol":1e400}"#, #"{"protocol":9223372036854775808}"#] {
      #expect(JSON.decode(Marker.self, from: Array(text.utf8)) == nil)
    }
    #expect(JSON.decode(Marker.self, from: [UInt8](repeating: UInt8(ascii: "["), count: 100_000)) == nil)
  }
}
