import Testing

@testable import CommandLine

/// A generator that repeats itself, so that a failure does, too (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

@Suite struct ParserFuzzTests {
  private static let pieces =
    CommandName.allCases.map(\.rawValue) + OptionName.allCases.map { "--" + $0.rawValue }
    + ["--", "-", "-q", "-qh", "-t", "-t5", "-c", "--workers=3", "--history=", "gw0", "5", "", "=", "--=", "-="]
    + [
      "--\u{301}", "-\u{301}q", "\u{FFFD}", "\0", "--é=ü", "-é", "--timeout=99999999999999999999999999999", "\u{1F600}",
      "\r\n",
    ]

  @Test(arguments: 0..<40)
  func anyArgumentsGiveARequestOrAMessage(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let arguments = (0..<Int.random(in: 0...6, using: &random)).map { _ in Self.argument(&random) }
      do {
        let request = try Request(arguments)
        guard case .controller(let options, _) = request, let command = options.command else { continue }
        #expect(!command.isEmpty)
        #expect(Array(arguments.suffix(command.count)) == command)
      } catch {
        #expect(!error.message.isEmpty)
        #expect(!Printable.escape(error.message).unicodeScalars.contains { $0.properties.generalCategory == .control })
      }
    }
  }

  private static func argument(_ random: inout SeededGenerator) -> String {
    switch Int.random(in: 0..<10, using: &random) {
    case 0:
      let bytes = (0..<Int.random(in: 0...12, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      return String(decoding: bytes, as: UTF8.self)
    case 1: return (pieces.randomElement(using: &random) ?? "") + (pieces.randomElement(using: &random) ?? "")
    default: return pieces.randomElement(using: &random) ?? ""
    }
  }
}
