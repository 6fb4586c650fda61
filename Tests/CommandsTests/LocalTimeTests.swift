import Testing
import Units

@testable import Commands

@Suite("Times on the command line")
struct LocalTimeTests {
  @Test(
    "a date is its midnight, a time is to the minute",
    arguments: [
      ("2026-03-01", "2026-03-01T00:00:00.000Z"), ("2026-03-01T09:30", "2026-03-01T09:30:00.000Z"),
      ("2026-03-01T09:30:59", "2026-03-01T09:30:00.000Z"),
    ])
  func reads(text: String, instant: String) throws {
    let time = try #require(LocalTime(argument: text))
    #expect(time.instant(in: .utc).description == instant)
  }

  @Test(
    "anything else is refused",
    arguments: [
      "", "2026-02-30", "2026-3-1", "2026-03-01 09:00", "2026-03-01T9:00", "2026-03-01T09:00Z", "2026-03-01T09:00+02",
      "2026-03-01T09:00:60",
      "tomorrow",
    ])
  func refuses(text: String) { #expect(LocalTime(argument: text) == nil) }
}
