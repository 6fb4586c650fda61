import Daemon
import Decisions
import Delivery
import Ledger
import Units

/// Looks on and objects: keeps its own account of what was recorded, what was due and what the server took, and shares
/// no code with deciding, with the history or with the engine.
struct Watch {
  /// One envelope's way: what may begin once.
  struct Try: Hashable {
    let contact: String
    let attempt: Int
    let recipient: String
  }

  /// All that is known of one contact.
  struct Account {
    /// As its last attempt announced it.
    var intended: IntendedContact {
      didSet {
        places = Account.places(intended)
        if intended.channel == .email { addresses.formUnion(intended.to) }
      }
    }
    /// Of the last attempt.
    var time: Instant
    /// To addresses of all attempts by e-mail.
    private(set) var addresses: Set<String> = []
    /// Where each item stands among those that it moves on.
    private var places: [ItemKey: Int]
    /// To recipients who really have it, and whose copy did not come back.
    var holders: Set<String> = []
    /// When what they have was announced.
    var reached: [Instant] = []
    /// To and cc recipients who have it by the records.
    var recorded: Set<String> = []
    /// To recipients of whom the records are sure.
    var certain: Set<String> = []
    /// To and cc recipients of whom the records are sure, whatever a person says of the others: nobody tries them again.
    var spared: Set<String> = []
    var doubts = 0
    /// A doubt that nobody cleared.
    var isInDoubt = false
    /// The server put it off, or refused it, until then.
    var waitsUntil: Instant?
    /// It was announced for something that a doubt is about: sent once more, perhaps with other items than then.
    var isRepeat = false
    /// A person said that it never left.
    var isUndone = false
    /// Times that an envelope of it was taken beyond the first, by mailbox.
    var copies: [String: Int] = [:]

    init(intended: IntendedContact, time: Instant) {
      self.intended = intended
      self.time = time
      places = Account.places(intended)
      if intended.channel == .email { addresses = Set(intended.to) }
    }

    private static func places(_ intended: IntendedContact) -> [ItemKey: Int] {
      Dictionary(intended.invoices.enumerated().map { ($1.key, $0) }) { first, _ in first }
    }

    /// What it did to that item; nil when it did not move it on.
    func item(_ key: ItemKey) -> AdvancedItem? { places[key].map { intended.invoices[$0] } }

    /// Its addresses were erased: where it went nobody knows any more.
    var isErased = false
    /// A page that waits in the outbox for somebody to post it.
    var isInOutbox = false

    /// The customer has it.
    var counts: Bool { !holders.isEmpty && !isUndone }
  }

  struct Rest {
    let kind: Decisions.Rest.Kind
    let scope: Scope
    let amount: Int?
    let until: Day?
    var ended: Instant?
    /// Of a promise or a plan; what was open on each of its items then, by the ledger that it was made on.
    var id = ""
    var items: [ItemKey: Int] = [:]
    var currency: Currency?
    var instalments: [Instalment] = []
    var wasBroken = false
    /// Of a plan, by the record of its end.
    var lastDay: Day?
    /// A plan that the customer has still to agree to.
    var isProposal = false
    var placed = Instant(milliseconds: 0)
  }

  struct Word {
    let approval: Approval.Extent
    let line: Approval.Line
    let isGranted: Bool
    let at: Instant
  }

  let connections: Int
  let holidays: [String: Set<Day>]
  let companyHome: Home
  /// In force; changes with a reload.
  var policy: Policy
  /// As the ledger stood when it was last read, or looked at and found unchanged.
  var seen: SimulatedTrade
  /// Of the ledger's files when they were last read.
  var ledgerAge = Span.zero

  private(set) var objections: [Objection] = []
  var accounts: [String: Account] = [:]
  /// Ids of the contacts that moved an item on, oldest first.
  var steps: [ItemKey: [String]] = [:]
  var byPayer: [String: [String]] = [:]
  var rests: [Rest] = []
  var words: [ItemKey: [Word]] = [:]
  /// Names of the steps that a person passed, by customer and number.
  var skipped: [Scope: Set<String>] = [:]
  var badAddresses: Set<String> { Set(refusals.keys) }
  /// By address, the contacts whose records tell that it is bad.
  var refusals: [String: Set<String>] = [:]
  /// Those that were known as bad when the ledger was last read: what is decided by then may still go there.
  var avoided: Set<String> = []
  var hasSent = false
  /// So it was when the ledger was last read.
  var hadSent = false
  /// When the ledger was last read: all that was decided since was decided by then.
  var readAt = Instant(milliseconds: 0)
  /// Contacts announced since the ledger was last read, but for those whose first recipients have them.
  var announced: [String] = []
  /// All contacts announced since then.
  var attempted: Set<String> = []
  /// By payer, when the newest answer came.
  var answers: [String: Instant] = [:]
  /// By payer and currency, when a statement was asked for last.
  var statementsAsked: [String: Instant] = [:]
  /// The ledger that somebody looked at who is about to record a promise or a plan.
  var pledgedOn: SimulatedTrade?
  /// When a person last recorded something.
  var personSpoke = Instant(milliseconds: 0)
  var open: Set<Try> = []
  var begun: Set<Try> = []
  /// Attempts whose first message has begun, without recipient.
  var checked: Set<Try> = []
  var taken: Set<Try> = []
  var isBroken = false
  var lastTime: Instant?
  /// What the clock of the machine shows.
  var clockNow = Instant(milliseconds: 0)

  init(_ plan: Plan, _ trade: SimulatedTrade) {
    connections = plan.connections
    holidays = plan.holidays
    companyHome = plan.homes[0]
    policy = plan.policy
    seen = trade
  }

  mutating func object(_ invariant: Invariant, _ text: String) {
    objections.append(Objection(invariant: invariant, text: text, at: clockNow))
  }

  // MARK: - What it sees

  mutating func clock(_ now: Instant) { clockNow = now }

  mutating func ledgerRead(_ trade: SimulatedTrade, age: Span) {
    seen = trade
    ledgerAge = age
    announced = []
    attempted = []
    hadSent = hasSent
    readAt = clockNow
    avoided = badAddresses
  }

  /// The journal failed: from now on nothing may be begun until the process begins anew.
  mutating func journalFailed() { isBroken = true }

  mutating func processBegan() { isBroken = false }

  mutating func begins(_ envelope: Envelope) {
    if isBroken { object(.silence, "a message goes out after the journal failed") }
    guard let account = accounts[Watch.contact(of: envelope)],
      account.intended.recipients.contains(envelope.recipient)
    else {
      object(.intentFirst, "a message goes out without a durable intent: \(Watch.contact(of: envelope))")
      return
    }
    let intended = account.intended
    let aTry = Try(contact: intended.contact, attempt: intended.attempt, recipient: envelope.recipient)
    if !open.contains(aTry) { object(.intentFirst, "\(intended.contact) goes out though its outcome is recorded") }
    if !begun.insert(aTry).inserted { object(.once, "\(intended.contact) goes out twice on one intent") }
    if checked.insert(Try(contact: intended.contact, attempt: intended.attempt, recipient: "")).inserted {
      check(intended, at: account.time)
    }
    checkHours(intended)
  }

  /// The server has it, whatever it answered.
  mutating func took(_ envelope: Envelope) {
    let id = Watch.contact(of: envelope)
    guard var account = accounts[id] else { return }
    taken.insert(Try(contact: id, attempt: account.intended.attempt, recipient: envelope.recipient))
    if account.holders.contains(envelope.recipient), !account.isUndone {
      account.copies[envelope.recipient, default: 0] += 1
      if account.copies[envelope.recipient, default: 0] > 1 || account.doubts == 0 || !mayResend(account.intended) {
        object(.once, "\(id) got to \(envelope.recipient) twice")
      }
    }
    if account.intended.originals.contains(envelope.recipient) {
      account.holders.insert(envelope.recipient)
      account.reached.append(account.time)
    }
    account.isUndone = false
    accounts[id] = account
  }

  /// The process began anew and has put its journal in order.
  mutating func recovered() {
    for aTry in open.sorted(by: { $0.contact < $1.contact }) {
      object(.recovery, "\(aTry.contact) is left without an outcome after recovery")
    }
  }

  /// The mailbox that a record's index stands for, in the newest attempt.
  func address(_ contact: String, _ recipient: Int) -> String {
    guard let all = accounts[contact]?.intended.recipients else { return "" }
    return all.indices.contains(recipient) ? all[recipient] : ""
  }

  /// A simulated message is its contact's id and nothing else.
  static func contact(of envelope: Envelope) -> String { String(decoding: envelope.message, as: UTF8.self) }
}

extension IntendedContact {
  /// Whom an envelope goes to for: a webhook calls once, whether it has a number to tell or not.
  var originals: [String] { channel == .webhook ? [to.first ?? ""] : to }
  var recipients: [String] { channel == .webhook ? originals : to + cc }
}
