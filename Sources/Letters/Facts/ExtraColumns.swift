import Ledger

/// The columns of a ledger that dunningd does not know itself, by the names that templates use for them.
package struct ExtraColumns: Sendable, Equatable {
  package var ofCustomers: Set<String>
  package var ofInvoices: Set<String>

  /// What an invoice may show.
  var all: Set<String> { ofInvoices.isEmpty ? ofCustomers : ofInvoices.union(ofCustomers) }

  package init(ofCustomers: Set<String> = [], ofInvoices: Set<String> = []) {
    self.ofCustomers = ofCustomers
    self.ofInvoices = ofInvoices
  }

  /// Every column that at least one row has.
  package init(_ books: Books) {
    self.init()
    for customer in books.customers where !customer.extra.isEmpty {
      for column in customer.extra.keys { ofCustomers.insert(Vocabulary.columnName(column)) }
    }
    for invoice in books.invoices {
      guard let extra = invoice.details?.extra, !extra.isEmpty else { continue }
      for column in extra.keys { ofInvoices.insert(Vocabulary.columnName(column)) }
    }
  }

  /// A row's columns under the names that templates use.
  static func named(_ extra: [String: String]) -> [String: String] {
    if extra.isEmpty { return [:] }
    var named: [String: String] = [:]
    for (column, value) in extra.sorted(by: { $0.key < $1.key }) {
      let name = Vocabulary.columnName(column)
      if named[name] == nil { named[name] = value }
    }
    return named
  }
}
