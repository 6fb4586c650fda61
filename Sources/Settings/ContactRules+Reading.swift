import Decisions
import TOML
import Units

/// `[contact]`: whom, when and how often.
extension ContactRules {
  init(_ reader: TableReader, _ outside: Outside) {
    self.init()
    let hours = reader.value("hours", expected: "hours such as \"10:00-16:00\", the later ones last") { value in
      value.line.flatMap(HourRange.init(text:))
    }
    if let hours { (opens, closes) = (hours.value.opens, hours.value.closes) }
    places.hours = hours?.place
    let days = reader.list("days", expected: "days such as \"mon-fri\" or [\"mon\", \"wed\"]") { value in
      value.line.flatMap(Weekday.range(text:))
    }
    if let days {
      weekdays = Set(days.value.joined()).sorted()
      if days.value.isEmpty, case .array(let elements)? = reader.table["days"]?.kind, elements.isEmpty {
        reader.problems.error(
          days.place, key: "contact.days", "contact.days: found no day, expected at least one",
          remedy: "to contact nobody, give schedules no steps")
      }
    }
    places.days = days?.place
    readHolidays(reader, outside)
    readCap(reader)
    let gap = reader.days("min_gap", 0...365)
    minGapDays = gap?.value ?? minGapDays
    places.minGap = gap?.place
    let minimum = reader.amounts("min_balance")
    minBalance = minimum?.value ?? minBalance
    places.minBalance = minimum?.place
    let ignore = reader.day("ignore_due_before")
    ignoreDueBefore = ignore?.value
    places.ignoreDueBefore = ignore?.place
    let first = reader.choice("first_cycle", FirstCycle.self)
    firstCycle = first?.value ?? firstCycle
    places.firstCycle = first?.place
    let most = reader.integer("max_per_cycle", 1...10_000_000)
    maxPerCycle = most?.value ?? maxPerCycle
    places.maxPerCycle = most?.place
    let resume = reader.days("resume_after", 0...365)
    resumeAfterBankingDays = resume?.value ?? resumeAfterBankingDays
    places.resumeAfter = resume?.place
    pauseOnReply = reader.span("pause_on_reply", atLeast: .zero, atMost: .days(365))?.value ?? pauseOnReply
    approvalAheadDays = reader.days("approval_ahead", 0...365)?.value ?? approvalAheadDays
    reader.finish()
  }

  private mutating func readHolidays(_ reader: TableReader, _ outside: Outside) {
    guard let entry = reader.entry("holidays") else { return }
    places.holidays = reader.place(entry.position)
    let known = outside.calendars.keys.sorted()
    let expected = "\"country\", or a list of calendars (\(known.joined(separator: ", ")))"
    guard case .array(let elements) = entry.value.kind else {
      if case .string("country") = entry.value.kind { return }
      reader.refuse("holidays", entry.value, expected: expected)
      return
    }
    var codes: [String] = []
    for element in elements {
      if let code = element.line, known.contains(code) {
        codes.append(code)
      } else {
        reader.refuse("holidays", element, expected: expected, remedy: reader.nearest(element, in: known))
      }
    }
    holidays = .calendars(codes)
  }

  private mutating func readCap(_ contact: TableReader) {
    places.atMost = contact.has("at_most") ? contact.place(of: "at_most") : nil
    guard let reader = contact.reader("at_most") else { return }
    reader.require("contacts", expected: "how many contacts")
    reader.require("per", expected: "in how many days, such as \"7d\"")
    let contacts = reader.integer("contacts", 1...1000)
    let days = reader.days("per", 1...365)
    reader.finish()
    if let contacts, let days { atMost = Cap(contacts: contacts.value, days: days.value) }
  }
}

/// `10:00-16:00`; `00:00-24:00` is always.
struct HourRange: Hashable, Sendable {
  let opens: ClockTime
  let closes: ClockTime

  /// Nil unless both times read and the first is the earlier one.
  init?(text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let opens = ClockTime(text: String(parts[0])),
      let closes = ClockTime(text: String(parts[1])), opens < closes
    else { return nil }
    self.opens = opens
    self.closes = closes
  }
}

extension Weekday {
  /// `mon`, or `mon-fri`; a range may go over the weekend (`sat-mon`). Nil for anything else.
  static func range(text: String) -> [Weekday]? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { word in
      Weekday.allCases.first { $0.short == word }
    }
    guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1] else { return nil }
    let length = (last.rawValue - first.rawValue + 7) % 7
    return (0...length).compactMap { Weekday(rawValue: (first.rawValue - 1 + $0) % 7 + 1) }
  }
}
