/// Our words for the columns of invoices.csv; a file may name them otherwise by `[ledger.columns.invoices]`.
package enum InvoiceColumn: String, CaseIterable, Sendable {
  case number, item, customer, due, amount, open, currency, issued, kind, terms, reference
  case purchaseOrder = "purchase_order"
  case link, document, disputed, autopay, settled, email, name
}

/// Our words for the columns of customers.csv.
package enum CustomerColumn: String, CaseIterable, Sendable {
  case id, payer, name, email, cc
  case escalationEmail = "escalation_email"
  case phone, address, language
  case timeZone = "time_zone"
  case country, kind, tags
  case creditLimit = "credit_limit"
  case terms, schedule, owner
  case maxLevel = "max_level"
  case doNotContact = "do_not_contact"
}

/// Our words for the columns of payments.csv.
package enum PaymentColumn: String, CaseIterable, Sendable {
  case customer, date, amount, id, invoice, currency, method
}

extension IntakeFormat.File {
  /// The words that `[ledger.columns.<file>]` may rename.
  package var columnWords: [String] {
    switch self {
    case .invoices: InvoiceColumn.allCases.map(\.rawValue)
    case .customers: CustomerColumn.allCases.map(\.rawValue)
    case .payments: PaymentColumn.allCases.map(\.rawValue)
    }
  }
}
