import Units

/// Days and times as the journal writes them, read from the bytes of a line.
extension UnsafeRawBufferPointer {
  /// `2026-03-01T09:00:00.000Z`; the fraction may be absent. Nil for anything else.
  func instant(_ range: Range<Int>) -> Instant? {
    let start = range.lowerBound
    guard range.count == 24 || range.count == 20, self[range.upperBound - 1] == UInt8(ascii: "Z"),
      self[start + 10] == UInt8(ascii: "T"), self[start + 13] == UInt8(ascii: ":"),
      self[start + 16] == UInt8(ascii: ":"), let day = day(start..<(start + 10)),
      let hour = number(start + 11, 2), hour < 24, let minute = number(start + 14, 2), minute < 60,
      let second = number(start + 17, 2), second < 60
    else { return nil }
    var millisecond = 0
    if range.count == 24 {
      guard self[start + 19] == UInt8(ascii: "."), let value = number(start + 20, 3) else { return nil }
      millisecond = value
    }
    return Instant(
      milliseconds: day.number * 86_400_000 + hour * 3_600_000 + minute * 60_000 + second * 1000 + millisecond)
  }

  /// `2026-03-01` and nothing else.
  func day(_ range: Range<Int>) -> Day? {
    let start = range.lowerBound
    guard range.count == 10, self[start + 4] == UInt8(ascii: "-"), self[start + 7] == UInt8(ascii: "-"),
      let year = number(start, 4), let month = number(start + 5, 2), let day = number(start + 8, 2)
    else { return nil }
    return Day(year: year, month: month, day: day)
  }

  private func number(_ start: Int, _ digits: Int) -> Int? {
    var value = 0
    for index in start..<(start + digits) {
      let digit = self[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = value * 10 + Int(digit)
    }
    return value
  }
}
