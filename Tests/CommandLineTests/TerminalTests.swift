import Glibc
import Testing

@testable import CommandLine

/// What is written to a pipe while `body` runs.
private func captured(_ body: (Output) -> Void) -> String {
  var ends: [Int32] = [-1, -1]
  guard pipe(&ends) == 0 else { return "no pipe" }
  body(Output(descriptor: ends[1]))
  close(ends[1])
  defer { close(ends[0]) }
  var bytes = [UInt8](repeating: 0, count: 1 << 16)
  let count = read(ends[0], &bytes, bytes.count)
  return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
}

private let plain = Style(isColored: false, marks: Marks(environment: [:]))

@Suite struct TerminalTests {
  @Test func colourDependsOnTheTerminalTheVariablesAndTheChoice() {
    func isColored(_ choice: ColorChoice, _ isTerminal: Bool, _ environment: [String: String] = [:]) -> Bool {
      Style(choice, isTerminal: isTerminal, environment: environment).isColored
    }
    #expect(isColored(.auto, true))
    #expect(!isColored(.auto, false))
    #expect(!isColored(.auto, true, ["NO_COLOR": "1"]))
    #expect(isColored(.auto, true, ["NO_COLOR": ""]))
    #expect(!isColored(.auto, true, ["TERM": "dumb"]))
    #expect(isColored(.always, false, ["NO_COLOR": "1", "TERM": "dumb"]))
    #expect(!isColored(.never, true))
    #expect(Style(.always, isTerminal: false, environment: [:])(.error, "x") == "\u{1B}[1;31mx\u{1B}[0m")
    #expect(plain(.error, "x") == "x")
  }

  @Test func marksDependOnTheLocale() {
    func good(_ environment: [String: String]) -> String { Marks(environment: environment).good }
    for locale in ["C.UTF-8", "en_US.utf8", "de_DE.UTF-8@euro"] { #expect(good(["LANG": locale]) == "✓", "\(locale)") }
    for locale in ["", "C", "POSIX", "de_DE.ISO-8859-1", "ja_JP.eucJP"] { #expect(good(["LANG": locale]) == "+") }
    #expect(good(["LANG": "C.UTF-8", "LC_ALL": "C"]) == "+" && good(["LANG": "C.UTF-8", "LC_ALL": ""]) == "✓")
    #expect(good(["LANG": "C", "LC_CTYPE": "C.UTF-8"]) == "✓" && good([:]) == "+")
    let marks = Marks(environment: [:])
    #expect(Set([marks.good, marks.warning, marks.problem]).count == 3 && marks.dark != marks.light)
  }

  @Test func wideCharactersTakeTwoColumns() {
    #expect(DisplayWidth.of("abc é ü") == 7 && DisplayWidth.of("e\u{301}") == 1)
    #expect(DisplayWidth.of("工程") == 4 && DisplayWidth.of("🚀") == 2 && DisplayWidth.of("❤️") == 2)
    #expect(DisplayWidth.cut("abcdef", to: 6) == "abcdef" && DisplayWidth.cut("abcdefg", to: 6) == "abc...")
    #expect(DisplayWidth.cut("工程工程", to: 6) == "工...")
    #expect(DisplayWidth.cut("abc", to: 2) == ".." && DisplayWidth.cut("abc", to: 0) == "")
  }

  @Test func diagnosticsHaveTheirForms() {
    let text = captured { output in
      let diagnostics = Diagnostics(output: output, style: plain, debug: true, quiet: false, role: "worker gw0")
      diagnostics.error("e", hint: "h")
      diagnostics.warning("Worker timeout: 3/4 ready after 30s")
      diagnostics.note("n")
      diagnostics.debug("d")
    }
    let line = "testmon-xdist: debug: TIME worker gw0[\(getpid())]: d"
    let time = #/([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}/#
    #expect(
      text.replacing(time, with: "TIME") == """
        testmon-xdist: error: e
        h
        WARNING: Worker timeout: 3/4 ready after 30s
        testmon-xdist: n
        \(line)

        """)
  }

  @Test func theTimeOfDayHasMilliseconds() {
    setenv("TZ", "UTC", 1)
    tzset()
    #expect(TimeOfDay.text(timespec(tv_sec: 86400 + 3723, tv_nsec: 4_999_999)) == "01:02:03.004")
    #expect(TimeOfDay.text(timespec(tv_sec: 86399, tv_nsec: 999_999_999)) == "23:59:59.999")
  }

  @Test func quietLeavesErrorsOnly() {
    let text = captured { output in
      let diagnostics = Diagnostics(output: output, style: plain, debug: true, quiet: true)
      diagnostics.warning("w")
      diagnostics.note("n")
      diagnostics.debug("d")
      diagnostics.error("e")
    }
    #expect(text == "testmon-xdist: error: e\n")
  }

  @Test func debugLinesAreNotMadeInVain() {
    let diagnostics = Diagnostics(style: plain, debug: false, quiet: false)
    var isMade = false
    func message() -> String {
      isMade = true
      return ""
    }
    diagnostics.debug(message())
    #expect(!isMade)
  }

  @Test func nothingFromOutsideDrivesTheTerminal() {
    #expect(Printable.escape("a\u{1B}[2Jb\nc\t\r\0\u{7F}\u{9B}") == #"a\x1b[2Jb\nc\t\r\x00\x7f\x9b"#)
    #expect(Printable.escape("a\u{202E}b\u{2028}\u{200B}") == #"a\u{202e}b\u{2028}\u{200b}"#)
    #expect(Printable.escape("naïve 日本 \\ 'x'") == "naïve 日本 \\ 'x'")
    let text = captured { Diagnostics(output: $0, style: plain, debug: false, quiet: false).error("\u{1B}]0;x\u{7}\n") }
    #expect(text == #"testmon-xdist: error: \x1b]0;x\x07\n"# + "\n")
  }

  @Test func aReaderThatHasGoneIsTheEndOfOutput() {
    signal(SIGPIPE, SIG_IGN)
    var ends: [Int32] = [-1, -1]
    #expect(pipe(&ends) == 0)
    close(ends[0])
    #expect(Output(descriptor: ends[1]).write("x") == .closed)
    close(ends[1])
    #expect(Output(descriptor: -1).write("x") == .failed(EBADF))
    #expect(Output(descriptor: -1).write("") == .written)
  }

  @Test func aFullDiskIsReported() {
    let full = open("/dev/full", O_WRONLY)
    defer { close(full) }
    #expect(Output(descriptor: full).write("x") == .failed(ENOSPC))
  }

  @Test func aFullNonBlockingPipeLosesNothing() async {
    var ends: [Int32] = [-1, -1]
    #expect(pipe(&ends) == 0)
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    let (reading, writing) = (ends[0], ends[1])
    let size = 300_000
    let reader = Task.detached {
      var total = 0
      var chunk = [UInt8](repeating: 0, count: 5000)
      while case let count = read(reading, &chunk, chunk.count), count > 0 { total += count }
      return total
    }
    #expect(Output(descriptor: writing).write(String(repeating: "x", count: size)) == .written)
    close(writing)
    #expect(await reader.value == size)
    close(reading)
  }

  @Test func columnsAlign() {
    #expect(Columns.lines([["a", "bb", "c"], ["ddd", "e"], []], indent: 1) == [" a    bb  c", " ddd  e", ""])
    #expect(Columns.lines([["é", "x"], ["ab", ""]]) == ["é   x", "ab"])
    #expect(Columns.lines([]) == [])
  }
}
