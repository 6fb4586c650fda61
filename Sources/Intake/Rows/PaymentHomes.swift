import Ledger
import Units

/// Finds the invoice that a payment names: the customer's own, one of the same payer, or the only one of that number. A
/// parent pays for its daughter, a customer for a friend; money that names an invoice is that invoice's money.
struct PaymentHomes {
  struct Home {
    let customer: String
    let currency: Currency
    /// Neither the payment's customer nor one with the same payer.
    let isStranger: Bool
  }

  private let arranged: ArrangedInvoices
  /// Customers with an invoice of a number, ascending.
  private let owners: [String: [String]]
  private let payers: [String: String]

  init(_ arranged: ArrangedInvoices, _ customers: [Customer]) {
    self.arranged = arranged
    var owners: [String: [String]] = [:]
    owners.reserveCapacity(arranged.invoices.count)
    // Invoices are sorted by customer, so no customer comes twice but in a row.
    for invoice in arranged.invoices where owners[invoice.key.number]?.last != invoice.key.customer {
      owners[invoice.key.number, default: []].append(invoice.key.customer)
    }
    self.owners = owners
    payers = Dictionary(customers.map { ($0.id, $0.payer ?? $0.id) }) { first, _ in first }
  }

  /// Nil when there is no such invoice (any more), or when several strangers have one.
  func home(of number: String, for customer: String) -> Home? {
    if let currency = arranged.currency(customer: customer, number: number) {
      return Home(customer: customer, currency: currency, isStranger: false)
    }
    guard let owners = owners[number] else { return nil }
    let payer = payers[customer] ?? customer
    let kin = owners.filter { payers[$0] == payer }
    let found = kin.isEmpty ? owners : kin
    guard found.count == 1, let owner = found.first,
      let currency = arranged.currency(customer: owner, number: number)
    else { return nil }
    return Home(customer: owner, currency: currency, isStranger: kin.isEmpty)
  }
}
