import Ledger
import Units

/// What invoices.csv says of a customer: the first name, and the first address, usable or not.
struct CustomerWords: Sendable {
  /// Where the customer is named first.
  let place: Place
  var name = ""
  var emails: [String] = []
  /// Whether a row gave an address, usable or not.
  var hasEmail = false
}

/// The first look at invoices.csv: whose each row is. What it says is read afterwards, customer by customer, so that
/// invoices come into the order of the books before they are made.
struct InvoiceOwners: Sendable {
  /// Rows that a customer owes for, as far as one can say without their other cells; in the order of the file.
  private(set) var rows: [OwnedRow] = []
  private(set) var count = 0
  /// Without customers.csv, those whom the file names; by their number in `rows`.
  private(set) var names = NameIndex()
  /// By owner, what the file says of it; nothing where it has no such columns and customers.csv is there.
  private(set) var words: [Int: CustomerWords] = [:]
  private var skipped = 0

  private let table: Table
  private let cells: CellReader
  private let columns: InvoicePositions
  /// Without customers.csv nobody is in it.
  private let directory: Directory
  private let isListed: Bool
  /// Whom customers.csv may have in a row that cannot be read.
  private let missing: Set<String>
  private let xero: XeroRow?

  /// - Parameter directory: the customers of customers.csv; nil without that file.
  private init(_ rows: InvoiceRows, _ directory: Directory?, missing: Set<String>) {
    self.missing = missing
    table = rows.table
    cells = rows.cells
    columns = rows.columns
    xero = rows.xero
    self.directory = directory ?? Directory([])
    isListed = directory != nil
  }

  /// Looks through the whole file.
  static func read(
    _ invoices: InvoiceRows, _ directory: Directory?, missing: Set<String>, into findings: inout Findings,
    _ workers: some Workers
  ) -> InvoiceOwners {
    // Only rows that say nothing about their customer can be looked at apart from those before.
    let hasWords = directory == nil || invoices.columns.name >= 0 || invoices.columns.email >= 0
    let stretches = hasWords ? invoices.table.parts(Alone()) : invoices.table.parts(workers)
    let (rows, parts) = workers.fill(stretches.map(\.rowsMax)) { part, rows in
      var owners = InvoiceOwners(invoices, directory, missing: missing)
      var findings = Findings()
      owners.read(stretches[part], into: &rows, &findings)
      return (owners, findings)
    }
    var owners = parts[0].0
    findings.join(parts[0].1)
    for (other, found) in parts.dropFirst() {
      owners.count += other.count
      owners.skipped += other.skipped
      findings.join(found)
    }
    owners.rows = rows
    if owners.skipped > 0 {
      findings.warn(
        Place(file: invoices.table.file), "",
        owners.skipped.of("row is", "rows are") + " no invoice that a customer owes (drafts, voided, "
          + "bills): left out")
    }
    return owners
  }

  private mutating func read(
    _ stretch: Table.Stretch, into rows: inout OutputSpan<OwnedRow>, _ findings: inout Findings
  ) {
    let (table, columns, cells) = (table, columns, cells)
    count = findings.readRows(
      stretch, of: table, customerAt: columns.customer,
      reach: { row, fault in InvoiceRows.reach(row, fault, columns, cells) },
      take: { (row, place, findings) throws(RowFault) in
        if let xero, try xero.state(row) == .none {
          skipped += 1
          return
        }
        _ = try InvoiceRows.kind(row, columns.kind)
        let owner = try owner(row, place, &findings)
        rows.append(OwnedRow(row, owner: owner))
      })
  }

  /// The row's customer, who is remembered at the first row that names it.
  private mutating func owner(_ row: borrowing CSVReader, _ place: Place, _ findings: inout Findings) throws(RowFault)
    -> Int
  {
    let cell = try cells.requiredCell(row, columns.customer)
    let known = isListed ? directory.number(of: cell) : names.number(of: cell)
    guard !isListed || columns.name >= 0 || columns.email >= 0 else { return try require(known, row) }

    let name = try cells.text(row, columns.name)
    if let fault = Text.controlFault(in: row.field(columns.email)) {
      throw RowFault(position: columns.email, reason: "\(Text.shown(row.field(columns.email))) \(fault)")
    }
    let before = known.flatMap { words[$0] }
    var emails: (good: [String], faults: [String]) = ([], [])
    let givesEmail = !row.field(columns.email).isEmpty && before?.hasEmail != true
    if givesEmail {
      emails = try cells.addresses(row, columns.email)
      for fault in emails.faults { findings.warn(place, table.header(at: columns.email), fault) }
    }
    let owner = !isListed ? names.insert(cell) : try require(known, row)
    if before == nil || before?.name.isEmpty == true && !name.isEmpty || givesEmail {
      var said = before ?? CustomerWords(place: place)
      if said.name.isEmpty { said.name = name }
      if givesEmail {
        said.emails = emails.good
        said.hasEmail = true
      }
      words[owner] = said
    }
    return owner
  }

  private func require(_ known: Int?, _ row: borrowing CSVReader) throws(RowFault) -> Int {
    if let known { return known }
    let id = String(decoding: row.field(columns.customer), as: UTF8.self)
    throw RowFault(
      position: columns.customer, reason: "\"\(id)\" is no customer of the customers' file; add it there",
      isConsequence: missing.contains(id))
  }

  /// The same with other numbers for the owners.
  mutating func renumber(_ numbers: [Int]) {
    for index in rows.indices { rows[index].owner = Int32(numbers[Int(rows[index].owner)]) }
  }
}
