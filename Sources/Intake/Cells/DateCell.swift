import Ledger
import Units

/// What a date cell says under one format.
enum DateCell: Equatable {
  case day(Day)
  /// Written as the format says, but the calendar has no such day (30 February), or it lies outside 1970...2199, which
  /// is a slip of the year.
  case impossible
  /// Not written as the format says.
  case mismatch
}

extension DatePattern {
  /// Reads the whole of `cell`.
  func read(_ cell: Cell) -> DateCell {
    var at = 0
    var (year, month, day) = (0, 0, 0)
    var clockFits = true

    func number(_ widths: ClosedRange<Int>) -> Int? {
      var value = 0
      var width = 0
      while at < cell.count, width < widths.upperBound, Byte.isDigit(cell[at]) {
        value = value * 10 + Int(cell[at] - Byte.zero)
        at += 1
        width += 1
      }
      return width < widths.lowerBound ? nil : value
    }

    for element in elements {
      switch element {
      case .year:
        guard let value = number(4...4) else { return .mismatch }
        year = value
      case .shortYear:
        guard let value = number(2...2) else { return .mismatch }
        year = value < 80 ? 2000 + value : 1900 + value
      case .month(let padded):
        guard let value = number(padded ? 2...2 : 1...2) else { return .mismatch }
        month = value
      case .day(let padded):
        guard let value = number(padded ? 2...2 : 1...2) else { return .mismatch }
        day = value
      case .clock(let max):
        guard let value = number(2...2) else { return .mismatch }
        clockFits = clockFits && value <= max
      case .monthName(let full):
        guard let (value, length) = DatePattern.monthName(Cell(rebasing: cell[at...]), full: full) else {
          return .mismatch
        }
        month = value
        at += length
      case .literal(let bytes):
        guard cell[at...].starts(with: bytes) else { return .mismatch }
        at += bytes.count
      }
    }
    guard at == cell.count else { return .mismatch }
    guard clockFits, (1970...2199).contains(year), let result = Day(year: year, month: month, day: day) else {
      return .impossible
    }
    return .day(result)
  }

  private static func monthName(_ cell: Cell, full: Bool) -> (month: Int, length: Int)? {
    for (index, name) in monthNames.enumerated() {
      let wanted = full ? name : Array(name.prefix(3))
      if cell.count >= wanted.count, zip(cell, wanted).allSatisfy({ $0 | 0x20 == $1 }) {
        return (index + 1, wanted.count)
      }
    }
    return nil
  }

  private static let monthNames: [[UInt8]] = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
  ].map { Array($0.utf8) }
}

/// How the dates of one file are read, once that is known.
enum DateFormat {
  case iso
  case pattern(DatePattern)

  func read(_ cell: Cell) -> DateCell {
    switch self {
    case .pattern(let pattern): return pattern.read(cell)
    case .iso:
      guard cell.count == 10, cell[4] == Byte.minus, cell[7] == Byte.minus else { return .mismatch }
      var isNumber = true
      func digit(_ index: Int, times weight: Int) -> Int {
        isNumber = isNumber && Byte.isDigit(cell[index])
        return Int(cell[index] &- Byte.zero) * weight
      }
      let year = digit(0, times: 1000) + digit(1, times: 100) + digit(2, times: 10) + digit(3, times: 1)
      let month = digit(5, times: 10) + digit(6, times: 1)
      let dayOfMonth = digit(8, times: 10) + digit(9, times: 1)
      guard isNumber else { return .mismatch }
      guard (1970...2199).contains(year), let day = Day(year: year, month: month, day: dayOfMonth) else {
        return .impossible
      }
      return .day(day)
    }
  }

  /// `like 2026-03-01`, `of the form M/d/yyyy`
  var expectation: String {
    switch self {
    case .iso: "like 2026-03-01"
    case .pattern(let pattern): "of the form \(pattern)"
    }
  }
}
