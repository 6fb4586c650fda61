import Ledger
import Units

/// Why a row cannot be taken.
struct RowFault: Error {
  /// Where the column at fault stands in the file; -1 when it is the whole row.
  let position: Int
  let reason: String
  /// Whether the row may be a credit though it does not say so.
  var mayBeCredit = false
  /// Whether it is bad only because another row is.
  var isConsequence = false
}

/// Reads the cells of one file's rows into values; every fault names its column.
struct CellReader {
  let dates: DateFormat
  let amounts: AmountReader

  init(dates: DateFormat, decimal: IntakeFormat.DecimalSign) {
    self.dates = dates
    amounts = AmountReader(decimal: decimal)
  }

  /// Throws when the cell holds a control character.
  func text(_ row: borrowing CSVReader, _ position: Int) throws(RowFault) -> String {
    let cell = row.field(position)
    if cell.isEmpty { return "" }
    if let fault = Text.controlFault(in: cell) {
      throw RowFault(position: position, reason: "\(Text.shown(cell)) \(fault); write it on one line, without")
    }
    return String(decoding: cell, as: UTF8.self)
  }

  /// Like `text`; throws also when the cell is empty.
  func required(_ row: borrowing CSVReader, _ position: Int) throws(RowFault) -> String {
    String(decoding: try requiredCell(row, position), as: UTF8.self)
  }

  /// Throws like `required`.
  func requiredCell(_ row: borrowing CSVReader, _ position: Int) throws(RowFault) -> Cell {
    let cell = row.field(position)
    if cell.isEmpty { throw RowFault(position: position, reason: "it is empty; every row must have it") }
    if let fault = Text.controlFault(in: cell) {
      throw RowFault(position: position, reason: "\(Text.shown(cell)) \(fault); write it on one line, without")
    }
    return cell
  }

  /// Nil when the cell is empty.
  func word(_ row: borrowing CSVReader, _ position: Int) throws(RowFault) -> String? {
    let value = try text(row, position)
    return value.isEmpty ? nil : value
  }

  /// Nil when the cell is empty.
  func day(_ row: borrowing CSVReader, _ position: Int) throws(RowFault) -> Day? {
    let cell = row.field(position)
    if cell.isEmpty { return nil }
    switch dates.read(cell) {
    case .day(let day): return day
    case .impossible:
      throw RowFault(
        position: position, reason: "\(Text.shown(cell)) is no day of the calendar between 1970 and 2199")
    case .mismatch:
      throw RowFault(
        position: position,
        reason: "\(Text.shown(cell)) is no date \(dates.expectation); if the file writes its dates otherwise, declare "
          + "date_format, such as \"d.M.yyyy\"")
    }
  }

  /// Nil when the cell is empty.
  func money(_ row: borrowing CSVReader, _ position: Int, _ currency: Currency) throws(RowFault) -> Money? {
    let cell = row.field(position)
    if cell.isEmpty { return nil }
    do {
      return try amounts.read(cell, currency)
    } catch {
      throw RowFault(position: position, reason: error.reason)
    }
  }

  /// Empty is false. Nil when the cell holds something else than a truth value.
  func truth(_ row: borrowing CSVReader, _ position: Int) -> Bool? {
    let cell = row.field(position)
    if cell.isEmpty { return false }
    switch String(decoding: cell, as: UTF8.self).lowercased() {
    case "yes", "true", "1": return true
    case "no", "false", "0": return false
    default: return nil
    }
  }

  /// The row's currency; nil when the cell is empty.
  func currency(_ row: borrowing CSVReader, _ position: Int) throws(RowFault) -> Currency? {
    let cell = row.field(position)
    if cell.isEmpty { return nil }
    guard let currency = Currency(code: String(decoding: cell, as: UTF8.self).uppercased()) else {
      throw RowFault(
        position: position, reason: "\(Text.shown(cell)) is no currency of ISO 4217; expected a code such as EUR")
    }
    return currency
  }

  /// The parts of a list at `;`, without blanks and empty ones.
  func list(_ row: borrowing CSVReader, _ position: Int) throws(RowFault) -> [String] {
    let text = try text(row, position)
    if text.isEmpty { return [] }
    if !text.utf8.contains(Byte.semicolon) { return [text] }
    return text.split(separator: ";").map(Text.trimmed).filter { !$0.isEmpty }
  }

  /// The usable addresses of a list, and what is wrong with the others.
  func addresses(_ row: borrowing CSVReader, _ position: Int) throws(RowFault) -> (good: [String], faults: [String]) {
    var good: [String] = []
    var faults: [String] = []
    for address in try list(row, position) {
      if let fault = MailAddress.fault(in: address) {
        faults.append("\(Text.shown(address.utf8)) \(fault): this address is left out")
      } else if !good.contains(address) {
        good.append(address)
      }
    }
    return (good, faults)
  }

  /// The columns that dunningd does not know; what is empty is left out.
  func extras(_ row: borrowing CSVReader, _ columns: [(name: String, position: Int)]) -> [String: String] {
    if columns.isEmpty { return [:] }
    var extras: [String: String] = [:]
    for (name, position) in columns {
      let cell = row.field(position)
      if !cell.isEmpty { extras[name] = String(decoding: cell, as: UTF8.self) }
    }
    return extras
  }
}
