import Decisions
import Delivery
import Ledger
import Units

@testable import Daemon

/// A world of values that performs the engine's effects at once and writes down what it was asked to do.
struct Rig {
  var engine: Engine
  var now = Rig.morning
  /// In order: `hear`, `read`, `look`, `compose 2`, `append sent:a0 intended:b`, `send a0`, `recall`, `finished`.
  var trace: [String] = []
  var report: CycleReport?
  var remarks: [Remark] = []
  /// On the wire, oldest first.
  var wire: [Envelope] = []
  var journal: [HistoryEvent] = []
  /// Envelopes by ticket, for tests that ask later.
  var sent: [Int: Envelope] = [:]

  /// What was not taken back, by name, in the order of delivery.
  var delivered: [String] = []

  // What the world does.
  var deliver: (Envelope) -> DeliveryResult = { _ in .accepted }
  var compose: (PlannedContact) -> Composition = { .ready(Rig.prepared($0)) }
  /// What others recorded before the cycle begins.
  var people: [DatedEvent] = []
  /// Taken in turn by the looks that come after the first reading, then nothing has changed.
  var surroundings: [(ledgerChanged: Bool, news: [DatedEvent])] = []
  /// Taken in turn, then every append succeeds.
  var appends: [Engine.Event?] = []
  /// How late it is once an append, which began in time, is durable.
  var syncTakes = Span.zero
  var ledgerProblem: String?
  var lookFault: AppendFault?
  /// Called before each effect; a test can put an event in.
  var before: (inout Rig, Engine.Effect) -> [Engine.Event] = { _, _ in [] }

  static let morning = Instant(rfc3339: "2026-03-02T09:00:00Z") ?? Instant(seconds: 0)
  static let euro = Currency(code: "EUR")!

  init(_ contacts: [PlannedContact], history: ContactHistory = ContactHistory(), connections: Int = 1) {
    self.init(connections: connections, history: history) { _ in contacts }
  }

  init(
    connections: Int = 1, history: ContactHistory = ContactHistory(),
    contacts: @escaping @Sendable (ContactHistory) -> [PlannedContact]
  ) {
    engine = Engine(policy: Rig.policy, history: history, connections: connections) { _, history, _, _, _ in
      var verdict = Verdict()
      verdict.contacts = contacts(history)
      return verdict
    }
  }

  static var policy: Policy {
    Policy(
      company: CompanyDefaults(name: "Example", zone: .utc, country: "DE", language: "en", currency: euro),
      schedules: [])
  }

  /// A contact whose id, payer and address are made from `id`.
  static func contact(
    _ id: String, to: [String]? = nil, cc: [String] = [], channel: Channel = .email, inDoubt: InDoubtPolicy? = nil
  ) -> PlannedContact {
    let place = Place(file: "test")
    let zero = Money(minor: 0, euro)
    return PlannedContact(
      payer: Customer(id: id, place: place), currency: euro, kind: .notice, schedule: "standard",
      step: Step(name: "first", day: 5, level: 1, inDoubt: inDoubt), channel: channel, to: to ?? ["ar@\(id).example"],
      cc: cc, advancing: [], listed: [], apart: [], credit: zero, otherCredits: [], total: zero, deadline: nil,
      day: Day(number: 20_000), window: window, thread: [])
  }

  /// The whole of the rig's day.
  static var window: ContactWindow {
    ContactWindow(
      zone: .utc, day: Zone.utc.day(morning), opens: ClockTime(text: "00:00")!, closes: ClockTime(text: "24:00")!)
  }

  static func prepared(_ contact: PlannedContact) -> Prepared {
    Prepared(intended: intended(contact), sender: "us@example.com", message: Array(contact.payer.id.utf8))
  }

  static func intended(_ contact: PlannedContact, attempt: Int = 0) -> IntendedContact {
    IntendedContact(
      contact: contact.payer.id, attempt: attempt, customer: contact.payer.id, currency: contact.currency,
      kind: contact.kind, schedule: contact.schedule, step: contact.step.name, level: contact.step.level,
      channel: contact.channel, template: "first", invoices: [], listed: [], amount: contact.total, deadline: nil,
      messageID: "\(contact.payer.id)@example.com", sha256: contact.payer.id, policy: "", to: contact.to,
      cc: contact.cc)
  }

  /// Starts a cycle and does all that the engine asks until nothing is left to do.
  mutating func run() { handle([.start(now: now)]) }

  mutating func handle(_ events: [Engine.Event]) {
    handleUntilQuiet(events)
    while !wire.isEmpty {
      let envelope = wire.removeFirst()
      delivered.append(Rig.name(envelope))
      handleUntilQuiet([.delivered(Delivered(ticket: envelope.ticket, result: deliver(envelope)), at: now)])
    }
  }

  /// As `handle`, but what is on the wire stays there.
  mutating func handleUntilQuiet(_ events: [Engine.Event]) {
    var events = events
    while !events.isEmpty {
      var effects: [Engine.Effect] = []
      for event in events { effects += engine.step(event) }
      events = []
      for effect in effects { events += before(&self, effect) + perform(effect) }
    }
  }

  /// What was sent first comes to its end.
  mutating func landFirst(_ result: DeliveryResult) {
    let envelope = wire.removeFirst()
    handleUntilQuiet([.delivered(Delivered(ticket: envelope.ticket, result: result), at: now)])
  }

  private mutating func perform(_ effect: Engine.Effect) -> [Engine.Event] {
    switch effect {
    case .readLedger:
      trace.append("read")
      if let ledgerProblem { return [.ledgerRejected(ledgerProblem)] }
      return [.ledger(Books(modified: now), age: .zero)]
    case .lookAround where trace.last == nil || trace.last == "finished":
      trace.append("hear")
      if let fault = lookFault { return [.notDurable(fault)] }
      defer { people = [] }
      return [.surroundings(ledgerChanged: true, news: people)]
    case .lookAround:
      trace.append("look")
      if let fault = lookFault { return [.notDurable(fault)] }
      let seen = surroundings.isEmpty ? (false, []) : surroundings.removeFirst()
      return [.surroundings(ledgerChanged: seen.0, news: seen.1)]
    case .compose(let contacts, _):
      trace.append("compose \(contacts.count)")
      return [.composed(contacts.map(compose))]
    case .append(let batch):
      trace.append("append " + batch.events.map(Rig.short).joined(separator: " "))
      if !appends.isEmpty, let scripted = appends.removeFirst() {
        guard case .overtaken(let news) = scripted, !batch.onlyIfUnchanged else { return [scripted] }
        journal += batch.events
        return [.durable(news: news, written: batch.events.map { DatedEvent($0, at: now) })]
      }
      guard batch.windows.allSatisfy({ $0.contains(now) }) else { return [.tooLate(news: [], at: now)] }
      now = now + syncTakes
      journal += batch.events
      return [.durable(news: [], written: batch.events.map { DatedEvent($0, at: now) })]
    case .send(let envelopes):
      trace.append("send " + envelopes.map(Rig.name).joined(separator: " "))
      wire += envelopes
      for envelope in envelopes { sent[envelope.ticket] = envelope }
      return []
    case .recall:
      trace.append("recall")
      let taken = wire
      wire = []
      return taken.map { .delivered(Delivered(ticket: $0.ticket, result: Outcome.takenBack), at: now) }
    case .tell(let remark):
      remarks.append(remark)
      return []
    case .finished(let report):
      trace.append("finished")
      self.report = report
      return []
    }
  }

  static func name(_ envelope: Envelope) -> String { String(decoding: envelope.message, as: UTF8.self) }

  static func short(_ event: HistoryEvent) -> String {
    switch event {
    case .contactIntended(let intended): "intended:\(intended.contact)"
    case .contactSent(let attempt): "sent:\(attempt.contact)\(attempt.recipient)"
    case .contactDeferred(let attempt, _): "deferred:\(attempt.contact)\(attempt.recipient)"
    case .contactFailed(let attempt): "failed:\(attempt.contact)\(attempt.recipient)"
    case .contactInDoubt(let contact, let recipient, _, _): "doubt:\(contact)\(recipient)"
    case .addressCleared(let customer, _, _): "cleared:\(customer)"
    case .cycleCompleted: "cycle"
    default: "other"
    }
  }
}

extension DeliveryResult {
  static var accepted: DeliveryResult { reply(.accepted, .dot, 250) }
  static var tooBusy: DeliveryResult { reply(.deferred, .rcpt, 451) }
  static var noSuchUser: DeliveryResult { reply(.recipientRefused, .rcpt, 550) }
  static var spam: DeliveryResult { reply(.contentRefused, .dot, 554) }
  static var lost: DeliveryResult { DeliveryResult(verdict: .unknown, stage: .dot, detail: "connection cut") }
  static var noConnection: DeliveryResult {
    DeliveryResult(verdict: .relayRefused, stage: .connect, detail: "connection refused")
  }
  static var badLogin: DeliveryResult {
    DeliveryResult(verdict: .relayRefused, stage: .auth, code: 535, reply: "535 5.7.8 no", isConfiguration: true)
  }

  static func reply(_ verdict: DeliveryVerdict, _ stage: DeliveryStage, _ code: Int) -> DeliveryResult {
    DeliveryResult(verdict: verdict, stage: stage, code: code, reply: "\(code) words", server: "mail:25")
  }
}
