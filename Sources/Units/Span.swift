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

  /// Reads `"15m"`, `"36h"`, `"7d"`, `"2w"`, `"90s"`: one whole number and one unit. At most a million days.
  package init?(text: String) {
    guard let unit = text.last, let count = Digits.number(Array(text.dropLast().utf8)[...]) else { return nil }
    let span: Span
    switch unit {
    case "s": span = .seconds(count)
    case "m": span = .minutes(count)
    case "h": span = .hours(count)
    case "d": span = .days(count)
    case "w": span = .days(count * 7)
    default: return nil
    }
    guard span <= .days(1_000_000) else { return nil }
    self = span
  }

  /// In the largest unit that leaves no rest: `15m`, `36h`, `7d`; parts of a second are left out.
  package var description: String {
    let seconds = wholeSeconds
    if seconds == 0 { return "0s" }
    for (unit, letter) in [(86_400, "d"), (3600, "h"), (60, "m")] where seconds % unit == 0 {
      return "\(seconds / unit)\(letter)"
    }
    return "\(seconds)s"
  }
}
