/// A moment in UTC, to the millisecond.
package struct Instant: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  package let milliseconds: Int

  package init(milliseconds: Int) { self.milliseconds = milliseconds }
  package init(seconds: Int) { self.milliseconds = seconds * 1000 }

  /// Whole seconds since 1970, rounded towards the past.
  package var seconds: Int { Instant.floored(milliseconds, 1000) }

  package static func + (instant: Instant, span: Span) -> Instant {
    Instant(milliseconds: instant.milliseconds + span.milliseconds)
  }
  package static func - (instant: Instant, span: Span) -> Instant {
    Instant(milliseconds: instant.milliseconds - span.milliseconds)
  }
  package static func - (a: Instant, b: Instant) -> Span { Span(milliseconds: a.milliseconds - b.milliseconds) }
  package static func < (a: Instant, b: Instant) -> Bool { a.milliseconds < b.milliseconds }

  /// `2026-03-01T09:00:00.000Z` (RFC 3339, UTC, always three digits of milliseconds).
  package var description: String {
    let day = Instant.floored(milliseconds, 86_400_000)
    let inDay = milliseconds - day * 86_400_000
    return "\(Day(number: day))T" + Day.padded(inDay / 3_600_000, 2) + ":" + Day.padded(inDay / 60_000 % 60, 2) + ":"
      + Day.padded(inDay / 1000 % 60, 2) + "." + Day.padded(inDay % 1000, 3) + "Z"
  }

  /// Reads what `description` writes; the fraction may be absent. Nil for anything else.
  package init?(rfc3339 text: String) {
    let parts = text.split(separator: "T", omittingEmptySubsequences: false)
    guard parts.count == 2, let day = Day(iso: String(parts[0])), parts[1].hasSuffix("Z") else { return nil }
    let clock = parts[1].dropLast().split(separator: ".", omittingEmptySubsequences: false)
    guard clock.count == 1 || (clock.count == 2 && clock[1].utf8.count == 3) else { return nil }
    let fields = clock[0].split(separator: ":", omittingEmptySubsequences: false)
    guard fields.count == 3, fields.allSatisfy({ $0.utf8.count == 2 }),
      let hour = UInt(fields[0]), hour < 24, let minute = UInt(fields[1]), minute < 60,
      let second = UInt(fields[2]), second < 60
    else { return nil }
    var millisecond = 0
    if clock.count == 2 {
      guard let value = UInt(clock[1]) else { return nil }
      millisecond = Int(value)
    }
    let inDay = Int(hour) * 3_600_000 + Int(minute) * 60_000 + Int(second) * 1000 + millisecond
    self.init(milliseconds: day.number * 86_400_000 + inDay)
  }

  static func floored(_ value: Int, _ divisor: Int) -> Int {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
  }
}
