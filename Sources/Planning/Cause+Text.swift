extension Cause {
  /// What people are told: `add in lib.py changed`.
  public var text: String { text(of: name.map { [$0] } ?? []) }

  /// The same of several names in one file.
  /// - Parameter most: how many are named.
  fileprivate func text(of names: [String], most: Int = 3) -> String {
    let file = file ?? "a file"
    let functions = names.map { $0 == Self.wholeFile ? "module level" : $0 }
    let more = functions.count - most
    let listed = functions.prefix(most).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    return switch kind {
    case .changed where names.isEmpty: "\(file) changed"
    case .changed where names == [Self.wholeFile]: "\(listed) of \(file) changed"
    case .changed: "\(listed) in \(file) changed"
    case .added: "\(listed) added to \(file)"
    case .removed: "\(listed) removed from \(file)"
    case .moved: "\(listed) moved within \(file)"
    case .gone: "\(file) is gone"
    case .unparsable: "syntax error in \(file)"
    case .newFile: "\(file) is new"
    case .newTest: "new in \(file)"
    case .failed: "failed last time"
    case .crashed: "ended its process last time"
    case .unfinished: "no result yet"
    case .doubted: "maybe recorded by coverage's sysmon core"
    case .asked: "asked for; testmon didn't select"
    case .workers: "the workers' Pythons differ"
    case .everything: "no test was known"
    case .packages: name ?? "packages changed"
    case .environment: "nothing recorded yet in environment \(name ?? "default")"
    case .noData: "no data yet"
    case .dataVersion: "the data was of version \(name ?? "unknown")"
    case .unknown: "cause unknown"
    case .leftOut: "were to run, and didn't"
    }
  }

  /// Whether it is about the test itself, and not about a file.
  private var isOfTest: Bool { [.failed, .crashed, .unfinished, .doubted].contains(kind) }

  /// All causes in a line: those of one file together, those with most tests first, and the tests' own last.
  /// - Parameter most: how many files are named.
  public static func summary(_ causes: [CausedTests], most: Int = 2) -> String {
    var groups: [(first: Cause, names: [String], count: Int)] = []
    for one in causes.sorted() {
      let place = groups.firstIndex {
        $0.first.kind == one.cause.kind && ($0.first.isOfTest || $0.first.file == one.cause.file)
      }
      if let place, one.cause.isOfTest {
        groups[place].count += one.count
      } else if let place, let name = one.cause.name {
        groups[place].names.append(name)
      } else {
        groups.append((one.cause, one.cause.name.map { [$0] } ?? [], one.count))
      }
    }
    let files = groups.filter { !$0.first.isOfTest }
    var parts = files.prefix(most).map { $0.first.text(of: $0.names) }
    if files.count > most { parts.append("\(files.count - most) more changes") }
    parts += groups.filter { $0.first.isOfTest }.map { group in
      // Where it is the only cause, the number was said already.
      groups.count == 1 ? group.first.text : "\(group.count) \(group.first.text)"
    }
    return parts.joined(separator: "; ")
  }
}

extension CausedTests: Comparable {
  /// Those with most tests first; the rest of the order is only always the same.
  public static func < (left: CausedTests, right: CausedTests) -> Bool {
    if left.count != right.count { return left.count > right.count }
    let (one, other) = (left.cause, right.cause)
    return (one.file ?? "", one.name ?? "", one.kind.rawValue) < (
      other.file ?? "", other.name ?? "", other.kind.rawValue
    )
  }
}

extension Selection {
  /// What the header of a run says: `12 of 4003 tests: add, mul in lib.py changed`.
  /// - Parameters:
  ///   - everything: why no test is known, where that is so.
  ///   - before: how many tests were known until then.
  public func message(everything: Cause, before: Int?) -> String {
    if allTests > 0 { return "\(tests) of \(allTests) tests: \(reason(everything))" }
    return "all \(before.map { "\($0) " } ?? "")tests: \(reason(everything))"
  }

  /// The part after the colon.
  public func reason(_ everything: Cause) -> String { allTests > 0 ? Cause.summary(causes) : everything.text }
}
