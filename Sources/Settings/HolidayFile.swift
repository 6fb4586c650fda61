import TOML
import Units

/// A holiday calendar as a TOML file: the keys are described in config/holidays/README.md.
package enum HolidayFile {
  /// Reads the whole file; `file` is how it is named to people.
  ///
  /// Throws every mistake in it at once. A file that is no TOML has one, where the reader gave up.
  package static func read(_ bytes: [UInt8], file: String) throws(Problems) -> HolidayCalendar {
    let document: TOMLTable
    do {
      document = try TOMLDocument.parse(bytes)
    } catch {
      let place = Place(file: file, line: error.line, column: error.column)
      throw Problems(all: [Problem(.error, place, key: "", error.message)])
    }
    var reader = HolidayFileReader(file: file)
    let calendar = reader.calendar(document)
    guard let calendar, reader.problems.isEmpty else {
      throw Problems(all: reader.problems.sorted())
    }
    return calendar
  }
}

/// Walks through one document and gathers what is wrong with it; what cannot be read is nil and has been noted.
private struct HolidayFileReader {
  let file: String
  private(set) var problems: [Problem] = []

  init(file: String) { self.file = file }

  private static let years = 1...9999

  mutating func calendar(_ document: TOMLTable) -> HolidayCalendar? {
    checkKeys(of: document, ["country", "code", "title", "source", "holiday"], in: "a holiday calendar")
    let country = text(document, "country")
    if let country, country.utf8.count != 2 || !country.utf8.allSatisfy({ (0x41...0x5a).contains($0) }) {
      note(
        document["country"], "found \"\(country)\", expected a country of ISO 3166-1 as two capitals, such as \"DE\"")
    }
    let code = text(document, "code") ?? country
    if document.entry("code") == nil, document.entry("country") == nil {
      note(document.position, "neither country nor code is given; expected country = \"DE\" or code = \"TARGET\"")
    }
    let title = required(document, "title", "what the calendar is for")
    let source = required(document, "source", "the law or official page it comes from")
    var rules: [HolidayRule] = []
    switch document["holiday"]?.kind {
    case nil: note(document.position, "no holidays; expected at least one [[holiday]]")
    case .array(let items):
      for item in items {
        if case .table(let table) = item.kind { rules += self.rules(table) } else { note(item, "expected [[holiday]]") }
      }
    default: note(document["holiday"], "expected [[holiday]], with two brackets")
    }
    guard let code, let title, let source else { return nil }
    return HolidayCalendar(code: code, country: country, title: title, source: source, rules: rules)
  }

  /// One rule, or one for each day of `on`.
  private mutating func rules(_ table: TOMLTable) -> [HolidayRule] {
    let keys = [
      "name", "date", "easter", "nth", "weekday", "month", "after", "before", "on", "from", "to", "except", "moved",
      "observed", "source",
    ]
    checkKeys(of: table, keys, in: "[[holiday]]")
    let name = required(table, "name", "what people call the holiday")
    _ = text(table, "source")
    let dates = self.dates(table)
    let from = number(table, "from", HolidayFileReader.years, "a year")
    let to = number(table, "to", HolidayFileReader.years, "a year")
    if let from, let to, from > to { note(table["to"], "to = \(to) comes before from = \(from)") }
    let except = list(table, "except").compactMap { number($0, HolidayFileReader.years, "a year") }
    let moves = moves(table)
    let observed = observed(table)
    guard let name else { return [] }
    let first = from ?? 1
    return dates.map { date in
      HolidayRule(
        name: name, date: date, years: first...max(first, to ?? 9999), except: except, moves: moves, observed: observed)
    }
  }

  private mutating func dates(_ table: TOMLTable) -> [HolidayRule.Date] {
    let ways = ["date", "easter", "nth", "after", "before", "on"]
    let given = ways.filter { table.entry($0) != nil }
    guard given.count == 1, let way = given.first else {
      let found = given.isEmpty ? "none" : given.joined(separator: " and ")
      note(table.position, "found \(found), expected one of \(ways.joined(separator: ", ")) to say when it is")
      return []
    }
    let needed = ["nth": ["weekday", "month"], "after": ["weekday"], "before": ["weekday"]][way, default: []]
    for key in ["weekday", "month"] {
      if let entry = table.entry(key), !needed.contains(key) { note(entry.position, "\(key) does not go with \(way)") }
      if table.entry(key) == nil, needed.contains(key) { note(table.position, "\(way) needs \(key) besides") }
    }
    switch way {
    case "date":
      return monthDay(table, way).map { [.fixed(month: $0.month, day: $0.day)] } ?? []
    case "easter":
      return number(table, way, -366...366, "days after Easter Sunday").map { [.easter($0)] } ?? []
    case "nth":
      let n = number(table, way, -1...5, "1 to 5, or -1 for the last")
      if n == 0 { note(table[way], "found 0, expected 1 to 5, or -1 for the last") }
      guard let n, let weekday = weekday(table), let month = number(table, "month", 1...12, "a month") else {
        return []
      }
      return [.nth(n, weekday, month: month)]
    case "on":
      return list(table, way).compactMap { item in day(item).map(HolidayRule.Date.once) }
    default:
      guard let date = monthDay(table, way), let weekday = weekday(table) else { return [] }
      return way == "after"
        ? [.onOrAfter(weekday, month: date.month, day: date.day)] : [.before(weekday, month: date.month, day: date.day)]
    }
  }

  private mutating func moves(_ table: TOMLTable) -> [Weekday: Int] {
    guard let value = table["moved"] else { return [:] }
    guard case .table(let entries) = value.kind else {
      note(value, "found \(value.kindName), expected a table such as { sun = -1 }")
      return [:]
    }
    var moves: [Weekday: Int] = [:]
    for entry in entries.entries {
      guard let weekday = Weekday(short: entry.key) else {
        note(entry.position, "found \"\(entry.key)\", expected a weekday: mon, tue, wed, thu, fri, sat or sun")
        continue
      }
      moves[weekday] = number(entry.value, -31...31, "a number of days")
    }
    return moves
  }

  private mutating func observed(_ table: TOMLTable) -> HolidayRule.Observed {
    guard let text = text(table, "observed") else { return .never }
    guard let observed = HolidayRule.Observed(rawValue: text), observed != .never else {
      note(table["observed"], "found \"\(text)\", expected \"us\", \"gb\" or \"monday\", or nothing")
      return .never
    }
    return observed
  }

  // MARK: - Values

  private mutating func text(_ table: TOMLTable, _ key: String) -> String? {
    guard let value = table[key] else { return nil }
    guard case .string(let text) = value.kind, !text.isEmpty else {
      note(value, "\(key): found \(value.kindName), expected a text that is not empty")
      return nil
    }
    return text
  }

  private mutating func required(_ table: TOMLTable, _ key: String, _ meaning: String) -> String? {
    if table.entry(key) == nil { note(table.position, "\(key) is missing: \(meaning)") }
    return text(table, key)
  }

  private mutating func number(
    _ table: TOMLTable, _ key: String, _ range: ClosedRange<Int>, _ meaning: String
  ) -> Int? {
    table[key].flatMap { number($0, range, meaning) }
  }

  private mutating func number(_ value: TOMLValue, _ range: ClosedRange<Int>, _ meaning: String) -> Int? {
    guard case .integer(let number) = value.kind else {
      note(value, "found \(value.kindName), expected \(meaning)")
      return nil
    }
    guard let number = Int(exactly: number), range.contains(number) else {
      note(value, "found \(number), expected \(meaning), \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return number
  }

  private mutating func weekday(_ table: TOMLTable) -> Weekday? {
    guard let text = text(table, "weekday") else { return nil }
    guard let weekday = Weekday(short: text) else {
      note(table["weekday"], "found \"\(text)\", expected mon, tue, wed, thu, fri, sat or sun")
      return nil
    }
    return weekday
  }

  private mutating func monthDay(_ table: TOMLTable, _ key: String) -> (month: Int, day: Int)? {
    guard let text = text(table, key) else { return nil }
    // A leap year, so that 29 February may be said.
    guard let day = Day(iso: "2000-" + text) else {
      note(table[key], "found \"\(text)\", expected a month and day that exist, such as \"12-25\"")
      return nil
    }
    return (day.components.month, day.components.day)
  }

  private mutating func day(_ value: TOMLValue) -> Day? {
    guard case .localDate(let date) = value.kind, let day = Day(year: date.year, month: date.month, day: date.day)
    else {
      note(value, "found \(value.kindName), expected a date such as 2022-09-19")
      return nil
    }
    return day
  }

  /// A list's items, or the one value that stands alone.
  private func list(_ table: TOMLTable, _ key: String) -> [TOMLValue] {
    guard let value = table[key] else { return [] }
    if case .array(let items) = value.kind { return items }
    return [value]
  }

  private mutating func checkKeys(of table: TOMLTable, _ known: [String], in what: String) {
    for entry in table.entries where !known.contains(entry.key) {
      note(entry.position, "unknown key \"\(entry.key)\" in \(what); there are \(known.joined(separator: ", "))")
    }
  }

  private mutating func note(_ value: TOMLValue?, _ message: String) {
    note(value?.position ?? TOMLPosition(line: 1, column: 1), message)
  }

  private mutating func note(_ position: TOMLPosition, _ message: String) {
    let place = Place(file: file, line: position.line, column: position.column)
    problems.append(Problem(.error, place, key: "", message))
  }
}
