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

  /// Reads what `description` writes; the fraction may be absent. Nil for anything else, a leap second too.
  package init?(rfc3339 text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 20 || (bytes.count == 24 && bytes[19] == UInt8(ascii: ".")), bytes.last == UInt8(ascii: "Z"),
      bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
      let day = Day(iso: String(decoding: bytes[..<10], as: UTF8.self)),
      let hour = Digits.number(bytes[11..<13]), hour < 24, let minute = Digits.number(bytes[14..<16]), minute < 60,
      let second = Digits.number(bytes[17..<19]), second < 60
    else { return nil }
    var millisecond = 0
    if bytes.count == 24 {
      guard let value = Digits.number(bytes[20..<23]) else { return nil }
      millisecond = value
    }
    self.init(
      milliseconds: day.number * 86_400_000 + hour * 3_600_000 + minute * 60_000 + second * 1000 + millisecond)
  }

  static func floored(_ value: Int, _ divisor: Int) -> Int {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
  }
}
