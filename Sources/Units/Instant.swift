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

/// A length of time; days in it are exactly 24 hours. Civil days are counted with `Day`, not with this.
package struct Span: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let milliseconds: Int

  package init(milliseconds: Int) { self.milliseconds = milliseconds }
  package static func seconds(_ count: Int) -> Span { Span(milliseconds: count * 1000) }
  package static func minutes(_ count: Int) -> Span { .seconds(count * 60) }
  package static func hours(_ count: Int) -> Span { .seconds(count * 3600) }
  package static func days(_ count: Int) -> Span { .seconds(count * 86_400) }

  package static let zero = Span(milliseconds: 0)

  /// Whole days, or nil when it is not a multiple of 24 hours.
  package var wholeDays: Int? { milliseconds % 86_400_000 == 0 ? milliseconds / 86_400_000 : nil }
  package var wholeSeconds: Int { Instant.floored(milliseconds, 1000) }

  package static func < (a: Span, b: Span) -> Bool { a.milliseconds < b.milliseconds }

  /// Reads `"15m"`, `"36h"`, `"7d"`, `"2w"`, `"90s"`: one whole number and one unit.
  package init?(text: String) {
    guard let unit = text.last, let count = Int(text.dropLast()), count >= 0, count <= 1_000_000,
      text.utf8.first.map({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) == true
    else { return nil }
    switch unit {
    case "s": self = .seconds(count)
    case "m": self = .minutes(count)
    case "h": self = .hours(count)
    case "d": self = .days(count)
    case "w": self = .days(count * 7)
    default: return nil
    }
  }

  /// The shortest text that reads back to the same length: `15m`, `36h`, `7d`.
  package var description: String {
    let seconds = wholeSeconds
    if seconds == 0 { return "0s" }
    for (unit, letter) in [(86_400, "d"), (3600, "h"), (60, "m")] where seconds % unit == 0 {
      return "\(seconds / unit)\(letter)"
    }
    return "\(seconds)s"
  }
}

/// A time on a clock face, in minutes since midnight: 0...1440, where 1440 is the end of the day (`24:00`).
package struct ClockTime: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let minutes: Int

  package init?(hour: Int, minute: Int) {
    guard (0...24).contains(hour), (0...59).contains(minute), hour < 24 || minute == 0 else { return nil }
    minutes = hour * 60 + minute
  }

  /// Reads `09:00` or `24:00`.
  package init?(text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hour = UInt(parts[0]),
      let minute = UInt(parts[1]), hour <= 24, minute <= 59
    else { return nil }
    self.init(hour: Int(hour), minute: Int(minute))
  }

  package static func < (a: ClockTime, b: ClockTime) -> Bool { a.minutes < b.minutes }
  package var description: String { Day.padded(minutes / 60, 2) + ":" + Day.padded(minutes % 60, 2) }
}
