import Ledger
import Units

/// What is wrong with a snapshot's rows, collected while its files are read.
struct Findings: Sendable {
  private(set) var badRows: [BadRow] = []
  /// Rows that rest only because another row is bad; the guard against too many bad rows does not count them.
  private(set) var consequences: [BadRow] = []
  private var ragged: [RaggedRow] = []
  private(set) var warnings: [LedgerWarning] = []
  /// Empty rows, by file.
  private var blanks: [String: Int] = [:]

  /// A row with too many or too few fields. Its cells may stand in other columns than they should, so whom it is about
  /// is told only when all customers are known.
  private struct RaggedRow: Sendable {
    let place: Place
    let reason: String
    /// The customer by the cell in the right column; nil when that cannot be read.
    let named: String?
    /// All cells that may be the customer.
    let candidates: [String]
  }

  /// How many rows are bad by their own fault.
  var count: Int { badRows.count + ragged.count }

  /// All that rests, by place.
  var allBad: [BadRow] {
    (badRows + consequences).sorted { ($0.place, $0.column, $0.reason) < ($1.place, $1.column, $1.reason) }
  }

  mutating func add(_ row: BadRow) { badRows.append(row) }
  mutating func addConsequence(_ row: BadRow) { consequences.append(row) }
  mutating func warn(_ place: Place, _ column: String, _ text: String, stopsNotices: Bool = false) {
    warnings.append(LedgerWarning(place: place, column: column, text: text, stopsNotices: stopsNotices))
  }
  mutating func add(_ more: [LedgerWarning]) { warnings += more }

  /// Adds what was found elsewhere: order does not matter, all of it is told by place.
  mutating func join(_ other: Findings) {
    badRows += other.badRows
    consequences += other.consequences
    ragged += other.ragged
    warnings += other.warnings
    for (file, count) in other.blanks { blanks[file, default: 0] += count }
  }

  /// Reads every row of some stretch of `table`: `take` gets the sound ones and throws what is wrong in their cells,
  /// `reach` says how far a bad one with the right number of fields reaches, `ragged` how far one with another number, nil
  /// where that is not known yet. Returns the number of rows.
  mutating func readRows(
    _ stretch: Table.Stretch, of table: Table, customerAt customer: Int,
    reach: (borrowing CSVReader, RowFault) -> BadRow.Reach,
    ragged: (borrowing CSVReader, Place) -> BadRow.Reach? = { _, _ in nil },
    take: (borrowing CSVReader, Place, inout Findings) throws(RowFault) -> Void
  ) -> Int {
    table.read(stretch) { reader in
      read(&reader, stretch, of: table, customerAt: customer, reach: reach, ragged: ragged, take: take)
    }
  }

  /// The same for a row of which only its beginning is known; it was sound when it was looked at first.
  mutating func readRow(
    _ row: OwnedRow, with reader: inout CSVReader, of table: Table,
    reach: (borrowing CSVReader, RowFault) -> BadRow.Reach,
    take: (borrowing CSVReader, Place, inout Findings) throws(RowFault) -> Void
  ) {
    reader.move(to: Int(row.start), line: Int(row.line))
    guard reader.next() else { return }
    let place = Place(file: table.file, line: reader.line)
    do throws(RowFault) { try take(reader, place, &self) } catch { add(error, in: table, place, reach(reader, error)) }
  }

  mutating func add(_ fault: RowFault, in table: Table, _ place: Place, _ reach: BadRow.Reach) {
    let row = BadRow(
      place: place, column: fault.position < 0 ? "" : table.header(at: fault.position), reason: fault.reason,
      reach: reach)
    if fault.isConsequence { addConsequence(row) } else { add(row) }
  }

  private mutating func read(
    _ reader: inout CSVReader, _ stretch: Table.Stretch, of table: Table, customerAt customer: Int,
    reach: (borrowing CSVReader, RowFault) -> BadRow.Reach, ragged: (borrowing CSVReader, Place) -> BadRow.Reach?,
    take: (borrowing CSVReader, Place, inout Findings) throws(RowFault) -> Void
  ) -> Int {
    var count = 0
    var blanks = 0
    while reader.next(before: stretch.bytes.upperBound) {
      let place = Place(file: table.file, line: reader.line)
      if reader.isBlank {
        blanks += 1
        continue
      }
      count += 1
      do throws(RowFault) {
        if let fault = reader.fault, fault != .nul {
          add(BadRow(place: place, column: "", reason: Table.sentence(fault), reach: .everything))
          continue
        }
        // Before anything that is said of its cells: none of them need stand where it should.
        if reader.fieldCount != table.headers.count {
          addRagged(reader, place, expected: table.headers.count, customer: customer, ragged(reader, place))
          continue
        }
        if let fault = reader.fault { throw RowFault(position: -1, reason: Table.sentence(fault)) }
        if !stretch.isValid, !FileText.isValid(Cell(rebasing: reader.bytes[reader.range])) {
          throw RowFault(
            position: -1,
            reason: "it is not UTF-8; if the whole file is in another encoding, declare it, such as encoding = "
              + "\"windows-1252\"")
        }
        try take(reader, place, &self)
      } catch {
        add(error, in: table, place, reach(reader, error))
      }
    }
    if blanks > 0 { self.blanks[table.file, default: 0] += blanks }
    return count
  }

  /// Lets bad rows rest somebody else than was thought when they were read.
  mutating func redirect(_ reaches: [Place: BadRow.Reach]) {
    guard !reaches.isEmpty else { return }
    func redirected(_ row: BadRow) -> BadRow {
      reaches[row.place].map { BadRow(place: row.place, column: row.column, reason: row.reason, reach: $0) } ?? row
    }
    badRows = badRows.map(redirected)
    consequences = consequences.map(redirected)
  }

  /// Says how many rows of each file were empty.
  mutating func tellBlanks() {
    for (file, count) in blanks {
      warn(Place(file: file), "", count.of("empty row is", "empty rows are") + " passed over")
    }
    blanks = [:]
  }

  /// A customer's id as it can be trusted in a bad row; nil when it cannot.
  static func readable(_ row: borrowing CSVReader, _ position: Int) -> String? {
    let cell = row.field(position)
    guard !cell.isEmpty, FileText.isValid(cell), !cell.contains(0), Text.controlFault(in: cell) == nil else {
      return nil
    }
    return String(decoding: cell, as: UTF8.self)
  }

  /// Where the cell of a column may stand in a row with too many or too few fields, its own place first.
  static func positions(of column: Int, in row: borrowing CSVReader, expected: Int) -> [Int] {
    guard column >= 0 else { return [] }
    let found = row.fieldCount
    if found > expected { return Array(column...(column + found - expected)) }
    return (max(0, column - (expected - found))...column).reversed()
  }

  private mutating func addRagged(
    _ row: borrowing CSVReader, _ place: Place, expected: Int, customer: Int, _ reach: BadRow.Reach?
  ) {
    let found = row.fieldCount
    let reason =
      "the row has \(found.of("field")), the header has \(expected); quote fields that hold "
      + "the delimiter, or look for a row that was cut off"
    if let reach {
      add(BadRow(place: place, column: "", reason: reason, reach: reach))
      return
    }
    var positions = Findings.positions(of: customer, in: row, expected: expected)
    // The last field of a short row may itself be cut off.
    if found < expected { positions.removeAll { $0 >= found - 1 } }
    let candidates = positions.compactMap { Findings.readable(row, $0) }
    ragged.append(
      RaggedRow(
        place: place, reason: reason, named: positions.first == customer ? Findings.readable(row, customer) : nil,
        candidates: candidates))
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
