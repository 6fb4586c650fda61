import Ledger

/// Which items rest because a row of the ledger could not be read.
struct Quarantine {
  private var byInvoice: [Scope: BadRow] = [:]
  private var byCustomer: [String: BadRow] = [:]
  /// What is owed and paid is netted over all customers of a payer, so a lost payment of one may be what spares another.
  private var byPayer: [String: BadRow] = [:]
  private var everything: BadRow?
  /// By customer, the first row that is about it, whatever it names.
  private var first: [String: BadRow] = [:]
  let isEmpty: Bool

  /// - Parameter payer: who is dunned for a customer.
  init(_ rows: [BadRow], payer: (String) -> String) {
    isEmpty = rows.isEmpty
    for row in rows {
      switch row.reach {
      case .invoice(let customer, let number):
        let scope = Scope.invoice(customer: customer, number: number)
        if first[customer] == nil { first[customer] = row }
        if byInvoice[scope] == nil { byInvoice[scope] = row }
      case .customer(let id):
        if first[id] == nil { first[id] = row }
        if byCustomer[id] == nil { byCustomer[id] = row }
        let payer = payer(id)
        if byPayer[payer] == nil { byPayer[payer] = row }
      case .everything: if everything == nil { everything = row }
      }
    }
  }

  /// The bad row that rests the item; nil when none does. One that is about a customer rests all that its payer pays for.
  func row(for key: ItemKey, payer: String) -> BadRow? {
    if isEmpty { return nil }
    return byInvoice[Scope(of: key)] ?? byCustomer[key.customer] ?? byCustomer[payer] ?? byPayer[payer]
      ?? everything
  }

  /// The first bad row of a customer, whatever it names; nil when there is none.
  func row(of customer: String) -> BadRow? { isEmpty ? nil : everything ?? first[customer] }

  /// Customers whom some bad row is about; sorted.
  var customers: [String] { first.keys.sorted() }

  /// Whether some bad row names an invoice.
  var namesInvoices: Bool { !byInvoice.isEmpty }
  func names(_ key: ItemKey) -> Bool { byInvoice[Scope(of: key)] != nil }

  /// Invoices that are named by a bad row, sorted; some of them could not be read at all.
  var invoices: [(key: ItemKey, row: BadRow)] {
    byInvoice.compactMap { scope, row in
      guard case .invoice(let customer, let number) = scope else { return nil }
      return (ItemKey(customer: customer, number: number), row)
    }
    .sorted { $0.key < $1.key }
  }
}

extension Scope {
  /// The invoice of an item, with all its instalments.
  init(of key: ItemKey) { self = .invoice(customer: key.customer, number: key.number) }
}
