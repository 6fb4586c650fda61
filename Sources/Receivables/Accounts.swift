import Ledger
import Units

/// The accounts of all payers, each on its own civil day, built from the books in one pass.
package struct Accounts: Sendable {
  /// By payer, then currency.
  package let all: [Account]

  /// - Parameters:
  ///   - companyDay: the civil day at the company, which dates money: where a payer's day is still the one before, what
  ///     was paid is paid. Nil for the payer's own.
  ///   - day: the civil day in that payer's zone.
  package init(of books: Books, companyDay: Day? = nil, day: (Customer) -> Day) {
    var customers: [String: Customer] = [:]
    for customer in books.customers { customers[customer.id] = customer }

    // Books are sorted by customer, so each customer's rows are one slice.
    let invoices = Slices(books.invoices) { $0.key.customer }
    let payments = Slices(books.payments) { $0.customer }

    var members: [String: [Customer]] = [:]
    for customer in books.customers {
      let payer = customer.payer.flatMap { customers[$0] } ?? customer
      members[payer.id, default: []].append(customer)
    }
    var all: [Account] = []
    for id in members.keys.sorted() {
      guard let payer = customers[id], let group = members[id] else { continue }
      let today = day(payer)
      all += Accounts.accounts(
        of: payer, group, invoices: invoices, payments: payments, on: today, posted: max(today, companyDay ?? today))
    }
    self.all = all
  }

  private static func accounts(
    of payer: Customer, _ members: [Customer], invoices: Slices<Invoice>, payments: Slices<Payment>, on day: Day,
    posted: Day
  ) -> [Account] {
    var currencies: Set<Currency> = []
    for member in members {
      for invoice in invoices[member.id] { currencies.insert(invoice.currency) }
      for payment in payments[member.id] { currencies.insert(payment.amount.currency) }
    }
    return currencies.sorted().map { currency in
      var items: [OpenItem] = []
      var credits: [UnappliedCredit] = []
      for member in members {
        let settlement = Settlement(
          invoices: invoices[member.id].filter { $0.currency == currency },
          payments: payments[member.id].filter { $0.amount.currency == currency }, terms: member.terms ?? payer.terms,
          currency: currency, on: day, posted: posted)
        items += settlement.items
        credits += settlement.credits
      }
      if members.count > 1 { items.sort { ($0.invoice.due, $0.key) < ($1.invoice.due, $1.key) } }
      return Account(payer: payer, currency: currency, day: day, items: items, credits: credits)
    }
  }
}

/// Rows by customer. Books are sorted so; were they not, no row may be lost for it.
private struct Slices<Row> {
  private let rows: [Row]
  private var ranges: [String: Range<Int>] = [:]

  init(_ rows: [Row], customer: (Row) -> String) {
    let inOrder = rows.indices.dropFirst().allSatisfy { customer(rows[$0 - 1]) <= customer(rows[$0]) }
    let rows = inOrder ? rows : rows.sorted { customer($0) < customer($1) }
    self.rows = rows
    var start = 0
    while start < rows.count {
      let id = customer(rows[start])
      var end = start + 1
      while end < rows.count, customer(rows[end]) == id { end += 1 }
      ranges[id] = start..<end
      start = end
    }
  }

  subscript(customer: String) -> ArraySlice<Row> { ranges[customer].map { rows[$0] } ?? [] }
}
