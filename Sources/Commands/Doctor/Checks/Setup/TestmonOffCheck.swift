/// Do pytest's options leave testmon on?
struct TestmonOffCheck: Check {
  let name = "testmon-off"
  let group = CheckGroup.setup

  func run(in context: CheckContext) -> [Finding] {
    guard let isOff = context.rehearsal?.isTestmonOff else { return [] }
    guard isOff else { return [.good("testmon isn't switched off")] }
    let (place, remedy) = context.origin(of: "--no-testmon")
    return [.failure("--no-testmon (\(place)): all tests run, and nothing is recorded", next: remedy)]
  }
}
