extension Fault {
  static let fileSystem: [Fault] = []
}
