import Coordination
import PytestPlugin
import Text

/// What can install packages in a Python, or has to come first.
enum Installer: String, Decodable {
  case pip, uv, ensurepip
  /// The system's own tools alone may install there: it takes a virtual environment of the project's.
  case venv

  /// The command that installs something.
  /// - Parameters:
  ///   - what: a word of the shell, or several.
  ///   - python: the interpreter's path.
  func command(_ what: String, in python: String) -> String {
    let python = ShellWord.quote(python)
    return switch self {
    case .pip: "\(python) -m pip install \(what)"
    case .uv: "uv pip install --python \(python) \(what)"
    case .ensurepip: "\(python) -m ensurepip && \(python) -m pip install \(what)"
    case .venv: "\(python) -m venv .venv && .venv/bin/python -m pip install \(what)"
    }
  }
}

extension PythonEnvironment {
  /// What can install packages there; pip where it can't be asked.
  var installer: Installer {
    struct Answer: Decodable { let installer: Installer }
    let source = String(decoding: PythonInspection.ofPackages, as: UTF8.self)
    let answer = (try? run(source, [])).flatMap { JSON.decode(Answer.self, from: $0.standard) }
    return answer?.installer ?? .pip
  }
}
