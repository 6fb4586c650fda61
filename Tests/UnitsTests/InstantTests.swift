import Testing

@testable import Units

@Suite("Instants, spans and clock times") struct InstantTests {
  @Test(
    "RFC 3339 in UTC is read, with three digits of milliseconds or none",
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00.001Z", 1), ("2026-03-01T09:00:00.000Z", 1_772_355_600_000),
      ("2000-02-29T23:59:59.999Z", 951_868_799_999), ("1969-12-31T23:59:59.999Z", -1),
      ("0001-01-01T00:00:00Z", -62_135_596_800_000), ("9999-12-31T23:59:59Z", 253_402_300_799_000),
    ])
  func reads(text: String, milliseconds: Int) {
    #expect(Instant(rfc3339: text)?.milliseconds == milliseconds)
  }

  @Test(
    "anything else is refused",
    arguments: [
      "", "2026-03-01", "2026-03-01T09:00Z", "2026-03-01T09:00:00", "2026-03-01T09:00:00+00:00",
      "2026-03-01T09:00:00.0Z", "2026-03-01T09:00:00.0000Z", "2026-03-01T09:00:00.Z", "2026-03-01T24:00:00Z",
      "2026-03-01T09:60:00Z", "2026-03-01T23:59:60Z", "2026-02-30T09:00:00Z", "2026-03-01 09:00:00Z",
      "2026-03-01t09:00:00z", "2026-03-01T+9:00:00Z", "2026-03-01T09:00:+1Z", "2026-03-01T09:00:00.+12Z",
      "2026-03-01T09:00:00.-12Z", "2026-03-01T09:00:00,000Z", "2026-03-01T09:00:00.000Z ", "2026-03-01T0９:00:00Z",
    ])
  func refuses(text: String) {
    #expect(Instant(rfc3339: text) == nil)
  }

  @Test("an instant reads back from what it writes, over four centuries")
  func roundTrips() {
    var random = SplitMix(seed: 3339)
    for _ in 0..<5000 {
      let instant = Instant(milliseconds: Int.random(in: -6_000_000_000_000...7_000_000_000_000, using: &random))
      #expect(Instant(rfc3339: instant.description) == instant)
    }
    #expect(Instant(milliseconds: 1_772_355_600_007).description == "2026-03-01T09:00:00.007Z")
  }

  @Test("whole seconds round towards the past")
  func seconds() {
    #expect(Instant(milliseconds: 1999).seconds == 1)
    #expect(Instant(milliseconds: -1).seconds == -1)
    #expect(Instant(milliseconds: -1000).seconds == -1)
    #expect(Instant(seconds: 90) - Instant(seconds: 30) == .minutes(1))
    #expect(Instant(seconds: 90) - .minutes(1) == Instant(seconds: 30))
    #expect(Instant(seconds: 30) + .minutes(1) == Instant(seconds: 90))
  }

  @Test(
    "a span is a whole number and a unit",
    arguments: [
      ("90s", Span.seconds(90), "90s"), ("15m", .minutes(15), "15m"), ("36h", .hours(36), "36h"),
      ("7d", .days(7), "7d"), ("2w", .days(14), "14d"), ("0d", .zero, "0s"), ("60s", .minutes(1), "1m"),
      ("1000000d", .days(1_000_000), "1000000d"),
    ])
  func spans(text: String, span: Span, written: String) {
    #expect(Span(text: text) == span)
    #expect(span.description == written)
    #expect(Span(text: span.description) == span)
  }

  @Test(
    "what is no span is refused",
    arguments: [
      "", "7", "d", "-1d", "+1d", "1.5h", "7 d", " 7d", "7D", "1h30m", "1000001d", "142858w", "1000000000s1",
      "99999999999999999999d", "１d",
    ])
  func noSpans(text: String) {
    #expect(Span(text: text) == nil)
  }

  @Test("whole days are told from parts of days")
  func wholeDays() {
    #expect(Span.hours(48).wholeDays == 2)
    #expect(Span.hours(36).wholeDays == nil)
    #expect(Span(milliseconds: -1).wholeSeconds == -1)
  }

  @Test(
    "a clock time is two digits, a colon, two digits, up to 24:00",
    arguments: [
      ("00:00", Int?.some(0)), ("09:05", 545), ("23:59", 1439), ("24:00", 1440), ("24:01", nil), ("25:00", nil),
      ("09:60", nil), ("9:00", nil), ("+9:00", nil), ("09:+1", nil), ("-1:00", nil), ("09:00:00", nil), ("0900", nil),
      ("", nil), (" 9:00", nil), ("09.00", nil),
    ])
  func clocks(text: String, minutes: Int?) {
    #expect(ClockTime(text: text)?.minutes == minutes)
    if minutes != nil { #expect(ClockTime(text: text)?.description == text) }
  }

  @Test("a clock time of numbers keeps to the clock face")
  func clockNumbers() {
    #expect(ClockTime(hour: 24, minute: 0)?.minutes == 1440)
    #expect(ClockTime(hour: 24, minute: 1) == nil)
    #expect(ClockTime(hour: -1, minute: 0) == nil)
    #expect(ClockTime(hour: 0, minute: 60) == nil)
  }
}
