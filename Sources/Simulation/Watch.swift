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
      didSet { places = Account.places(intended) }
    }
    /// Of the last attempt.
    var time: Instant
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
    }

    private static func places(_ intended: IntendedContact) -> [ItemKey: Int] {
      Dictionary(intended.invoices.enumerated().map { ($1.key, $0) }) { first, _ in first }
    }

    /// What it did to that item; nil when it did not move it on.
    func item(_ key: ItemKey) -> AdvancedItem? { places[key].map { intended.invoices[$0] } }

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
  private(set) var accounts: [String: Account] = [:]
  /// Ids of the contacts that moved an item on, oldest first.
  private(set) var steps: [ItemKey: [String]] = [:]
  private(set) var byPayer: [String: [String]] = [:]
  private(set) var rests: [Rest] = []
  private(set) var words: [ItemKey: [Word]] = [:]
  /// Names of the steps that a person passed, by customer and number.
  private(set) var skipped: [Scope: Set<String>] = [:]
  private(set) var badAddresses: Set<String> = []
  /// Those that were known as bad when the ledger was last read: what is decided by then may still go there.
  private(set) var avoided: Set<String> = []
  private(set) var hasSent = false
  /// So it was when the ledger was last read.
  private(set) var hadSent = false
  /// When the ledger was last read: all that was decided since was decided by then.
  private(set) var readAt = Instant(milliseconds: 0)
  /// Contacts announced since the ledger was last read, but for those whose first recipients have them.
  var announced: [String] = []
  /// All contacts announced since then.
  private(set) var attempted: Set<String> = []
  /// By payer, when the newest answer came.
  private(set) var answers: [String: Instant] = [:]
  /// The ledger that somebody looked at who is about to record a promise or a plan.
  var pledgedOn: SimulatedTrade?
  private var open: Set<Try> = []
  private var begun: Set<Try> = []
  /// Attempts whose first message has begun, without recipient.
  private var checked: Set<Try> = []
  private var taken: Set<Try> = []
  private var isBroken = false
  private var lastTime: Instant?
  /// What the clock of the machine shows.
  private(set) var clockNow = Instant(milliseconds: 0)

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

  /// Records that became durable, in order.
  mutating func recorded(_ records: [DatedEvent]) {
    for record in records {
      if let lastTime, record.time < lastTime { object(.journal, "time went back in the journal to \(record.time)") }
      lastTime = record.time
      hear(record.event, at: record.time)
    }
    let contacts = Set(open.map(\.contact)).count
    if contacts > 2 * connections {
      object(.openIntents, "\(contacts) contacts are without outcome over \(connections) connections")
    }
  }

  private mutating func hear(_ event: HistoryEvent, at time: Instant) {
    switch event {
    case .contactIntended(let intended): intend(intended, at: time)
    case .contactSent(let attempt):
      hasSent = true
      let aTry = settle(attempt)
      accounts[attempt.contact]?.recorded.insert(aTry.recipient)
      accounts[attempt.contact]?.spared.insert(aTry.recipient)
      if accounts[attempt.contact]?.intended.to.contains(aTry.recipient) == true {
        accounts[attempt.contact]?.certain.insert(aTry.recipient)
      }
      if !taken.contains(aTry) { object(.truth, "\(attempt.contact) is recorded as sent, but the server has it not") }
    case .contactDeferred(let attempt, let next):
      deny(settle(attempt))
      let waits = accounts[attempt.contact]?.waitsUntil
      accounts[attempt.contact]?.waitsUntil = waits.map { max($0, next) } ?? next
    case .contactFailed(let attempt):
      let aTry = settle(attempt)
      deny(aTry)
      accounts[attempt.contact]?.waitsUntil = time + .days(1)
      if attempt.badAddress { badAddresses.insert(aTry.recipient) }
    case .contactInDoubt(let contact, let recipient, let attempt, _):
      let aTry = settle(Attempt(contact: contact, recipient: recipient, attempt: attempt))
      accounts[contact]?.recorded.insert(aTry.recipient)
      accounts[contact]?.doubts += 1
      accounts[contact]?.isInDoubt = true
    case .contactResolved(let contact, let sent, _):
      accounts[contact]?.isInDoubt = false
      accounts[contact]?.isUndone = !sent
      if !sent {
        accounts[contact]?.recorded = []
        accounts[contact]?.certain = []
      }
      if sent { hasSent = true }
    case .contactBounced(let contact, let recipient, _, let permanent, _, _):
      let mailbox = address(contact, recipient)
      accounts[contact]?.holders.remove(mailbox)
      accounts[contact]?.recorded.remove(mailbox)
      accounts[contact]?.certain.remove(mailbox)
      accounts[contact]?.spared.remove(mailbox)
      if accounts[contact]?.recorded.isEmpty == true { accounts[contact]?.isInDoubt = false }
      // What came back from everybody counts for nothing.
      if accounts[contact]?.holders.isEmpty == true { accounts[contact]?.reached = [] }
      if permanent { badAddresses.insert(mailbox) }
      // What came back for now is sent again later, and later each time.
      if let account = accounts[contact] {
        let days = min(7, 1 << min(3, max(0, account.intended.attempt - 1)))
        let until = account.time + .days(days)
        accounts[contact]?.waitsUntil = account.waitsUntil.map { max($0, until) } ?? until
      }
    case .addressCleared(let customer, let address, _):
      if let address { badAddresses.remove(address) }
      defer { avoided.formIntersection(badAddresses) }
      if address == nil {
        for id in byPayer[customer] ?? [] {
          for mailbox in accounts[id]?.intended.to ?? [] { badAddresses.remove(mailbox) }
        }
      }
    case .restPlaced(let rest):
      rests.append(
        Rest(
          kind: rest.kind, scope: rest.scope, amount: rest.amount?.minor, until: rest.until, id: rest.id,
          items: Dictionary(rest.items.map { ($0.key, pledgedOn?.item($0.key)?.open ?? $0.open.minor) }) { $1 },
          currency: rest.amount?.currency,
          instalments: rest.instalments))
    case .restEnded(let end):
      for index in rests.indices where rests[index].kind == end.kind && rests[index].scope == end.scope {
        if let id = end.id, rests[index].id != id { continue }
        if rests[index].ended != nil { continue }
        rests[index].ended = time
        rests[index].lastDay = end.kind == .plan ? end.until : nil
        rests[index].wasBroken = end.outcome == "broken" || end.outcome == "partly_kept"
        if end.by == "dunningd" { check(end, of: rests[index], at: time) }
      }
    case .contactReplied(let reply): answers[reply.customer] = time
    case .stepSkipped(let scope, let step, _, _, _): skipped[scope, default: []].insert(step)
    case .approvalGiven(let approval):
      for line in approval.lines {
        words[line.key, default: []].append(
          Word(approval: approval.extent, line: line, isGranted: approval.granted, at: time))
      }
    default: break
    }
  }

  mutating func begins(_ envelope: Envelope) {
    if isBroken { object(.silence, "a message goes out after the journal failed") }
    guard let account = accounts[Watch.contact(of: envelope)],
      (account.intended.to + account.intended.cc).contains(envelope.recipient)
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
    if account.intended.to.contains(envelope.recipient) {
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

  // MARK: - Its account

  private mutating func intend(_ intended: IntendedContact, at time: Instant) {
    let id = intended.contact
    let before = accounts[id]?.intended.attempt ?? 0
    if intended.attempt != before + 1 { object(.once, "\(id) has attempt \(intended.attempt) after \(before)") }
    attempted.insert(id)
    if accounts[id]?.counts != true { announced.append(id) }
    if accounts[id] == nil {
      accounts[id] = Account(intended: intended, time: time)
      for item in intended.invoices { steps[item.key, default: []].append(id) }
      byPayer[intended.customer, default: []].append(id)
    }
    accounts[id]?.intended = intended
    accounts[id]?.time = time
    accounts[id]?.waitsUntil = nil
    let isRepeat = repeatsDoubt(intended)
    accounts[id]?.isRepeat = isRepeat
    for recipient in intended.to + intended.cc {
      // Who is recorded as having it stays out of later attempts, but for doubts.
      if accounts[id]?.spared.contains(recipient) == true { continue }
      if accounts[id]?.recorded.contains(recipient) == true, accounts[id]?.isInDoubt != true { continue }
      open.insert(Try(contact: id, attempt: intended.attempt, recipient: recipient))
    }
  }

  private mutating func settle(_ attempt: Attempt) -> Try {
    let aTry = Try(
      contact: attempt.contact, attempt: attempt.attempt, recipient: address(attempt.contact, attempt.recipient))
    guard let known = accounts[attempt.contact]?.intended.attempt, attempt.attempt <= known else {
      object(.truth, "\(attempt.contact) has an outcome without an intent")
      return aTry
    }
    open.remove(aTry)
    return aTry
  }

  private mutating func deny(_ aTry: Try) {
    if taken.contains(aTry) { object(.truth, "\(aTry.contact) is recorded as not sent, but the server has it") }
  }

  /// The mailbox that a record's index stands for, in the newest attempt.
  func address(_ contact: String, _ recipient: Int) -> String {
    guard let intended = accounts[contact]?.intended else { return "" }
    let all = intended.to + intended.cc
    return all.indices.contains(recipient) ? all[recipient] : ""
  }

  /// A simulated message is its contact's id and nothing else.
  static func contact(of envelope: Envelope) -> String { String(decoding: envelope.message, as: UTF8.self) }
}
