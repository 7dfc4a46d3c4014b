import FoundationEssentials
import Glibc
import Testing

@testable import CommandLine

/// The catalogue: every message says what happened, where, and what to do next, in words that work when they are pasted.
///
/// `make messages` prints it.
@Suite(.serialized) struct MessageTests {
  @Test func ofTheExecutable() throws {
    let samples =
      UsageSamples.all() + (try SettingsSamples.all()) + (try ErrorSamples.all()) + (try ExecutableSamples.all())
    for sample in samples { check(sample) }
    let said = samples.map(\.text).joined(separator: "\n")
    for (path, text) in try texts() where !said.contains(text) && !Self.isExcused(text) {
      Issue.record("\(path): no sample has the words \"\(text)\": add what provokes them")
    }
    try publish(samples)
  }

  @Test func ofThePlugin() throws {
    let plugin = try PluginSamples.load()
    for message in plugin.messages { check(Sample(message.text, place: message.place, next: message.next)) }
    #expect(plugin.unseen == [], "plugin_messages.py provokes nothing that has these words")
    try publish(plugin.messages.map { Sample($0.text, place: $0.place, next: $0.next) })
  }

  private func check(_ sample: Sample) {
    let text = sample.text
    #expect(text.contains(sample.place), "no place '\(sample.place)': \(text)")
    #expect(text.contains(sample.next), "no advice '\(sample.next)': \(text)")
    for command in Self.commands(in: text) {
      #expect(throws: Never.self, "'testmon-xdist \(command.joined(separator: " "))' isn't understood: \(text)") {
        _ = try Request(command)
      }
    }
    // Any other Python's pip may be first in PATH.
    for match in text.matches(of: #/(\S+ \S+ )?pip install( --python /)?/#) where match.2 == nil {
      let words = match.1.map { $0.split(separator: " ") } ?? []
      #expect(words.last == "-m" && words.first?.contains("/") == true, "which Python's pip? \(text)")
    }
    // Nobody can give himself a right to what belongs to somebody else; see WriteObstacle.
    #expect(!text.contains("chmod") || text.contains("Give yourself the right"), "\(text)")
  }

  /// Our own commands in a text, each up to the mark that ends it.
  private static func commands(in text: String) -> [[String]] {
    text.matches(of: #/testmon-xdist ((?:controller|worker|status|cleanup|doctor)\b[^;,')\n]*)/#).map { match in
      match.1.split(separator: " ").map(String.init)
    }
  }

  /// What messages are made of, by file: texts of three words at least, but for debug lines.
  private func texts() throws -> [(String, String)] {
    try Repository.sources(ending: ".swift").filter { path, _ in
      Self.places.contains { path.hasPrefix($0) } && !Self.others.contains { path.hasPrefix($0) }
    }.sorted { $0.key < $1.key }.flatMap { path, source in
      SourceTexts.of(source).filter { text in
        !text.calls.contains { $0.hasSuffix("debug") || $0.hasSuffix("Definition") || $0.hasSuffix("tellDone") }
      }.map { $0.words.split(separator: " ") }.filter { $0.count >= 3 }.map { (path, $0.joined(separator: " ")) }
    }
  }

  private static let places = [
    "Commands/", "Settings/", "CommandLine/Parsing/", "Testmon/DataFileError", "Testmon/WriteObstacle", "Coordination/",
  ]
  /// What has results rather than messages, with tests of its own, and texts that aren't for people.
  private static let others = [
    "Commands/Doctor/", "Commands/Status/", "Commands/Plugin/Reasons", "Commands/Plugin/SummarySection",
    "Settings/Settings.swift", "Coordination/History.swift",
    "Coordination/HistorySchema", "Coordination/History+", "Coordination/FolderOperation",
  ]

  /// What can't be provoked here.
  private static func isExcused(_ text: String) -> Bool { excused.contains { text.contains($0.words) } }

  private static let excused: [(words: String, reason: String)] = [
    ("if no run of theirs needs it", "for who isn't root"), ("namei -l", "for who isn't root"),
    ("can be written for the pytest plugin", "root can write anywhere"), ("export TMPDIR", "root can write anywhere"),
    ("its lock isn't held by", "see TrustTests"), ("find out whose it is, and end that", "see TrustTests"),
    ("because it doesn't end", "takes ten seconds"), ("it is alive, but its process", "needs another container"),
    ("it is empty, but can't be removed", "see EndTests"), ("goes on, and removes it when it ends", "see EndTests"),
    ("whoever started this run", "is gone, and reads nothing"), ("reads standard output, and nobody", "reads nothing"),
    ("pytest there hasn't answered", "takes a minute"), ("see where it hangs", "takes a minute"),
    ("-m pytest --collect-only", "takes a minute"), ("other processes remove it", "a race that nobody wins"),
    ("a TOML checker", "TOMLKit always says where"), ("a value that can't be read", "TOMLKit reads them all"),
    ("can't be read; look at it", "nothing else is thrown"), (", up to", "for documents"),
    ("goes on in the background", "see CompositionTests"), ("); 'testmon-xdist cleanup'", "see CompositionTests"),
    ("ready, and run", "see CompositionTests"),
    ("nothing below this command", "see UncoordinatedTests"), ("although ", "see UncoordinatedTests"),
    ("keeps pytest from loading", "see UncoordinatedTests"), ("block the plugin", "see UncoordinatedTests"),
    ("takes away the variables", "see UncoordinatedTests"), ("ignores PYTHONPATH", "see UncoordinatedTests"),
    ("something between has cleared", "see UncoordinatedTests"), ("before the pytest there", "see UncoordinatedTests"),
    ("is over, but the variables", "see WrapperPluginTests"), ("for it are still set", "see WrapperPluginTests"),
    ("has to be put right first", "see DamageTests"), ("sys.argv", "for a machine"), ("sys.path", "for a machine"),
    ("import probe", "for a machine"),
  ]

  /// Adds them to the file that `make messages` shows.
  private func publish(_ samples: [Sample]) throws {
    guard let path = getenv("TESTMON_XDIST_TEST_MESSAGES").map({ String(cString: $0) }) else { return }
    let before = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    try (before + samples.map { $0.text + "\n" }.joined()).write(toFile: path, atomically: true, encoding: .utf8)
  }
}
