import Glibc
import Testing

/// Doctor is right on each fault; and none is without a test.
@Suite struct DoctorFaultTests {
  @Test(arguments: Fault.all.filter(\.isPossible))
  func isNamedAndCured(fault: Fault) throws {
    let patient = try Patient()
    try fault.make(patient)
    let found = try patient.diagnose()
    let complaints = found.complaints
    #expect(Set(complaints.map(\.check)) == Set([fault.check] + fault.others), "\(complaints)")
    let ours = complaints.filter { $0.check == fault.check }
    let first = try #require(ours.first, "\(found)")
    #expect(ours.contains { $0.verdict == fault.verdict.rawValue }, "\(ours)")
    let messages = ours.map(\.message).joined(separator: "\n")
    for words in fault.says { #expect(messages.contains(words), "\(words): \(messages)") }
    for one in complaints { #expect(one.next?.isEmpty == false, "\(one)") }
    let next = first.next ?? ""

    let cured: Diagnosis
    switch fault.cure {
    case .paste: cured = try patient.diagnose(after: next)
    case .fix:
      let fixed = try patient.diagnose(after: nil, "--fix")
      #expect(fixed.complaints.contains { $0.check == fault.check && $0.verdict == "fixed" }, "\(fixed)")
      cured = try patient.diagnose()
    case .hand(let cure):
      try cure(patient, next)
      cured = try patient.diagnose()
    }
    #expect(cured.complaints.isEmpty, "\(next): \(cured.complaints)")
  }

  @Test func everyCheckHasAFault() throws {
    for fault in Fault.all where !fault.isPossible {
      let note = "NOT TESTED here: doctor's fault '\(fault.testDescription)'\n"
      write(STDERR_FILENO, note, note.utf8.count)
    }
    let patient = try Patient()
    patient.project.variables["CI"] = "true"
    let diagnosis = try patient.diagnose()
    let checks = Set(diagnosis.groups.flatMap(\.checks))
    let made = Set(Fault.all.map(\.check)).union(Fault.notMade.keys)
    #expect(checks == made, "without a fault: \(checks.subtracting(made)); no check: \(made.subtracting(checks))")
    #expect(Set(Fault.all.map(\.testDescription)).count == Fault.all.count)
  }
}
