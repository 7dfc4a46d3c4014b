import FoundationEssentials
import Testing

@testable import Testmon

@Suite struct ParkedNameTests {
  @Test func theFormIsFixed() {
    #expect(
      ParkedName(base: "default", since: noon).text == "default [kept by testmon-xdist since 2026-11-23T10:36:00Z]")
  }

  @Test(arguments: [
    "default", "", "'\"\n", "é", "e\u{301}", "\u{301}", "a\r", "x [kept by testmon-xdist since 2026-11-23T10:36:00Z]",
  ])
  func itIsTakenApartAgain(base: String) throws {
    let parked = ParkedName(base: base, since: noon)
    let again = try #require(ParkedName(parked.text))
    #expect(again == parked)
  }

  @Test(arguments: [
    "", "]", "default", " [kept by testmon-xdist since ]", "x [kept by testmon-xdist since 2026-11-23T10:36:00Z",
    "x [kept by testmon-xdist since 2026-13-45T99:99:99Z]", "x [kept by testmon-xdist since 2026-11-23T10:36:000]",
    "x [kept by testmon-xdist since 2026-02-30T10:36:00Z]", "x [kept by testmon-xdist since éééééééééé]",
    "x [kept by testmon-xdist since 2026-11-23T10:36:00Z] ", "x [kept by testmon-xdist since                     ]",
    "x[kept by testmon-xdist since 2026-11-23T10:36:00Z]",
  ])
  func otherNamesAreNotParked(name: String) {
    #expect(ParkedName(name) == nil)
  }

  @Test(arguments: [0, -1, 1e300, -1e300, Double.nan, .infinity, -.infinity, 253_402_300_800, 1.999])
  func anyClockGivesAName(seconds: Double) {
    let parked = ParkedName(base: "x", since: Date(timeIntervalSince1970: seconds))
    #expect(ParkedName(parked.text) == parked)
  }
}
