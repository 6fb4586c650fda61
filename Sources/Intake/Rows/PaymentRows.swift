import Ledger
import Units

/// Rows of payments.csv into payments. A bad one rests all invoices of its customer: a lost payment must not dun a
/// payer.
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
  private let customer, date, amount, id, invoice, currency, method: Int

  init(
    table: Table, cells: CellReader, currency: Currency, directory: Directory, isListed: Bool, homes: PaymentHomes
  ) {
    self.table = table
    self.cells = cells
    companyCurrency = currency
    self.directory = directory
    self.isListed = isListed
    self.homes = homes
    func at(_ column: PaymentColumn) -> Int { table.position(column.rawValue) }
    (customer, date, amount, id) = (at(.customer), at(.date), at(.amount), at(.id))
    (invoice, self.currency, method) = (at(.invoice), at(.currency), at(.method))
  }

  /// Payments, each with its place among customers: by number in the directory, -1 for one that is not in it.
  struct Read: Sendable {
    var payments: [Payment] = []
    var owners: [Int32] = []
    var count = 0
    /// Rows whose invoice is none of their customer's own: they are read once all such numbers are known.
    var strays: [(start: Int, line: Int)] = []
    /// Rows of unknown customers that are broken as rows, and the invoice that they name: its owner rests.
    var broken: [(place: Place, payer: String, number: String)] = []
    /// The invoices that both name.
    var numbers: Set<String> = []
    var findings = Findings()
  }

  /// By customer, date, line; and the number of rows.
  func read(into findings: inout Findings, _ workers: some Workers) -> (payments: [Payment], count: Int) {
    let stretches = table.parts(workers.count)
    var parts = workers.map(stretches.count) { read(stretches[$0]) }
    var strays = Read()
    var memory = Memory()
    let owners = homes.owners(of: parts.reduce(into: []) { $0.formUnion($1.numbers) })
    table.read(table.rows) { reader in
      for stray in parts.flatMap(\.strays) {
        findings.readRow(
          at: stray.start, line: stray.line, with: &reader, of: table, reach: { row, _ in reach(row, owners) },
          take: { (row, place, findings) throws(RowFault) in
            let payer = try known(row)
            let number = try cells.text(row, invoice)
            let home = home(of: number, for: row.field(customer), owners)
            strays.take(try payment(row, place, number, home, &memory, &findings), home?.customer ?? payer)
          })
      }
    }
    parts.append(strays)
    var reaches: [Place: BadRow.Reach] = [:]
    for part in parts {
      findings.join(part.findings)
      for row in part.broken {
        guard let home = homes.elsewhere(owners[row.number] ?? [], row.number, for: row.payer, nil) else { continue }
        reaches[row.place] = .customer(directory.customers[home.customer].id)
      }
    }
    findings.redirect(reaches)
    return (ordered(&parts), parts.reduce(0) { $0 + $1.count })
  }

  private func read(_ stretch: Table.Stretch) -> Read {
    var read = Read()
    var findings = Findings()
    var memory = Memory()
    read.payments.reserveCapacity(stretch.bytes.count / 48)
    read.owners.reserveCapacity(stretch.bytes.count / 48)
    read.count = findings.readRows(
      stretch, of: table, customerAt: customer,
      reach: { row, _ in
        if isListed, let payer = Findings.readable(row, customer), directory.number(of: payer) == nil,
          let number = Findings.readable(row, invoice)
        {
          read.broken.append((Place(file: table.file, line: row.line), payer, number))
          read.numbers.insert(number)
        }
        return reach(row, [:])
      },
      take: { (row, place, findings) throws(RowFault) in
        let number = try known(row)
        let named = try cells.word(row, invoice)
        var home: PaymentHomes.Home?
        if let named {
          if let number { home = homes.own(named, of: number) }
          if home == nil {
            read.strays.append((row.range.lowerBound, row.line))
            read.numbers.insert(named)
            return
          }
        }
        read.take(try payment(row, place, named, home, &memory, &findings), number)
      })
    read.findings = findings
    return read
  }

  /// The customer's number in the directory; throws when customers.csv lacks him, nil when nobody has to have him.
  private func known(_ row: borrowing CSVReader) throws(RowFault) -> Int? {
    let payer = try cells.requiredCell(row, customer)
    if let number = directory.number(of: payer) { return number }
    if !isListed { return nil }
    throw RowFault(position: customer, reason: "\"\(String(decoding: payer, as: UTF8.self))\" is no known customer")
  }

  /// What one worker remembers from row to row.
  private struct Memory {
    var currency: (bytes: [UInt8], currency: Currency)?
  }

  /// Nil when the cell is empty.
  private func currency(_ row: borrowing CSVReader, _ memory: inout Memory) throws(RowFault) -> Currency? {
    let cell = row.field(currency)
    if cell.isEmpty { return nil }
    if let last = memory.currency, cell.elementsEqual(last.bytes) { return last.currency }
    let read = try cells.currency(row, currency)
    memory.currency = read.map { (Array(cell), $0) }
    return read
  }

  private func home(of number: String, for payer: Cell, _ owners: [String: [Int]]) -> PaymentHomes.Home? {
    let customer = directory.number(of: payer)
    return customer.flatMap { homes.own(number, of: $0) }
      ?? homes.elsewhere(owners[number] ?? [], number, for: String(decoding: payer, as: UTF8.self), customer)
  }

  private func reach(_ row: borrowing CSVReader, _ owners: [String: [Int]]) -> BadRow.Reach {
    guard let payer = Findings.readable(row, customer) else { return .everything }
    // An unknown customer has nothing that could rest; the invoice that the payment names has.
    guard isListed, directory.number(of: row.field(customer)) == nil, let named = Findings.readable(row, invoice) else {
      return .customer(payer)
    }
    return .customer(
      home(of: named, for: row.field(customer), owners).map { directory.customers[$0.customer].id } ?? payer)
  }

  private func payment(
    _ row: borrowing CSVReader, _ place: Place, _ number: String?, _ home: PaymentHomes.Home?, _ memory: inout Memory,
    _ findings: inout Findings
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
    let owner = home.map { directory.customers[$0.customer].id } ?? String(decoding: row.field(customer), as: UTF8.self)
    if let home, home.isStranger {
      findings.warn(
        place, table.header(at: invoice, PaymentColumn.invoice.rawValue),
        "\"\(number ?? "")\" is an invoice of \(owner), not of "
          + "\(String(decoding: row.field(customer), as: UTF8.self)): the payment is taken for it")
    }
    var payment = Payment(customer: owner, date: day, amount: paid, place: place)
    payment.id = try cells.text(row, id)
    payment.invoice = number
    payment.method = try cells.text(row, method)
    return payment
  }

  /// Counted into their places by customer, so that only the few of each are sorted.
  private func ordered(_ parts: inout [Read]) -> [Payment] {
    var all: [Payment] = []
    var owners: [Int32] = []
    swap(&all, &parts[0].payments)
    swap(&owners, &parts[0].owners)
    for index in parts.indices.dropFirst() {
      all += parts[index].payments
      owners += parts[index].owners
      parts[index].payments = []
    }
    // Those who are not in the directory come last, and into order by name.
    let customers = directory.customers.count
    var starts = [Int](repeating: 0, count: customers + 2)
    for owner in owners { starts[(owner < 0 ? customers : Int(owner)) + 1] += 1 }
    for index in 1..<starts.count { starts[index] += starts[index - 1] }
    var places = starts
    var order = [Int32](repeating: 0, count: all.count)
    for (row, owner) in owners.enumerated() {
      let bucket = owner < 0 ? customers : Int(owner)
      order[places[bucket]] = Int32(row)
      places[bucket] += 1
    }
    all.withUnsafeBufferPointer { all in
      func isBefore(_ a: Int32, _ b: Int32) -> Bool {
        let (first, second) = (all[Int(a)].date, all[Int(b)].date)
        return first == second ? all[Int(a)].place.line < all[Int(b)].place.line : first < second
      }
      for bucket in 0..<customers where starts[bucket + 1] - starts[bucket] > 1 {
        order[starts[bucket]..<starts[bucket + 1]].sort(by: isBefore)
      }
    }
    var payments: [Payment] = []
    payments.reserveCapacity(all.count)
    for row in order { payments.append(all[Int(row)]) }
    if starts[customers + 1] > starts[customers] {
      payments.sort { ($0.customer, $0.date, $0.place.line) < ($1.customer, $1.date, $1.place.line) }
    }
    return payments
  }
}

extension PaymentRows.Read {
  fileprivate mutating func take(_ payment: Payment, _ owner: Int?) {
    payments.append(payment)
    owners.append(Int32(owner ?? -1))
  }
}
