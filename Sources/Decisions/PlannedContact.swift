import Ledger
import Units

/// One message, call or letter to one payer: what `decide` wants done. Composing and sending it is others' work.
package struct PlannedContact: Sendable, Equatable {
  /// An item as the message shows it.
  package struct Line: Sendable, Equatable {
    /// Why an item stands apart from the total.
    package enum Apart: String, Sendable { case notDue = "not_due", disputed, promised, other }

    package var invoice: Invoice
    /// What the message asks for on it: open, less disputed and less credit; for an item apart, what is open.
    package var open: Money
    /// Civil days; 0 when it is not past due.
    package var daysPastDue: Int
    /// The level that it stands at once this message went; 0 before any notice.
    package var level: Int
    /// Whether this message moves it on by a step.
    package var advances: Bool
    /// Nil for an item that counts towards the total.
    package var apart: Apart?
    /// The early-payment discount that is still open on it, where its terms give one.
    package var discount: OpenDiscount?
    /// The day on which it was paid, where the message gives thanks for that.
    package var paid: Day?

    package init(
      invoice: Invoice, open: Money, daysPastDue: Int, level: Int, advances: Bool, apart: Apart? = nil,
      discount: OpenDiscount? = nil
    ) {
      self.invoice = invoice
      self.open = open
      self.daysPastDue = daysPastDue
      self.level = level
      self.advances = advances
      self.apart = apart
      self.discount = discount
    }
  }

  /// Pay `reduced` until `lastDay` instead of the whole.
  package struct OpenDiscount: Sendable, Equatable {
    package var lastDay: Day
    package var basisPoints: Int
    package var reduced: Money

    package init(lastDay: Day, basisPoints: Int, reduced: Money) {
      self.lastDay = lastDay
      self.basisPoints = basisPoints
      self.reduced = reduced
    }
  }

  package var payer: Customer
  package var currency: Currency
  package var kind: ContactKind
  package var schedule: String
  /// The highest step due in the group: its template, level and deadline make the message.
  package var step: Step
  package var channel: Channel
  /// Usable addresses of the payer.
  package var to: [String]
  package var cc: [String]
  /// By item.
  package var advancing: [AdvancedItem]
  /// What it asks for: by due date, then number.
  package var listed: [Line]
  /// What it mentions outside the total: not due yet, disputed, promised.
  package var apart: [Line]
  /// Unapplied credit that lowers what the listed items ask for; zero when there is none. Already taken from `listed`.
  package var credit: Money
  /// Unapplied credit of the payer in other currencies: shown, never netted. By currency.
  package var otherCredits: [Money]
  /// What the message asks for: the sum over `listed`.
  package var total: Money
  /// The new date to pay by, where the step gives one.
  package var deadline: Day?
  /// The payer's day on which it goes.
  package var day: Day
  /// When it may go on that day. A cycle can last longer than the hours are.
  package var window: ContactWindow
  /// Message-IDs of earlier contacts about these items, oldest first.
  package var thread: [String]
  /// What it still waits for; nil when it may go now.
  package var waitsFor: Ground?
  /// The promise or plan that it is about; nil where it is about invoices.
  package var pledge: Rest?
  /// Who looks after the customer on that day; nil where the ledger or `[[owner]]` names nobody.
  package var owner: Owner?
  /// What a statement of account says; nil for every other message.
  package var statement: Statement?
  /// The contact that it completes: some of its recipients have it, `to` are those who were put off. Nil for a new one.
  package var completes: String?

  package init(
    payer: Customer, currency: Currency, kind: ContactKind, schedule: String, step: Step, channel: Channel,
    to: [String], cc: [String], advancing: [AdvancedItem], listed: [Line], apart: [Line], credit: Money,
    otherCredits: [Money], total: Money, deadline: Day?, day: Day, window: ContactWindow, thread: [String],
    waitsFor: Ground? = nil
  ) {
    self.payer = payer
    self.currency = currency
    self.kind = kind
    self.schedule = schedule
    self.step = step
    self.channel = channel
    self.to = to
    self.cc = cc
    self.advancing = advancing
    self.listed = listed
    self.apart = apart
    self.credit = credit
    self.otherCredits = otherCredits
    self.total = total
    self.deadline = deadline
    self.day = day
    self.window = window
    self.thread = thread
    self.waitsFor = waitsFor
  }
}

/// The hours of one day at a payer's.
package struct ContactWindow: Sendable, Equatable {
  package var zone: Zone
  package var day: Day
  /// From the first wall-clock time until before the second.
  package var opens: ClockTime
  package var closes: ClockTime

  package init(zone: Zone, day: Day, opens: ClockTime, closes: ClockTime) {
    self.zone = zone
    self.day = day
    self.opens = opens
    self.closes = closes
  }

  /// Whether clock and calendar there show a time within it.
  package func contains(_ instant: Instant) -> Bool {
    let there = zone.civil(instant)
    return there.day == day && there.secondsOfDay >= opens.minutes * 60 && there.secondsOfDay < closes.minutes * 60
  }
}
