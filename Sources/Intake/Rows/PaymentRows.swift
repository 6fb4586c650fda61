import Ledger
import Units

/// Rows of payments.csv into payments. A bad one rests all invoices of its customer: a lost payment must not dun a
/// payer.
struct PaymentRows {
  let table: Table
  let cells: CellReader
  /// `[company] currency`.
  let currency: Currency

  private(set) var payments: [Payment] = []
  private(set) var count = 0

  init(table: Table, cells: CellReader, currency: Currency) {
    self.table = table
    self.cells = cells
    self.currency = currency
  }

  /// - Parameters:
  ///   - isKnown: whether customers.csv has the customer; without that file everybody is known, because payments
  ///     outlive the invoices that would name them.
  ///   - homes: whose invoice a payment names.
  mutating func read(into findings: inout Findings, isKnown: (String) -> Bool, homes: PaymentHomes) {
    let (table, cells) = (table, cells)
    func at(_ column: PaymentColumn) -> Int { table.position(column.rawValue) }
    // Looked up once, not for every row.
    let (customer, date, amount, id) = (at(.customer), at(.date), at(.amount), at(.id))
    let (invoice, currency, method) = (at(.invoice), at(.currency), at(.method))
    let companyCurrency = self.currency
    var all: [Payment] = []
    count = findings.readRows(
      of: table, customerAt: customer,
      reach: { row, _ in
        guard let payer = Findings.readable(row, customer) else { return .everything }
        // An unknown customer has nothing that could rest; the invoice that the payment names has.
        let named = isKnown(payer) ? nil : Findings.readable(row, invoice)
        return .customer(named.flatMap { homes.home(of: $0, for: payer)?.customer } ?? payer)
      },
      take: { (row, place, findings) throws(RowFault) in
        let payer = try cells.required(row, customer)
        guard isKnown(payer) else {
          throw RowFault(position: customer, reason: "\"\(payer)\" is no known customer")
        }
        let number = try cells.word(row, invoice)
        let home = number.flatMap { homes.home(of: $0, for: payer) }
        let invoiced = home?.currency
        let own = try cells.currency(row, currency)
        if let own, let invoiced, own != invoiced {
          throw RowFault(
            position: currency,
            reason:
              "the payment is in \(own), its invoice \"\(number ?? "")\" in \(invoiced); a payment and the invoice "
              + "that it names have one currency")
        }
        guard let day = try cells.day(row, date) else {
          throw RowFault(position: date, reason: "it is empty; every payment has a date")
        }
        guard let paid = try cells.money(row, amount, own ?? invoiced ?? companyCurrency) else {
          throw RowFault(position: amount, reason: "it is empty; every payment has an amount")
        }
        if let home, home.isStranger {
          findings.warn(
            place, table.header(at: invoice, PaymentColumn.invoice.rawValue),
            "\"\(number ?? "")\" is an invoice of \(home.customer), not of \(payer): the payment is taken for it")
        }
        var payment = Payment(customer: home?.customer ?? payer, date: day, amount: paid, place: place)
        payment.id = try cells.text(row, id)
        payment.invoice = number
        payment.method = try cells.text(row, method)
        all.append(payment)
      })
    all.sort { ($0.customer, $0.date, $0.place.line) < ($1.customer, $1.date, $1.place.line) }
    payments = all
  }
}
