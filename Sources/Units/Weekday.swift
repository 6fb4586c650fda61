/// A day of the week, numbered as in ISO 8601: Monday is 1, Sunday is 7.
package enum Weekday: Int, CaseIterable, Sendable, Comparable {
  case monday = 1
  case tuesday, wednesday, thursday, friday, saturday, sunday

  package static func < (a: Weekday, b: Weekday) -> Bool { a.rawValue < b.rawValue }

  /// `mon` ... `sun`, as configuration writes it.
  package var short: String {
    switch self {
    case .monday: "mon"
    case .tuesday: "tue"
    case .wednesday: "wed"
    case .thursday: "thu"
    case .friday: "fri"
    case .saturday: "sat"
    case .sunday: "sun"
    }
  }

  /// Reads what `short` writes; nil for anything else.
  package init?(short text: String) {
    guard let weekday = Weekday.allCases.first(where: { $0.short == text }) else { return nil }
    self = weekday
  }
}
