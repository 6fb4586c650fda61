import Units

/// Days that a sentence names: `2026-03-05`, `5.3.2026`, `5. März`, `March 5`, `on Friday`, `morgen`, `end of the month`.
///
/// A day that can be read in two ways (`03/04/2026`) is none. Without its year it is the nearest one to the day on which
/// the sentence was written.
struct FoundDays {
  private let written: Day?

  init(_ written: Day?) { self.written = written }

  func days(in sentence: String) -> [Day] {
    var found: [Day] = []
    let words = sentence.lowercased().split {
      $0 == " " || $0 == "," || $0 == "(" || $0 == ")" || $0 == "!" || $0 == "?"
    }
    .prefix(300).map { word in
      var word = word
      while let last = word.last, last == ":" || last == ";" { word.removeLast() }
      return String(word)
    }
    var at = 0
    while at < words.count {
      let (day, count) = day(words[at...])
      if let day, !found.contains(day) { found.append(day) }
      at += count
    }
    return found
  }

  /// The day that begins with the first word, and how many words it takes.
  private func day(_ words: ArraySlice<String>) -> (Day?, Int) {
    let word = words.first ?? ""
    let bare = word.hasSuffix(".") ? String(word.dropLast()) : word
    if let day = Day(iso: bare) { return (day, 1) }
    let after = words.dropFirst()
    if let day = numeric(bare, isGerman: true) ?? numeric(bare, isGerman: false) { return (day, 1) }
    // `5. märz 2026`, `5th of march`, `5 march`
    if let number = FoundDays.ordinal(word) {
      let rest = after.first == "of" ? after.dropFirst() : after
      if let month = rest.first.flatMap(FoundDays.month) {
        let year = rest.dropFirst().first.flatMap(FoundDays.year)
        return (day(number, month, year), 2 + (rest.startIndex - after.startIndex) + (year == nil ? 0 : 1))
      }
    }
    // `march 5th, 2026`
    if let month = FoundDays.month(bare), let number = after.first.flatMap(FoundDays.ordinal) {
      let year = after.dropFirst().first.flatMap(FoundDays.year)
      return (day(number, month, year), 2 + (year == nil ? 0 : 1))
    }
    return relative(bare, after)
  }

  private func relative(_ word: String, _ after: ArraySlice<String>) -> (Day?, Int) {
    guard let written else { return (nil, 1) }
    if let weekday = FoundDays.weekdays[word] {
      let ahead = (weekday - FoundDays.number(of: written.weekday) + 7) % 7
      return (written + (ahead == 0 ? 7 : ahead), 1)
    }
    switch word {
    case "tomorrow": return (written + 1, 1)
    // In the evening of "guten morgen" nothing is paid.
    case "guten" where after.first == "morgen": return (nil, 2)
    case "morgen": return (written + 1, 1)
    case "übermorgen": return (written + 2, 1)
    case "today", "heute": return (written, 1)
    case "yesterday", "gestern": return (written - 1, 1)
    case "monatsende": return (FoundDays.monthEnd(written), 1)
    case "ende" where after.first == "des" && after.dropFirst().first == "monats",
      "end" where after.first == "of" && ["month", "the", "this"].contains(after.dropFirst().first ?? ""):
      let words = after.prefix(3).joined(separator: " ")
      return (words.contains("mon") ? FoundDays.monthEnd(written) : nil, 3)
    default: return (nil, 1)
    }
  }

  private static func monthEnd(_ day: Day) -> Day {
    let parts = day.components
    return day + (Day.daysIn(month: parts.month, of: parts.year) - parts.day)
  }

  /// `5.3.2026`, `05.03.26`, `5.3.`; with slashes only where one number can be no month.
  private func numeric(_ word: String, isGerman: Bool) -> Day? {
    let parts = word.split(separator: isGerman ? "." : "/", omittingEmptySubsequences: true)
    guard (isGerman ? 2...3 : 3...3).contains(parts.count), parts.allSatisfy({ $0.utf8.allSatisfy(\.isDigit) }),
      let first = Int(parts[0]), let second = Int(parts[1]), parts[0].utf8.count <= 2, parts[1].utf8.count <= 2
    else { return nil }
    if parts.count == 2 { return second <= 12 && first <= 31 && word.utf8.count > 2 ? day(first, second, nil) : nil }
    guard let year = FoundDays.year(String(parts[2])) else { return nil }
    if isGerman { return day(first, second, year) }
    if first > 12 { return day(first, second, year) }
    if second > 12 { return day(second, first, year) }
    return first == second ? day(first, second, year) : nil
  }

  private func day(_ number: Int, _ month: Int, _ year: Int?) -> Day? {
    if let year { return Day(year: year, month: month, day: number) }
    guard let written else { return nil }
    let present = written.components.year
    return [present - 1, present, present + 1].compactMap { Day(year: $0, month: month, day: number) }
      .min { abs($0 - written) < abs($1 - written) }
  }

  private static func year(_ word: String) -> Int? {
    let digits = word.hasSuffix(".") ? String(word.dropLast()) : word
    guard digits.utf8.allSatisfy(\.isDigit), let year = Int(digits) else { return nil }
    if digits.utf8.count == 2 { return 2000 + year }
    return digits.utf8.count == 4 && (1990...2199).contains(year) ? year : nil
  }

  /// `5`, `5.`, `5th`
  private static func ordinal(_ word: String) -> Int? {
    let digits = word.prefix { $0.isASCII && $0.isNumber }
    guard (1...2).contains(digits.count), ["", ".", "st", "nd", "rd", "th"].contains(word.dropFirst(digits.count)),
      let number = Int(digits), (1...31).contains(number)
    else { return nil }
    return number
  }

  private static func month(_ word: String) -> Int? {
    let bare = word.hasSuffix(".") ? String(word.dropLast()) : word
    return months.firstIndex { $0.contains(bare) }.map { $0 + 1 }
  }

  private static let months: [[String]] = [
    ["january", "jan", "januar", "jänner"], ["february", "feb", "februar"], ["march", "mar", "märz", "maerz", "mrz"],
    ["april", "apr"], ["may", "mai"], ["june", "jun", "juni"], ["july", "jul", "juli"], ["august", "aug"],
    ["september", "sep", "sept"], ["october", "oct", "oktober", "okt"], ["november", "nov"],
    ["december", "dec", "dezember", "dez"],
  ]

  private static let weekdays = [
    "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6, "montag": 0,
    "dienstag": 1, "mittwoch": 2, "donnerstag": 3, "freitag": 4, "samstag": 5, "sonnabend": 5, "sonntag": 6,
  ]

  private static func number(of weekday: Weekday) -> Int {
    switch weekday {
    case .monday: 0
    case .tuesday: 1
    case .wednesday: 2
    case .thursday: 3
    case .friday: 4
    case .saturday: 5
    case .sunday: 6
    }
  }
}

/// The day that a header field `Date` names (RFC 5322 section 3.3), as its writer's calendar had it.
enum MailDay {
  static func of(_ field: String) -> Day? {
    let words = field.split { $0 == " " || $0 == "," || $0 == "-" }.map(String.init)
    for (index, word) in words.enumerated().prefix(3) {
      guard let number = Int(word), index + 2 < words.count, let year = Int(words[index + 2]) else { continue }
      let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
      guard let month = names.firstIndex(of: words[index + 1].lowercased()) else { return nil }
      return Day(year: year < 100 ? 2000 + year : year, month: month + 1, day: number)
    }
    return nil
  }
}
