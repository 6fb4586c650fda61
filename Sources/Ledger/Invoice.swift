import Units

/// Names one open item: the customer, the invoice's number, and the instalment where a number has several.
package struct ItemKey: Hashable, Comparable, Sendable {
  package let customer: String
  package let number: String
  /// Empty when the number has no instalments.
  package let item: String

  package init(customer: String, number: String, item: String = "") {
    self.customer = customer
    self.number = number
    self.item = item
  }

  package static func < (a: ItemKey, b: ItemKey) -> Bool {
    (a.customer, a.number, a.item) < (b.customer, b.number, b.item)
  }
}

/// One row of invoices.csv: an invoice, an instalment of one, or a credit note.
package struct Invoice: Sendable, Equatable {
  package enum Kind: String, Sendable { case invoice, creditNote = "credit_note" }

  /// What the customer contests, as the ledger says.
  package enum Dispute: Hashable, Sendable {
    case none
    case whole
    case part(Money)
  }

  package var key: ItemKey
  package var kind = Kind.invoice
  package var currency: Currency
  package var due: Day
  package var issued: Day?
  /// The full amount; positive for a credit note too. Nil when the ledger gives only what is open.
  package var amount: Money?
  /// What is open as of the file's day; final: no payment is taken from it again.
  package var open: Money?
  package var disputed = Dispute.none
  /// The day on which a direct debit will collect it.
  package var autopay: Day?
  /// The day on which it was paid in full.
  package var settled: Day?
  package var terms: PaymentTerms?
  /// Nil when none of the rarer columns is filled.
  package var details: InvoiceDetails?
  package var place: Place

  package init(key: ItemKey, currency: Currency, due: Day, place: Place) {
    self.key = key
    self.currency = currency
    self.due = due
    self.place = place
  }
}

/// The columns of an invoice that only messages need; shared, so that a million invoices stay small.
package final class InvoiceDetails: Sendable, Equatable {
  package let reference: String
  package let purchaseOrder: String
  package let link: String
  /// File name of the invoice as sent, looked up under `[ledger] documents`.
  package let document: String
  package let extra: [String: String]

  package init(
    reference: String = "", purchaseOrder: String = "", link: String = "", document: String = "",
    extra: [String: String] = [:]
  ) {
    self.reference = reference
    self.purchaseOrder = purchaseOrder
    self.link = link
    self.document = document
    self.extra = extra
  }

  package static func == (a: InvoiceDetails, b: InvoiceDetails) -> Bool {
    a.reference == b.reference && a.purchaseOrder == b.purchaseOrder && a.link == b.link
      && a.document == b.document && a.extra == b.extra
  }
}
