import FoundationEssentials
import Testing

/// The file itself.
@Suite struct BinaryTests {
  private let bytes: [UInt8]

  init() throws { bytes = Array(try Data(contentsOf: URL(filePath: Surroundings.executable))) }

  private func number(_ offset: Int, _ count: Int) -> Int {
    (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << ($1 * 8) }
  }

  /// What ldd(1) tells: a program that names no interpreter and needs no library.
  @Test func itIsStatic() throws {
    try #require(bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]), "a 64-bit little-endian ELF file")
    // Elf64_Ehdr and Elf64_Phdr, see elf(5).
    let (table, size, count) = (number(32, 8), number(54, 2), number(56, 2))
    let types = (0..<count).map { number(table + $0 * size, 4) }
    let (load, dynamic, interpreter) = (1, 2, 3)
    #expect(types.contains(load) && !types.contains(interpreter) && !types.contains(dynamic))
  }

  @Test func itIsSmallAndStripped() {
    #expect(bytes.count <= 20_000_000)
    // No section of type SHT_SYMTAB.
    let (table, size, count) = (number(40, 8), number(58, 2), number(60, 2))
    #expect(!(0..<count).contains { number(table + $0 * size + 4, 4) == 2 })
  }

  @Test func itTellsItsVersion() throws {
    let outcome = try Project().testmonXdist("--version")
    let words = outcome.output.split { " \n".contains($0) }
    #expect(outcome.status == 0 && outcome.errors == "" && words.count == 2, "\(outcome)")
    #expect(words.first == "testmon-xdist" && words.last?.split(separator: ".").count == 3, "\(outcome)")
    let wheel = try FileManager.default.contentsOfDirectory(atPath: Surroundings.installed(.testmonXdist))
    #expect(wheel.contains { $0 == "testmon_xdist-\(words.last ?? "").dist-info" }, "\(wheel)")
  }

  /// The wheel's own executable is this one.
  @Test func theWheelHasIt() throws {
    let path = try Surroundings.installed(.testmonXdist) + "/bin/testmon-xdist"
    #expect(Array(try Data(contentsOf: URL(filePath: path))) == bytes)
    #expect(FileManager.default.isExecutableFile(atPath: path))
  }
}
