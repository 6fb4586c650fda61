import Synchronization

/// The holidays of a country, a region or a payment system, by name: rules laid out for the years 1990 to 2100.
///
/// One look into a table a question; years outside of the table are worked out from the rules when they are asked for.
/// Cheap to copy: all of it stands in one shared, immutable place.
package struct HolidayCalendar: Hashable, Sendable {
  private let content: Content

  /// `DE`, `DE-BY`, `TARGET`: what configuration calls it.
  package var code: String { content.code }
  /// The country whose customers and companies it concerns, ISO 3166-1 alpha-2; nil for a payment system.
  package var country: String? { content.country }
  /// For people: `United Kingdom: England and Wales`.
  package var title: String { content.title }
  /// The law or official page that it was taken from.
  package var source: String { content.source }
  package var rules: [HolidayRule] { content.rules }

  private final class Content: Sendable {
    let code: String
    let country: String?
    let title: String
    let source: String
    let rules: [HolidayRule]
    private let drawn = AtomicLazyReference<Table>()

    init(code: String, country: String?, title: String, source: String, rules: [HolidayRule]) {
      self.code = code
      self.country = country
      self.title = title
      self.source = source
      self.rules = rules
    }

    /// Drawn when it is first asked for: of all the calendars that there are, few are used.
    var table: Table { drawn.load() ?? drawn.storeIfNil(Table(rules)) }
  }

  private final class Table: Sendable {
    /// For each day from `firstDay` on: 0, or 1 + the index of its name in `names`.
    let slots: [UInt16]
    let names: [String]

    init(_ rules: [HolidayRule]) {
      var slots = [UInt16](repeating: 0, count: HolidayCalendar.dayCount)
      var names: [String] = []
      var indexes: [String: UInt16] = [:]
      for holiday in HolidayCalendar.holidays(by: rules, in: HolidayCalendar.tabled) {
        if indexes[holiday.name] == nil, names.count < UInt16.max {
          names.append(holiday.name)
          indexes[holiday.name] = UInt16(names.count)
        }
        slots[holiday.day.number - HolidayCalendar.firstDay] = indexes[holiday.name, default: 0]
      }
      self.slots = slots
      self.names = names
    }
  }

  private static let tabled = 1990...2100
  private static let firstDay = Day.first(of: tabled.lowerBound).number
  private static let dayCount = Day.first(of: tabled.upperBound + 1).number - firstDay

  package init(code: String, country: String?, title: String, source: String = "", rules: [HolidayRule]) {
    content = Content(code: code, country: country, title: title, source: source, rules: rules)
  }

  /// The name of the holiday on `day`, such as `Christmas Day (observed)`, or nil. Of two on one day the first rule's.
  package func isHoliday(_ day: Day) -> String? {
    let slot = day.number - HolidayCalendar.firstDay
    if slot >= 0, slot < HolidayCalendar.dayCount {
      let table = content.table
      let index = Int(table.slots[slot])
      return index == 0 ? nil : table.names[index - 1]
    }
    let year = day.components.year
    return HolidayCalendar.holidays(by: content.rules, in: year...year).first { $0.day == day }?.name
  }

  /// Whether each of so many days is one: to look for the table costs more than to look into it.
  func areHolidays(from first: Day, count: Int) -> [Bool] {
    let slots = content.table.slots
    let start = first.number - HolidayCalendar.firstDay
    return (0..<count).map { offset in
      slots.indices.contains(start + offset) ? slots[start + offset] != 0 : isHoliday(first + offset) != nil
    }
  }

  /// All holidays of a year, by day.
  package func holidays(in year: Int) -> [(day: Day, name: String)] {
    HolidayCalendar.holidays(by: rules, in: year...year)
  }

  /// Ascending by day, each day once.
  private static func holidays(
    by rules: [HolidayRule], in years: ClosedRange<Int>
  ) -> [(day: Day, name: String)] {
    var found: [(day: Day, rule: HolidayRule, order: Int)] = []
    // The years beside, since a substitute may lie in another year than its holiday.
    for year in (years.lowerBound - 1)...(years.upperBound + 1) {
      for (order, rule) in rules.enumerated() {
        if let day = rule.day(in: year) { found.append((day, rule, order)) }
      }
    }
    found.sort { ($0.day, $0.order) < ($1.day, $1.order) }
    var nameByDay: [Day: String] = [:]
    for holiday in found where nameByDay[holiday.day] == nil { nameByDay[holiday.day] = holiday.rule.name }
    // After all days proper, so that a substitute gives way to them; in the order of days, so that Christmas Day comes
    // before Boxing Day.
    for holiday in found {
      guard let free = observed(holiday.day, by: holiday.rule.observed, { nameByDay[$0] != nil }),
        nameByDay[free] == nil
      else { continue }
      nameByDay[free] = holiday.rule.name + " (observed)"
    }
    return nameByDay.filter { years.contains($0.key.components.year) }.map { (day: $0.key, name: $0.value) }
      .sorted { $0.day < $1.day }
  }

  /// The day that is free for one on a weekend, if any.
  private static func observed(
    _ day: Day, by observed: HolidayRule.Observed, _ isTaken: (Day) -> Bool
  ) -> Day? {
    switch (observed, day.weekday) {
    case (.us, .saturday): return day - 1
    case (.us, .sunday), (.monday, .sunday): return day + 1
    case (.gb, .saturday), (.gb, .sunday):
      return (1...14).lazy.map { day + $0 }.first { $0.weekday < .saturday && !isTaken($0) }
    default: return nil
    }
  }

  package static func == (a: HolidayCalendar, b: HolidayCalendar) -> Bool {
    a.content === b.content
      || (a.code, a.country, a.title, a.source) == (b.code, b.country, b.title, b.source) && a.rules == b.rules
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(code)
    hasher.combine(rules)
  }
}
