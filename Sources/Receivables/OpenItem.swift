import Ledger
import Units

/// An invoice, or an instalment of one, as it stands on a day.
package struct OpenItem: Sendable {
  package var invoice: Invoice
  /// What is still owed, the disputed part included, before any unapplied credit. Zero once it is settled.
  package var open: Money
  /// The part of `open` that the ledger says is contested. Part payments count against the undisputed part first.
  package var disputed: Money
  /// Civil days after the due date; nil on the due date and before it.
  package var daysPastDue: Int?
  /// The last day on which a payment of it was returned; nil when none was.
  package var returned: Day?

  package var key: ItemKey { invoice.key }

  init(_ invoice: Invoice, open: Money, on day: Day) {
    self.invoice = invoice
    self.open = open
    disputed =
      switch invoice.disputed {
      case .none: .zero(invoice.currency)
      case .whole: open
      case .part(let amount): amount < open ? amount : open
      }
    daysPastDue = day > invoice.due ? day - invoice.due : nil
  }
}

/// Money of the customer that pays no invoice yet: a credit note, or a payment that names none.
package struct UnappliedCredit: Sendable, Equatable {
  package var amount: Money
  /// The invoice that it names, if any.
  package var reference: String?
  package var date: Day?
}

/// What one payer owes in one currency on a day.
package struct Account: Sendable {
  package let payer: Customer
  package let currency: Currency
  /// The payer's civil day that it is seen on.
  package let day: Day
  /// Settled ones too; by due date, number, item.
  package let items: [OpenItem]
  /// By date, then in the order of the ledger.
  package let credits: [UnappliedCredit]

  /// The sum of what is open, before credit.
  package var balance: Money { items.reduce(.zero(currency)) { $0 + $1.open } }
}
