extension Fault {
  static let ci: [Fault] = []
}
