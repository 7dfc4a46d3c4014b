import Glibc
import Testing
import Text

@testable import CommandLine

/// Runs the completions in zsh itself, where it is installed.
@Suite(.enabled(if: access("/usr/bin/zsh", X_OK) == 0 || access("/bin/zsh", X_OK) == 0)) struct ZshCompletionTests {
  /// What is typed before the Tab key, and what then stands on the line.
  private static let lines = [
    ("testmon-xdist contr", "testmon-xdist controller "),
    ("testmon-xdist controller --det", "testmon-xdist controller --detach "),
    ("testmon-xdist controller --workers 2 -- zcompi", "testmon-xdist controller --workers 2 -- zcompile "),
    ("testmon-xdist -q worker gw0 -- ls /etc/passw", "testmon-xdist -q worker gw0 -- ls /etc/passwd"),
  ]

  /// A zsh on a terminal of its own: a key shows the line as it is.
  @Test(arguments: lines)
  func completes(_ typed: String, _ expected: String) throws {
    var template = Array("/tmp/testmon-xdist-zsh.XXXXXX".utf8CString)
    let folder = String(cString: try #require(mkdtemp(&template)))
    defer { _ = system("rm -r \(ShellWord.quote(folder))") }
    let file = try #require(fopen("\(folder)/_testmon-xdist", "w"))
    fputs(ZshCompletion.render(), file)
    fclose(file)
    let script = #"""
      zmodload zsh/zpty
      zpty z zsh -f -i
      zpty -w z "fpath=($1 \$fpath); autoload -U compinit; compinit -u -D; PS1='' RPS1=''"
      zpty -w z 'show() { print -rn -- "<""<$BUFFER>"">" }; zle -N show; bindkey "^X" show; print RE""ADY'
      zpty -r z output '*READY*'
      zpty -n -w z "$2"$'\t\x18'
      zpty -r z output '*\<\<*\>\>*'
      print -rn -- "${${output##*<<}%%>>*}"
      """#
    let words = ["timeout", "60", "zsh", "-f", "-c", script, "zsh", folder, typed].map(ShellWord.quote)
    let pipe = try #require(popen(words.joined(separator: " "), "r"))
    defer { pclose(pipe) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = fread(&bytes, 1, bytes.count, pipe)
    #expect(String(decoding: bytes.prefix(count), as: UTF8.self) == expected)
  }
}
