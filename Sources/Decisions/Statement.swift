import Ledger
import Receivables
import Units

/// A statement of account: what a payer owes in one currency on a day, and what came in since the last one.
package struct Statement: Sendable, Equatable {
  /// Why an item is not asked for though it is open.
  package enum Mark: String, Sendable, CaseIterable {
    case held, disputed, promised
    case planned = "in_plan"
    /// A direct debit is under way.
    case collected
  }

  package struct Line: Sendable, Equatable {
    package var invoice: Invoice
    /// Before any credit, the disputed part included.
    package var open: Money
    /// The part of it that is contested; zero when none is.
    package var disputed: Money
    /// Civil days; 0 when it is not past due.
    package var daysPastDue: Int
    package var mark: Mark?

    package init(invoice: Invoice, open: Money, disputed: Money, daysPastDue: Int, mark: Mark? = nil) {
      self.invoice = invoice
      self.open = open
      self.disputed = disputed
      self.daysPastDue = daysPastDue
      self.mark = mark
    }
  }

  package var currency: Currency
  package var day: Day
  /// Of the statement before this one, or a month before.
  package var since: Day
  /// By due date, number, item.
  package var lines: [Line]
  /// By date; negative ones were returned.
  package var payments: [Payment]
  /// Unapplied, by date.
  package var credits: [UnappliedCredit]
  package var ageing: Ageing

  package init(
    currency: Currency, day: Day, since: Day, lines: [Line], payments: [Payment], credits: [UnappliedCredit],
    ageing: Ageing
  ) {
    self.currency = currency
    self.day = day
    self.since = since
    self.lines = lines
    self.payments = payments
    self.credits = credits
    self.ageing = ageing
  }

  /// What is open, before credit.
  package var open: Money { lines.reduce(.zero(currency)) { $0 + $1.open } }
  package var overdue: Money { ageing.overdue }
  /// What is open less unapplied credit; negative when it is the customer who has something to get.
  package var balance: Money { open - ageing.credits }
  /// It says nothing.
  package var isEmpty: Bool { lines.isEmpty && payments.isEmpty && credits.isEmpty }
}
