import Foundation
import Units

// Literals keep a case on one line: "2026-03-02", "100.00 EUR". A bad one ends the test run, which is what it deserves.

extension Day: ExpressibleByStringLiteral {
  package init(stringLiteral text: String) { self = Day(iso: text)! }
}

extension Money: ExpressibleByStringLiteral {
  package init(stringLiteral text: String) { self = Money(text: text)! }
}

extension ClockTime: ExpressibleByStringLiteral {
  package init(stringLiteral text: String) { self = ClockTime(text: text)! }
}

extension Zone: ExpressibleByStringLiteral {
  /// Read from the system's zone files, as the program does.
  package init(stringLiteral name: String) {
    let bytes = FileManager.default.contents(atPath: "/usr/share/zoneinfo/" + name)!
    self = try! Zone(name: name, tzif: Array(bytes))
  }

  static let berlin: Zone = "Europe/Berlin"
  static let newYork: Zone = "America/New_York"
  static let auckland: Zone = "Pacific/Auckland"
  static let tokyo: Zone = "Asia/Tokyo"

  /// `2026-03-02 09:30` on the clocks here; 11:00 where no time is given.
  func time(_ text: String) -> Instant {
    let parts = text.split(separator: " ").map(String.init)
    return instant(day: Day(iso: parts[0])!, time: parts.count > 1 ? ClockTime(text: parts[1])! : "11:00")
  }
}

extension HolidayCalendar {
  /// The holidays of all Germany.
  static let germany = HolidayCalendar(
    code: "DE", country: "DE", title: "Germany",
    rules: [
      HolidayRule(name: "New Year", date: .fixed(month: 1, day: 1)),
      HolidayRule(name: "Good Friday", date: .easter(-2)),
      HolidayRule(name: "Easter Monday", date: .easter(1)),
      HolidayRule(name: "Labour Day", date: .fixed(month: 5, day: 1)),
      HolidayRule(name: "Ascension", date: .easter(39)),
      HolidayRule(name: "Whit Monday", date: .easter(50)),
      HolidayRule(name: "German Unity", date: .fixed(month: 10, day: 3)),
      HolidayRule(name: "Christmas Day", date: .fixed(month: 12, day: 25)),
      HolidayRule(name: "Second Day of Christmas", date: .fixed(month: 12, day: 26)),
    ])

  /// Some federal holidays of the United States.
  static let unitedStates = HolidayCalendar(
    code: "US", country: "US", title: "United States",
    rules: [
      HolidayRule(name: "New Year", date: .fixed(month: 1, day: 1), observed: .us),
      HolidayRule(name: "Memorial Day", date: .nth(-1, .monday, month: 5)),
      HolidayRule(name: "Independence Day", date: .fixed(month: 7, day: 4), observed: .us),
      HolidayRule(name: "Labor Day", date: .nth(1, .monday, month: 9)),
      HolidayRule(name: "Thanksgiving", date: .nth(4, .thursday, month: 11)),
      HolidayRule(name: "Christmas Day", date: .fixed(month: 12, day: 25), observed: .us),
    ])
}
