import Ledger
import Units

/// An invoice, or an instalment of one, as it stands on a day.
///
/// A class that nothing changes, since every item goes through many hands.
package final class OpenItem: Sendable {
  package let invoice: Invoice
  /// What is still owed, the disputed part included, before any unapplied credit. Zero once it is settled.
  package let open: Money
  /// The part of `open` that the ledger says is contested. Part payments count against the undisputed part first.
  package let disputed: Money
  /// Civil days after the due date; nil on the due date and before it.
  package let daysPastDue: Int?
  /// The last day on which a payment of it was returned; nil when none was.
  package let returned: Day?
  /// The day on which payments covered it in full, or that the ledger calls so; nil while something is open, and where
  /// no payment did it, as with a credit note alone.
  package let paid: Day?

  package var key: ItemKey { invoice.key }

  package init(_ invoice: Invoice, open: Money, returned: Day?, paid: Day? = nil, on day: Day) {
    self.invoice = invoice
    self.open = open
    self.returned = returned
    self.paid = paid
    disputed =
      switch invoice.disputed {
      case .none: .zero(invoice.currency)
      case .whole: open
      case .part(let amount): amount < open ? amount : open
      }
    daysPastDue = day > invoice.due ? day - invoice.due : nil
  }

  /// By due date, number, item.
  static func isBefore(_ a: OpenItem, _ b: OpenItem) -> Bool {
    a.invoice.due == b.invoice.due ? a.key < b.key : a.invoice.due < b.invoice.due
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
///
/// A class that nothing changes, since every test of its items looks into it.
package final class Account: Sendable {
  package let payer: Customer
  package let currency: Currency
  /// The payer's civil day that it is seen on.
  package let day: Day
  /// Settled ones too; by due date, number, item.
  package let items: [OpenItem]
  /// By date, then in the order of the ledger.
  package let credits: [UnappliedCredit]
  /// What went back of its customers' money, where nobody can say what that had paid.
  package let unplaced: [Payment]

  init(
    payer: Customer, currency: Currency, day: Day, items: [OpenItem], credits: [UnappliedCredit],
    unplaced: [Payment] = []
  ) {
    self.payer = payer
    self.currency = currency
    self.day = day
    self.items = items
    self.credits = credits
    self.unplaced = unplaced
  }

  /// Whether nothing is open on any of its items.
  package var isSettled: Bool { !items.contains { $0.open.isPositive } }

  /// What is open on each item once credit that names its invoice is taken off, the item due first getting it first.
  package var openByKey: [ItemKey: Money] {
    var own: [String: Money] = [:]
    for credit in credits {
      if let number = credit.reference, !number.isEmpty {
        own[number] = (own[number] ?? .zero(currency)) + credit.amount
      }
    }
    var open: [ItemKey: Money] = [:]
    for item in items {
      let number = item.key.number
      let credit = own[number] ?? .zero(currency)
      let taken = credit < item.open ? credit : item.open
      if taken.isPositive { own[number] = credit - taken }
      open[item.key] = (open[item.key] ?? .zero(currency)) + item.open - taken
    }
    return open
  }

  /// The sum of what is open, before credit.
  package var balance: Money { items.reduce(.zero(currency)) { $0 + $1.open } }
}
