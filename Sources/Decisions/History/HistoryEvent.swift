import Ledger
import Units

/// One thing that happened: a contact's fate, a person's intervention, the daemon's own doings.
///
/// The journal writes each as one record; a fold over them is the `ContactHistory`. Texts that a person typed and
/// everything that names the customer's people are personal: the journal keeps them apart so that they can be erased,
/// and they read back as nil then.
package enum HistoryEvent: Sendable, Equatable {
  case opened(instance: String)
  case contactIntended(IntendedContact)
  case contactSent(Attempt)
  case contactDeferred(Attempt, next: Instant)
  case contactFailed(Attempt)
  /// `why` says in words what is not known.
  case contactInDoubt(contact: String, recipient: Int, attempt: Int, why: String)
  case contactResolved(contact: String, sent: Bool, by: String)
  case contactCancelled(contact: String, reason: ReasonCode)
  /// `mail` names the message that said so, as in `Reply`. `attempt` is the one whose recipient it is where the last one
  /// went to others.
  case contactBounced(
    contact: String, recipient: Int, attempt: Int? = nil, status: String, permanent: Bool, mail: String? = nil,
    excerpt: String?)
  case contactReplied(Reply)
  /// A person says that an address marked as bad is good again.
  case addressCleared(customer: String, address: String?, by: String)
  case restPlaced(Rest)
  case restEnded(RestEnd)
  case callLogged(LoggedCall)
  /// `undone`: the step counts again.
  case stepSkipped(scope: Scope, step: String, undone: Bool, by: String, text: String?)
  case noteAdded(scope: Scope, by: String, text: String?)
  case statementRequested(StatementRequest)
  case approvalGiven(Approval)
  case daemonStarted(version: String, policy: String)
  case daemonStopped(version: String)
  case daemonReloaded(version: String, policy: String)
  case cycleCompleted(CycleSummary)
  /// A torn last line was cut off at start-up and kept aside.
  case journalRecovered(bytes: Int, sha256: String, file: String)
  /// The personal parts of so many records, and so many kept messages, were erased.
  case journalErased(customer: String, records: Int, messages: Int, by: String, text: String?)
  /// A type that this version does not know; kept, and ignored.
  case unknown(type: String)

  /// Every rest of that kind on exactly that scope ends.
  package static func restEnded(
    kind: Rest.Kind, scope: Scope, by: String, outcome: String?, text: String?
  ) -> HistoryEvent {
    .restEnded(RestEnd(kind: kind, scope: scope, by: by, outcome: outcome, text: text))
  }
}

/// What an intervention is about.
package enum Scope: Hashable, Sendable, Comparable {
  case customer(String)
  /// An invoice with all its instalments.
  case invoice(customer: String, number: String)

  package func covers(_ key: ItemKey, payer: String) -> Bool {
    switch self {
    case .customer(let id): id == key.customer || id == payer
    case .invoice(let customer, let number): customer == key.customer && number == key.number
    }
  }

  package static func < (a: Scope, b: Scope) -> Bool { a.sortKey < b.sortKey }

  private var sortKey: (String, String) {
    switch self {
    case .customer(let id): (id, "")
    case .invoice(let customer, let number): (customer, number)
    }
  }
}

/// A contact that is about to be tried: everything that is needed to tell later what it was.
package struct IntendedContact: Sendable, Equatable {
  package var contact: String
  /// From 1; the same set of steps tried again has the same id and a higher attempt.
  package var attempt: Int
  package var customer: String
  package var currency: Currency
  package var kind: ContactKind
  package var schedule: String
  /// Of the message: the highest one due in the group.
  package var step: String
  package var level: Int
  package var channel: Channel
  package var template: String
  /// The items that advance by it.
  package var invoices: [AdvancedItem]
  /// Every item that the message asks for.
  package var listed: [ListedItem]
  /// What the message asks for in all.
  package var amount: Money
  package var deadline: Day?
  package var messageID: String
  /// Hex SHA-256 of the message as sent; empty when the channel has none.
  package var sha256: String
  package var policy: String
  /// Personal. Recipients are numbered over `to`, then `cc`.
  package var to: [String]
  package var cc: [String]
  package var names: [String]

  package init(
    contact: String, attempt: Int, customer: String, currency: Currency, kind: ContactKind, schedule: String,
    step: String, level: Int, channel: Channel, template: String, invoices: [AdvancedItem], listed: [ListedItem],
    amount: Money, deadline: Day?, messageID: String, sha256: String, policy: String, to: [String], cc: [String] = [],
    names: [String] = []
  ) {
    self.contact = contact
    self.attempt = attempt
    self.customer = customer
    self.currency = currency
    self.kind = kind
    self.schedule = schedule
    self.step = step
    self.level = level
    self.channel = channel
    self.template = template
    self.invoices = invoices
    self.listed = listed
    self.amount = amount
    self.deadline = deadline
    self.messageID = messageID
    self.sha256 = sha256
    self.policy = policy
    self.to = to
    self.cc = cc
    self.names = names
  }
}

/// An item that a contact moves on by one step.
package struct AdvancedItem: Sendable, Equatable {
  /// The item's own customer; the contact's `customer` is the payer.
  package var key: ItemKey
  package var schedule: String
  package var step: String
  package var level: Int
  package var anchor: Step.Anchor
  package var anchorDate: Day
  /// The step's day after the anchor.
  package var day: Int
  /// 0 for the first sending of a step, then 1, 2, ... for its repeats.
  package var repetition: Int
  package var open: Money
  /// What the ledger's column `schedule` said then; a change of it moves the item.
  package var ledgerSchedule: String?

  package init(
    key: ItemKey, schedule: String, step: String, level: Int, anchor: Step.Anchor, anchorDate: Day, day: Int,
    repetition: Int, open: Money, ledgerSchedule: String?
  ) {
    self.key = key
    self.schedule = schedule
    self.step = step
    self.level = level
    self.anchor = anchor
    self.anchorDate = anchorDate
    self.day = day
    self.repetition = repetition
    self.open = open
    self.ledgerSchedule = ledgerSchedule
  }
}

/// An item that a message asks for.
package struct ListedItem: Sendable, Equatable {
  package var key: ItemKey
  package var open: Money

  package init(key: ItemKey, open: Money) {
    self.key = key
    self.open = open
  }
}

/// What one try at one recipient came to.
package struct Attempt: Sendable, Equatable {
  package var contact: String
  /// Index over the contact's `to`, then `cc`.
  package var recipient: Int
  package var attempt: Int
  /// Where the conversation ended: `connect`, `rcpt`, `dot`, ...
  package var stage: String
  package var code: Int?
  /// The server's last line; personal, since it often repeats the address.
  package var reply: String?
  package var server: String
  /// The address itself is at fault, so it is marked as bad.
  package var badAddress: Bool

  package init(
    contact: String, recipient: Int, attempt: Int, stage: String = "", code: Int? = nil, reply: String? = nil,
    server: String = "", badAddress: Bool = false
  ) {
    self.contact = contact
    self.recipient = recipient
    self.attempt = attempt
    self.stage = stage
    self.code = code
    self.reply = reply
    self.server = server
    self.badAddress = badAddress
  }
}

/// What one cycle came to (`run --once`, `cycle.completed`).
package struct CycleSummary: Sendable, Equatable {
  /// Contacts made.
  package var contacts = 0
  /// Invoices by reason, in the order of the reasons.
  package var byReason: [ReasonCount] = []
  package var failed = 0
  package var deferred = 0
  package var inDoubt = 0

  package struct ReasonCount: Sendable, Equatable {
    package var reason: ReasonCode
    package var count: Int

    package init(reason: ReasonCode, count: Int) {
      self.reason = reason
      self.count = count
    }
  }

  package init() {}
}
