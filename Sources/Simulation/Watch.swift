import Daemon
import Decisions
import Delivery
import Ledger
import Units

/// Looks on and objects: keeps its own account of what was recorded, what was due and what the server took, and shares
/// no code with deciding, with the history or with the engine.
struct Watch {
  /// One item's step at one mailbox: what may happen once.
  private struct Step: Hashable {
    let item: ItemKey
    let step: String
    let repetition: Int
    let recipient: String
  }

  private struct Try: Hashable {
    let contact: String
    let attempt: Int
    let recipient: String
  }

  private let connections: Int
  private let mayResend: Bool
  private(set) var objections: [String] = []
  /// The newest durable intent of each contact, with its time.
  private var intents: [String: (intended: IntendedContact, time: Instant)] = [:]
  /// Tries whose intent is durable and whose outcome is not.
  private var open: Set<Try> = []
  private var begun: Set<Try> = []
  /// With attempt 0.
  private var sent: Set<Try> = []
  private var taken: Set<Try> = []
  private var stepsTaken: Set<Step> = []
  private var noticeDays: [String: Set<Day>] = [:]
  private var holds: Set<Scope> = []
  /// As the ledger stood when it was last read, or looked at and found unchanged.
  private var resting: Set<ItemKey> = []
  private var isBroken = false
  private var lastTime: Instant?

  init(connections: Int, mayResend: Bool) {
    self.connections = connections
    self.mayResend = mayResend
  }

  private mutating func object(_ text: String) { objections.append(text) }

  // MARK: - What it sees

  mutating func ledgerSeen(_ trade: SimulatedTrade) {
    resting = Set(trade.items.filter { $0.isSettled || $0.isDisputed }.map(\.key))
  }

  /// The journal failed: from now on nothing may be begun until the process begins anew.
  mutating func journalFailed() { isBroken = true }

  mutating func processBegan() { isBroken = false }

  /// Records that became durable, in order.
  mutating func recorded(_ records: [DatedEvent]) {
    for record in records {
      if let lastTime, record.time < lastTime { object("time went back in the journal to \(record.time)") }
      lastTime = record.time
      switch record.event {
      case .contactIntended(let intended): intend(intended, at: record.time)
      case .contactSent(let attempt):
        settle(attempt.contact, attempt.recipient, attempt.attempt)
        sent.insert(Try(contact: attempt.contact, attempt: 0, recipient: address(attempt.contact, attempt.recipient)))
      case .contactDeferred(let attempt, _), .contactFailed(let attempt):
        settle(attempt.contact, attempt.recipient, attempt.attempt)
        let aTry = Try(
          contact: attempt.contact, attempt: attempt.attempt, recipient: address(attempt.contact, attempt.recipient))
        if taken.contains(aTry) { object("\(attempt.contact) is recorded as not sent, but the server has it") }
      case .contactInDoubt(let contact, let recipient, let attempt, _): settle(contact, recipient, attempt)
      case .restPlaced(let rest): holds.insert(rest.scope)
      case .restEnded(_, let scope, _, _, _): holds.remove(scope)
      default: break
      }
    }
    let contacts = Set(open.map(\.contact)).count
    if contacts > 2 * connections { object("\(contacts) contacts are without outcome over \(connections) connections") }
  }

  mutating func begins(_ envelope: Envelope) {
    if isBroken { object("a message goes out after the journal failed") }
    guard let intended = intent(of: envelope) else {
      object("a message goes out without a durable intent: \(Watch.contact(of: envelope))")
      return
    }
    let aTry = Try(contact: intended.contact, attempt: intended.attempt, recipient: envelope.recipient)
    if !open.contains(aTry) { object("\(intended.contact) goes out though its outcome is recorded") }
    if !begun.insert(aTry).inserted { object("\(intended.contact) goes out twice on one intent") }
  }

  /// The server has it, whatever it answered.
  mutating func took(_ envelope: Envelope) {
    guard let intended = intent(of: envelope) else { return }
    taken.insert(Try(contact: intended.contact, attempt: intended.attempt, recipient: envelope.recipient))
    for item in intended.invoices {
      let step = Step(
        item: item.key, step: item.step, repetition: item.repetition, recipient: envelope.recipient)
      if !stepsTaken.insert(step).inserted, !mayResend {
        object("\(item.key.number) got step \(item.step) twice, at \(envelope.recipient)")
      }
    }
    if intended.level >= 1, !mayResend, let time = intents[intended.contact]?.time {
      noticed(intended.customer, on: Zone.utc.day(time))
    }
  }

  /// The process began anew and has put its journal in order.
  mutating func recovered() {
    for aTry in open.sorted(by: { $0.contact < $1.contact }) {
      object("\(aTry.contact) is left without an outcome after recovery")
    }
  }

  // MARK: - What it thinks of it

  private mutating func intend(_ intended: IntendedContact, at time: Instant) {
    let before = intents[intended.contact]?.intended.attempt ?? 0
    if intended.attempt != before + 1 { object("\(intended.contact) has attempt \(intended.attempt) after \(before)") }
    for line in intended.listed + intended.invoices.map({ ListedItem(key: $0.key, open: $0.open) }) {
      if resting.contains(line.key) { object("\(line.key.number) is asked for though the ledger has it at rest") }
      if holds.contains(where: { Watch.covers($0, line.key) }) { object("\(line.key.number) is asked for though held") }
    }
    intents[intended.contact] = (intended, time)
    for recipient in intended.to + intended.cc {
      // Who is recorded as having it stays out of later attempts.
      if sent.contains(Try(contact: intended.contact, attempt: 0, recipient: recipient)) { continue }
      open.insert(Try(contact: intended.contact, attempt: intended.attempt, recipient: recipient))
    }
  }

  private mutating func settle(_ contact: String, _ recipient: Int, _ attempt: Int) {
    guard let known = intents[contact]?.intended.attempt, attempt <= known else {
      object("\(contact) has an outcome without an intent")
      return
    }
    open.remove(Try(contact: contact, attempt: attempt, recipient: address(contact, recipient)))
  }

  /// The mailbox that a record's index stands for, in the newest attempt.
  private func address(_ contact: String, _ recipient: Int) -> String {
    guard let intended = intents[contact]?.intended else { return "" }
    let all = intended.to + intended.cc
    return all.indices.contains(recipient) ? all[recipient] : ""
  }

  /// At most one day with a notice in seven.
  private mutating func noticed(_ payer: String, on day: Day) {
    for other in noticeDays[payer, default: []] where other != day && abs(other.number - day.number) < 7 {
      object("\(payer) got notices on \(min(other, day)) and \(max(other, day))")
    }
    noticeDays[payer, default: []].insert(day)
  }

  private func intent(of envelope: Envelope) -> IntendedContact? {
    guard let intended = intents[Watch.contact(of: envelope)]?.intended,
      (intended.to + intended.cc).contains(envelope.recipient)
    else { return nil }
    return intended
  }

  /// A simulated message is its contact's id and nothing else.
  private static func contact(of envelope: Envelope) -> String { String(decoding: envelope.message, as: UTF8.self) }

  private static func covers(_ scope: Scope, _ key: ItemKey) -> Bool {
    switch scope {
    case .customer(let id): id == key.customer
    case .invoice(let customer, let number): customer == key.customer && number == key.number
    }
  }
}
