import Ledger
import Units

/// What is wrong with a snapshot's rows, collected while its files are read.
struct Findings {
  private(set) var badRows: [BadRow] = []
  /// Rows that rest only because another row is bad; the guard against too many bad rows does not count them.
  private(set) var consequences: [BadRow] = []
  private var ragged: [RaggedRow] = []
  private(set) var warnings: [LedgerWarning] = []

  /// A row with too many or too few fields. Its cells may stand in other columns than they should, so whom it is about
  /// is told only when all customers are known.
  private struct RaggedRow {
    let place: Place
    let reason: String
    /// The customer by the cell in the right column; nil when that cannot be read.
    let named: String?
    /// All cells that may be the customer.
    let candidates: [String]
  }

  /// How many rows are bad by their own fault.
  var count: Int { badRows.count + ragged.count }

  mutating func add(_ row: BadRow) { badRows.append(row) }
  mutating func addConsequence(_ row: BadRow) { consequences.append(row) }
  mutating func warn(_ place: Place, _ column: String, _ text: String, stopsNotices: Bool = false) {
    warnings.append(LedgerWarning(place: place, column: column, text: text, stopsNotices: stopsNotices))
  }
  mutating func add(_ more: [LedgerWarning]) { warnings += more }

  /// Reads every row of `table`: `take` gets the sound ones and throws what is wrong in their cells, `reach` says how
  /// far a bad one with the right number of fields reaches. Returns the number of rows.
  mutating func readRows(
    of table: Table, customerAt customer: Int, reach: (borrowing CSVReader, RowFault) -> BadRow.Reach,
    take: (borrowing CSVReader, Place, inout Findings) throws(RowFault) -> Void
  ) -> Int {
    var reader = table.reader
    var count = 0
    var blanks = 0
    while reader.next() {
      let place = Place(file: table.file, line: reader.line)
      if reader.isBlank {
        blanks += 1
        continue
      }
      count += 1
      do throws(RowFault) {
        if let fault = reader.fault {
          guard fault == .nul else {
            add(BadRow(place: place, column: "", reason: Table.sentence(fault), reach: .everything))
            continue
          }
          throw RowFault(position: -1, reason: Table.sentence(fault))
        }
        if !table.text.isValid, !FileText.isValid(reader.bytes[reader.range]) {
          throw RowFault(
            position: -1,
            reason: "it is not UTF-8; if the whole file is in another encoding, declare it, such as encoding = "
              + "\"windows-1252\"")
        }
        if reader.fields.count != table.headers.count {
          addRagged(reader, place, expected: table.headers.count, customer: customer)
          continue
        }
        try take(reader, place, &self)
      } catch {
        add(
          BadRow(
            place: place, column: error.position < 0 ? "" : table.header(at: error.position), reason: error.reason,
            reach: reach(reader, error)))
      }
    }
    if blanks > 0 {
      warn(Place(file: table.file), "", "\(blanks) empty row\(blanks == 1 ? " is" : "s are") passed over")
    }
    return count
  }

  /// A customer's id as it can be trusted in a bad row; nil when it cannot.
  static func readable(_ row: borrowing CSVReader, _ position: Int) -> String? {
    let cell = row.field(position)
    guard !cell.isEmpty, FileText.isValid(cell), !cell.contains(0), Text.controlFault(in: cell) == nil else {
      return nil
    }
    return String(decoding: cell, as: UTF8.self)
  }

  private mutating func addRagged(_ row: borrowing CSVReader, _ place: Place, expected: Int, customer: Int) {
    let found = row.fields.count
    var positions = [customer]
    if found > expected {
      positions += (customer + 1)...(customer + found - expected)
    } else {
      positions += (customer - (expected - found)..<customer).reversed()
      // The last field of a short row may itself be cut off.
      positions.removeAll { $0 >= found - 1 }
    }
    let candidates = positions.compactMap { position in position < 0 ? nil : Findings.readable(row, position) }
    ragged.append(
      RaggedRow(
        place: place,
        reason:
          "the row has \(found) field\(found == 1 ? "" : "s"), the header has \(expected); quote fields that hold "
          + "the delimiter, or look for a row that was cut off",
        named: positions.first == customer ? Findings.readable(row, customer) : nil, candidates: candidates))
  }

  /// Now that all customers are known: a ragged row reaches the one customer whom one of its cells may name. When none
  /// of them is known, the cell in the right column is believed, because there is nobody else whom silence could
  /// protect.
  mutating func settleRagged(isKnown: (String) -> Bool) {
    for row in ragged {
      let known = Set(row.candidates.filter(isKnown))
      let reach: BadRow.Reach =
        if known.count == 1, let customer = known.first {
          .customer(customer)
        } else if known.isEmpty, let named = row.named {
          .customer(named)
        } else {
          .everything
        }
      badRows.append(BadRow(place: row.place, column: "", reason: row.reason, reach: reach))
    }
    ragged = []
  }
}
