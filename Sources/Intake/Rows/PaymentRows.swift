import Ledger
import Units

/// Rows of payments.csv into payments. A bad one rests all invoices of its customer, and the owner of the invoice that it
/// names: a lost payment must not dun a payer.
struct PaymentRows: Sendable {
  private let table: Table
  private let cells: CellReader
  /// `[company] currency`.
  private let companyCurrency: Currency
  private let directory: Directory
  private let homes: PaymentHomes
  /// Whether customers.csv is there. Without it everybody is known, because payments outlive the invoices that would
  /// name them.
  private let isListed: Bool
  /// Whom customers.csv may have in a row that cannot be read.
  private let missing: Set<String>
  private let customer, date, amount, id, invoice, currency, method: Int

  init(
    table: Table, cells: CellReader, currency: Currency, directory: Directory, isListed: Bool, missing: Set<String>,
    homes: PaymentHomes
  ) {
    self.table = table
    self.cells = cells
    companyCurrency = currency
    self.directory = directory
    self.isListed = isListed
    self.missing = missing
    self.homes = homes
    func at(_ column: PaymentColumn) -> Int { table.position(column.rawValue) }
    (customer, date, amount, id) = (at(.customer), at(.date), at(.amount), at(.id))
    (invoice, self.currency, method) = (at(.invoice), at(.currency), at(.method))
  }

  /// What a look at some rows found.
  struct Found: Sendable {
    var count = 0
    /// Rows whose invoice is none of their customer's own: whose they are is known once all such numbers are.
    var strays: [OwnedRow] = []
    /// Bad rows that may name an invoice which is none of their customer's own: its owner rests.
    var broken: [BrokenPayment] = []
    /// The invoices that both name.
    var numbers: Set<String> = []
    var findings = Findings()

    /// Without customers.csv, payments of customers who have no invoice.
    var unknown: [Payment] = []

    mutating func add(_ row: BrokenPayment) {
      broken.append(row)
      if let number = row.number { numbers.insert(number) }
    }
  }

  /// By customer, date, line; and the number of rows. As with invoices: whose each row is, then what it says, customer by
  /// customer.
  func read(into findings: inout Findings, _ workers: some Workers) -> (payments: [Payment], count: Int) {
    let stretches = table.parts(workers)
    let (rows, looks) = workers.fill(stretches.map(\.rowsMax)) { look(at: stretches[$0], into: &$1) }
    var (payments, reads) = payments(of: rows, areStrays: false, workers)

    let found = looks + reads
    let owners = homes.owners(of: found.reduce(into: []) { $0.formUnion($1.numbers) })
    let named = header(invoice, .invoice)
    var strays = StrayPayments(homes, file: table.file, column: named)
    strays.place(table.read { reader in found.flatMap(\.strays).map { stray($0, with: &reader, owners) } }, &findings)
    if !strays.rows.isEmpty {
      let (strays, more) = self.payments(of: strays.rows, areStrays: true, workers)
      payments = PaymentRows.merged(payments, strays)
      reads += more
    }
    for part in looks + reads { findings.join(part.findings) }
    BrokenPayment.rest(
      (looks + reads).flatMap(\.broken), homes, owners, columns: (header(customer, .customer), named), &findings)
    strays.tellTwins(reads.flatMap(\.unknown), column: header(customer, .customer), &findings)
    // Those who are not in the directory came last; they go into order by name.
    if rows.contains(where: { $0.owner == unknown }) { payments.sort(by: PaymentRows.isBefore) }
    return (payments, looks.reduce(0) { $0 + $1.count })
  }

  /// The number of all who are not in the directory.
  private var unknown: Int { directory.customers.count }

  private func look(at stretch: Table.Stretch, into rows: inout OutputSpan<OwnedRow>) -> Found {
    var found = Found()
    var findings = Findings()
    found.count = findings.readRows(
      stretch, of: table, customerAt: customer,
      reach: { row, _ in reach(row, &found) },
      ragged: { row, place in
        for position in Findings.positions(of: invoice, in: row, expected: table.headers.count) {
          guard let number = Findings.readable(row, position) else { continue }
          found.add(
            BrokenPayment(place: place, payer: Findings.readable(row, customer), number: number, isRagged: true))
        }
        return nil
      },
      take: { (row, _, _) throws(RowFault) in rows.append(OwnedRow(row, owner: try known(row) ?? unknown)) })
    found.findings = findings
    return found
  }

  /// Payments by owner, date, line.
  ///
  /// - Parameter areStrays: nobody looks any more whose the invoices are that they name.
  private func payments(
    of rows: [OwnedRow], areStrays: Bool, _ workers: some Workers
  ) -> (payments: [Payment], found: [Found]) {
    let byOwner = RowsByOwner.parts(rows, of: 0..<unknown + 1, workers)
    let (payments, found) = workers.fill(byOwner.map(\.count)) { read(byOwner[$0], areStrays, into: &$1) }
    return (payments, found)
  }

  private func read(_ rows: RowsByOwner, _ areStrays: Bool, into payments: inout OutputSpan<Payment>) -> Found {
    table.read { reader in
      var found = Found()
      var findings = Findings()
      var memory = Memory()
      let doubles = PaymentDoubles(table, id: id, read: [date, amount, currency])
      var own: [Payment] = []
      rows.forEach(with: &reader) { reader, owner, rows in
        for owned in rows {
          findings.readRow(
            owned, with: &reader, of: table, reach: { row, _ in reach(row, &found) },
            take: { (row, place, findings) throws(RowFault) in
              let number = try cells.word(row, invoice)
              let home = owner == unknown ? nil : number.flatMap { homes.own($0, of: owner) }
              if let number, home == nil, !areStrays {
                found.strays.append(owned)
                found.numbers.insert(number)
              } else {
                own.append(try payment(row, place, number, home, of: owner, &memory, &findings))
              }
            })
        }
        if own.count > 1 {
          own.sort { ($0.date, $0.place.line) < ($1.date, $1.place.line) }
          if id >= 0 { doubles.drop(&own, rows, with: &reader, &findings) }
        }
        if owner == unknown { found.unknown += own }
        for payment in own { payments.append(payment) }
        own.removeAll(keepingCapacity: true)
      }
      found.findings = findings
      return found
    }
  }

  /// What a row whose invoice is none of its customer's own says of it, and the invoice of somebody else that it may be.
  private func stray(_ row: OwnedRow, with reader: inout CSVReader, _ owners: [String: [Int]]) -> StrayPayment {
    reader.move(to: Int(row.start), line: Int(row.line))
    guard reader.next() else { return StrayPayment(row: row) }
    var stray = StrayPayment(row: row)
    let cell = reader.field(customer)
    stray.payer = String(decoding: cell, as: UTF8.self)
    stray.customer = directory.number(of: cell)
    stray.number = String(decoding: reader.field(invoice), as: UTF8.self)
    stray.home = homes.elsewhere(owners[stray.number] ?? [], stray.number, for: stray.payer, stray.customer)
    stray.isKin = stray.home.map { !isStranger(cell, to: $0.customer) } ?? false
    stray.date = try? cells.day(reader, date)
    let own = (try? cells.currency(reader, currency)) ?? stray.home?.currency ?? companyCurrency
    stray.amount = try? cells.money(reader, amount, own)
    return stray
  }

  private static func isBefore(_ a: Payment, _ b: Payment) -> Bool {
    (a.customer, a.date, a.place.line) < (b.customer, b.date, b.place.line)
  }

  /// Both together in order, each of them being in order.
  private static func merged(_ a: [Payment], _ b: [Payment]) -> [Payment] {
    var all: [Payment] = []
    all.reserveCapacity(a.count + b.count)
    var next = b.startIndex
    for payment in a {
      while next < b.endIndex, isBefore(b[next], payment) {
        all.append(b[next])
        next += 1
      }
      all.append(payment)
    }
    return all + b[next...]
  }

  /// The customer's number in the directory; throws when customers.csv lacks him, nil when nobody has to have him.
  private func known(_ row: borrowing CSVReader) throws(RowFault) -> Int? {
    let payer = try cells.requiredCell(row, customer)
    if let number = directory.number(of: payer) { return number }
    if !isListed { return nil }
    let name = String(decoding: payer, as: UTF8.self)
    throw RowFault(
      position: customer, reason: "\"\(name)\" is no known customer", isConsequence: missing.contains(name))
  }

  /// What one worker remembers from row to row.
  private struct Memory {
    /// The last currency, and how it was written.
    var currency: (cell: ShortCell, currency: Currency)?
  }

  /// Nil when the cell is empty.
  private func currency(_ row: borrowing CSVReader, _ memory: inout Memory) throws(RowFault) -> Currency? {
    let cell = row.field(currency)
    if cell.isEmpty { return nil }
    let head = ShortCell(cell)
    if let last = memory.currency, last.cell == head { return last.currency }
    let read = try cells.currency(row, currency)
    memory.currency = read.map { (head, $0) }
    return read
  }

  private func reach(_ row: borrowing CSVReader, _ found: inout Found) -> BadRow.Reach {
    guard let payer = Findings.readable(row, customer) else { return .everything }
    let (owner, number) = (directory.number(of: payer), Findings.readable(row, invoice))
    if owner == nil || number.map({ number in owner.flatMap { homes.own(number, of: $0) } == nil }) == true {
      found.add(BrokenPayment(place: Place(file: table.file, line: row.line), payer: payer, number: number))
    }
    return .customer(payer)
  }

  /// The column's name in the file.
  private func header(_ position: Int, _ column: PaymentColumn) -> String {
    table.header(at: position, column.rawValue)
  }

  /// - Parameter owner: whose the invoice is that it names, or else who paid.
  private func payment(
    _ row: borrowing CSVReader, _ place: Place, _ number: String?, _ home: PaymentHomes.Home?, of owner: Int,
    _ memory: inout Memory, _ findings: inout Findings
  ) throws(RowFault) -> Payment {
    let invoiced = home?.currency
    let own = try currency(row, &memory)
    if let own, let invoiced, own != invoiced {
      throw RowFault(
        position: currency,
        reason: "the payment is in \(own), its invoice \"\(number ?? "")\" in \(invoiced); a payment and the invoice "
          + "that it names have one currency")
    }
    guard let day = try cells.day(row, date) else {
      throw RowFault(position: date, reason: "it is empty; every payment has a date")
    }
    guard let paid = try cells.money(row, amount, own ?? invoiced ?? companyCurrency) else {
      throw RowFault(position: amount, reason: "it is empty; every payment has an amount")
    }
    let cell = row.field(customer)
    let name = owner == unknown ? String(decoding: cell, as: UTF8.self) : directory.customers[owner].id
    if home != nil, isStranger(cell, to: owner) {
      findings.warn(
        place, header(invoice, .invoice),
        "\"\(number ?? "")\" is an invoice of \(name), not of "
          + "\(String(decoding: cell, as: UTF8.self)): the payment is taken for it")
    }
    var payment = Payment(customer: name, date: day, amount: paid, place: place)
    payment.id = try cells.text(row, id)
    payment.invoice = number
    payment.method = try cells.text(row, method)
    return payment
  }

  /// Whether who paid is neither that customer nor one with the same payer.
  private func isStranger(_ cell: Cell, to owner: Int) -> Bool {
    if directory.customers[owner].id.utf8.elementsEqual(cell) { return false }
    let payer = directory.number(of: cell).map(directory.payer) ?? String(decoding: cell, as: UTF8.self)
    return directory.payer(owner) != payer
  }
}
