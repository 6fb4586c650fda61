/// The rule for the future at the end of a zone file: a POSIX TZ string with the extensions of RFC 8536 section 3.3.1.
///
/// `CET-1CEST,M3.5.0,M10.5.0/3`: offsets west of UTC, then when the second one begins and ends each year. What POSIX
/// calls daylight saving may lie behind standard time (`IST-1GMT0,M10.5.0,M3.5.0/1` in Dublin).
struct ZoneRule: Equatable, Sendable {
  /// Seconds east of UTC in standard time.
  let offset: Int
  let saving: Saving?

  struct Saving: Equatable, Sendable {
    /// Seconds east of UTC while it lasts.
    let offset: Int
    let start: Date
    let end: Date
  }

  /// A moment that comes each year: a day, and a time in seconds after its midnight, -167 h ... 167 h.
  struct Date: Equatable, Sendable {
    let day: DayRule
    let time: Int
  }

  enum DayRule: Equatable, Sendable {
    /// `Jn`: 1...365; 29 February is never counted.
    case withoutLeapDay(Int)
    /// `n`: 0...365; 29 February is counted.
    case zeroBased(Int)
    /// `Mm.w.d`: weekday `d` (0 is Sunday), the `w`th of month `m`, 5 being the last.
    case weekday(month: Int, week: Int, weekday: Int)

    func day(in year: Int) -> Day {
      switch self {
      case .withoutLeapDay(let number):
        return Day.first(of: year) + (number - 1 + (number >= 60 && Day.isLeap(year) ? 1 : 0))
      case .zeroBased(let number):
        return Day.first(of: year) + number
      case .weekday(let month, let week, let weekday):
        let first = Day.first(of: month, year)
        // Weekday.rawValue is 7 on Sundays, POSIX has 0.
        let wanted = (weekday - first.weekday.rawValue % 7 + 7) % 7
        let candidate = first + (wanted + (week - 1) * 7)
        return candidate - first < Day.daysIn(month: month, of: year) ? candidate : candidate - 7
      }
    }
  }

  /// The changes of each year, ascending; where one year's end meets the next one's start, the start stands last.
  func changes(in years: ClosedRange<Int>) -> [ZoneChange] {
    guard let saving else { return [] }
    var changes: [ZoneChange] = []
    for year in years {
      let start = ZoneChange(
        at: saving.start.day.day(in: year).number * ZoneTable.secondsPerDay + saving.start.time - offset,
        offset: saving.offset)
      let end = ZoneChange(
        at: saving.end.day.day(in: year).number * ZoneTable.secondsPerDay + saving.end.time - saving.offset,
        offset: offset)
      changes += start.at <= end.at ? [start, end] : [end, start]
    }
    // Saving for all the year is written so that it ends at the very moment it begins again: the later one wins.
    var ascending: [ZoneChange] = []
    for change in changes {
      while let last = ascending.last, last.at >= change.at { ascending.removeLast() }
      ascending.append(change)
    }
    return ascending
  }
}

extension ZoneRule {
  /// Nil unless `bytes` are a POSIX TZ string, whole, with rules for daylight saving if it has that.
  init?(posix bytes: [UInt8]) {
    var text = ZoneRuleText(bytes: bytes[...])
    guard text.name(), let west = text.time(hoursMax: 24) else { return nil }
    offset = -west
    if text.bytes.isEmpty {
      saving = nil
      return
    }
    guard text.name() else { return nil }
    // Without an offset of its own, daylight saving is an hour ahead.
    var savingOffset = offset + 3600
    if text.bytes.first != UInt8(ascii: ",") {
      guard let west = text.time(hoursMax: 24) else { return nil }
      savingOffset = -west
    }
    guard let start = text.date(), let end = text.date(), text.bytes.isEmpty else { return nil }
    saving = Saving(offset: savingOffset, start: start, end: end)
  }
}

/// What is left of a POSIX TZ string while it is read.
private struct ZoneRuleText {
  var bytes: ArraySlice<UInt8>

  mutating func take(_ character: Character) -> Bool {
    guard let byte = bytes.first, byte == character.asciiValue else { return false }
    bytes.removeFirst()
    return true
  }

  /// Three letters or more, or anything of letters, digits and signs in `<` and `>`.
  mutating func name() -> Bool {
    func isLetter(_ byte: UInt8) -> Bool {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
    if take("<") {
      let quoted = bytes.prefix { byte in
        isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "+")
          || byte == UInt8(ascii: "-")
      }
      bytes = bytes.dropFirst(quoted.count)
      return !quoted.isEmpty && take(">")
    }
    let letters = bytes.prefix(while: isLetter)
    bytes = bytes.dropFirst(letters.count)
    return letters.count >= 3
  }

  /// One to three digits.
  mutating func number() -> Int? {
    let digits = bytes.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard (1...3).contains(digits.count) else { return nil }
    bytes = bytes.dropFirst(digits.count)
    return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
  }

  /// `[+-]hh[:mm[:ss]]` in seconds.
  mutating func time(hoursMax: Int) -> Int? {
    let negative = take("-")
    if !negative { _ = take("+") }
    guard let hours = number(), hours <= hoursMax else { return nil }
    var seconds = hours * 3600
    for unit in [60, 1] where take(":") {
      guard let value = number(), value <= 59 else { return nil }
      seconds += value * unit
    }
    return negative ? -seconds : seconds
  }

  /// `,date[/time]`; without a time it is 02:00.
  mutating func date() -> ZoneRule.Date? {
    guard take(","), let day = day() else { return nil }
    guard take("/") else { return ZoneRule.Date(day: day, time: 2 * 3600) }
    guard let time = time(hoursMax: 167) else { return nil }
    return ZoneRule.Date(day: day, time: time)
  }

  private mutating func day() -> ZoneRule.DayRule? {
    if take("J") {
      guard let number = number(), (1...365).contains(number) else { return nil }
      return .withoutLeapDay(number)
    }
    if take("M") {
      guard let month = number(), (1...12).contains(month), take("."), let week = number(), (1...5).contains(week),
        take("."), let weekday = number(), (0...6).contains(weekday)
      else { return nil }
      return .weekday(month: month, week: week, weekday: weekday)
    }
    guard let number = number(), number <= 365 else { return nil }
    return .zeroBased(number)
  }
}
