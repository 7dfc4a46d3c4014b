import CLinux

/// The program's arguments, without its name. Unlike Swift's own, they need no /proc.
public func programArguments() -> [String] {
  guard let values = clinux_argument_values() else { return [] }
  return (0..<Int(clinux_argument_count())).dropFirst().compactMap { values[$0].map { String(cString: $0) } }
}
