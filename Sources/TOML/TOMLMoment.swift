/// Dates and times from the bytes of one word (RFC 3339, with `T`, `t` or one blank between date and time).
struct TOMLMoment {
  private var rest: ArraySlice<UInt8>

  private init(_ word: ArraySlice<UInt8>) { rest = word }

  /// True if the word can only be meant as a date or time: `1979-…` or `07:…`.
  static func looksLikeOne(_ word: ArraySlice<UInt8>) -> Bool {
    let bytes = Array(word.prefix(5))
    func startsWithDigits(_ count: Int) -> Bool {
      bytes.count > count && bytes.prefix(count).allSatisfy(TOMLByte.isDigit)
    }
    return startsWithDigits(4) && bytes[4] == TOMLByte.minus || startsWithDigits(2) && bytes[2] == TOMLByte.colon
  }

  /// True if the word is a date after which a blank and a time may follow.
  static func isDateAlone(_ word: ArraySlice<UInt8>) -> Bool { word.count == 10 && looksLikeOne(word) }

  /// Reads a date, a time or both.
  static func read(_ word: ArraySlice<UInt8>) throws(TOMLWordFault) -> TOMLValue.Kind {
    var moment = TOMLMoment(word)
    return try moment.value()
  }

  private mutating func value() throws(TOMLWordFault) -> TOMLValue.Kind {
    if rest.count > 2, rest[rest.startIndex + 2] == TOMLByte.colon {
      let time = try time()
      guard rest.isEmpty else { throw TOMLWordFault("more after the seconds; a time alone has no offset") }
      return .localTime(time)
    }
    let date = try date()
    guard let separator = rest.first else { return .localDate(date) }
    guard separator | 0x20 == UInt8(ascii: "t") || separator == TOMLByte.space else {
      throw TOMLWordFault("no T or blank between date and time")
    }
    rest = rest.dropFirst()
    let moment = TOMLDateTime(date: date, time: try time())
    if rest.isEmpty { return .localDateTime(moment) }
    return .offsetDateTime(moment, offsetMinutes: try offset())
  }

  private mutating func date() throws(TOMLWordFault) -> TOMLDate {
    let year = try number(4, "the year", 0...9999)
    try take(TOMLByte.minus, "between year and month")
    let month = try number(2, "the month", 1...12)
    try take(TOMLByte.minus, "between month and day")
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let length = month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    return TOMLDate(year: year, month: month, day: try number(2, "the day of this month", 1...length))
  }

  private mutating func time() throws(TOMLWordFault) -> TOMLTime {
    let hour = try number(2, "the hour", 0...23)
    try take(TOMLByte.colon, "between hour and minute")
    let minute = try number(2, "the minute", 0...59)
    try take(TOMLByte.colon, "between minute and second (TOML times have seconds)")
    let second = try number(2, "the second", 0...60)
    var nanosecond = 0
    if rest.first == TOMLByte.dot {
      let digits = rest.dropFirst().prefix(while: TOMLByte.isDigit)
      guard !digits.isEmpty else { throw TOMLWordFault("no digit after the point of the second") }
      for place in 0..<9 {
        let at = digits.startIndex + place
        nanosecond = nanosecond * 10 + (at < digits.endIndex ? Int(digits[at] - TOMLByte.zero) : 0)
      }
      rest = rest[digits.endIndex...]
    }
    return TOMLTime(hour: hour, minute: minute, second: second, nanosecond: nanosecond)
  }

  /// Minutes east of UTC.
  private mutating func offset() throws(TOMLWordFault) -> Int {
    let sign = rest.first
    rest = rest.dropFirst()
    if sign == UInt8(ascii: "Z") || sign == UInt8(ascii: "z") {
      guard rest.isEmpty else { throw TOMLWordFault("more after the Z") }
      return 0
    }
    guard sign == TOMLByte.plus || sign == TOMLByte.minus else {
      throw TOMLWordFault("something after the second that is no offset (Z or +01:00)")
    }
    let hours = try number(2, "the hour of the offset", 0...23)
    try take(TOMLByte.colon, "between hour and minute of the offset")
    let minutes = hours * 60 + (try number(2, "the minute of the offset", 0...59))
    guard rest.isEmpty else { throw TOMLWordFault("more after the offset") }
    return sign == TOMLByte.minus ? -minutes : minutes
  }

  private mutating func number(_ count: Int, _ name: String, _ range: ClosedRange<Int>) throws(TOMLWordFault) -> Int {
    let digits = rest.prefix(count)
    guard digits.count == count, digits.allSatisfy(TOMLByte.isDigit) else {
      throw TOMLWordFault("not \(count) digits for \(name)")
    }
    let value = digits.reduce(0) { $0 * 10 + Int($1 - TOMLByte.zero) }
    guard range.contains(value) else {
      throw TOMLWordFault("\(value) for \(name), which goes from \(range.lowerBound) to \(range.upperBound)")
    }
    rest = rest.dropFirst(count)
    return value
  }

  private mutating func take(_ byte: UInt8, _ whereabouts: String) throws(TOMLWordFault) {
    guard rest.first == byte else {
      throw TOMLWordFault("no \"\(Character(Unicode.Scalar(byte)))\" \(whereabouts)")
    }
    rest = rest.dropFirst()
  }
}
