import Daemon
import Decisions
import Delivery
import Journal
import Ledger
import Units

/// A company's months in memory, all from one seed: the real engine, deciding and journal, over a simulated clock, disk,
/// mail server, ledger and clerk, any of which fails when the seed says so.
///
/// The engine's effects wait in a queue; at every step the seed chooses whether the next of them is performed, a message
/// on the wire comes to its end, time passes, somebody intervenes, or the process dies.
package struct Simulation {
  package struct Outcome: Sendable, Equatable {
    package var seed: UInt64
    /// What the watch objected to, in order; empty when all went well.
    package var objections: [String]
    package var journal: [UInt8]
    package var cycles = 0
    package var crashes = 0
    /// Messages that the mail server took.
    package var taken = 0
    package var doubts = 0
  }

  private let seed: UInt64
  private let days: Int
  private let connections: Int
  private let policy: Policy
  private let currency: Currency
  private var chance: SplitMix64
  private var now: Instant
  private var trade: SimulatedTrade
  private var relay: SimulatedRelay
  private var state: SimulatedState
  private var watch: Watch
  private var engine: Engine
  private var outcome: Outcome

  // The process: all of this is lost in a crash.
  private var effects: [Engine.Effect] = []
  /// Handed over and not begun.
  private var desk: [Envelope] = []
  /// With the mail server: no more than there are connections.
  private var wire: [Envelope] = []
  private var hasJournalFailed = false
  private var ledgerVersion = 0
  private var report: CycleReport?

  // How often in a thousand steps, drawn for each seed.
  private let crashes: Int
  private let diskFaults: Int
  private let interventions: Int

  private static let stepsPerCycleMax = 20_000

  package init(seed: UInt64, days: Int, currency: Currency) throws(JournalFault) {
    self.seed = seed
    self.days = days
    self.currency = currency
    var chance = SplitMix64(seed: seed)
    now = Instant(seconds: 1_767_600_000 + chance.pick(0...86_400 * 300))
    connections = chance.pick(1...3)
    crashes = chance.chance(600) ? chance.pick(1...8) : 0
    diskFaults = chance.chance(300) ? chance.pick(1...40) : 0
    interventions = chance.chance(700) ? chance.pick(1...15) : 0
    policy = SimulatedPolicy.draw(&chance, currency)
    trade = SimulatedTrade(&chance, today: Zone.utc.day(now), currency: currency)
    relay = SimulatedRelay(SimulatedRelay.Troubles(&chance))
    for customer in trade.customers where chance.chance(150) { relay.unknown.formUnion(customer.emails.prefix(1)) }
    state = try SimulatedState(seed: chance.next(), now: now)
    watch = Watch(connections: connections, mayResend: policy.inDoubt == .resend)
    engine = Engine(policy: policy, history: state.history(), connections: connections)
    outcome = Outcome(seed: seed, objections: [], journal: [])
    self.chance = chance
  }

  /// Runs to the end, or to the first objection.
  package mutating func run() -> Outcome {
    do {
      try live()
    } catch {
      outcome.objections.append("\(error)")
    }
    outcome.objections += watch.objections
    outcome.journal = state.bytes
    outcome.taken = relay.taken.count
    return outcome
  }

  private mutating func live() throws(JournalFault) {
    let end = now + .days(days)
    while now < end, watch.objections.isEmpty {
      now = now + .minutes(chance.pick(15...1200))
      for _ in 0..<chance.pick(0...2) { trade.happen(&chance, on: Zone.utc.day(now), currency) }
      if chance.chance(150) { intervene() }
      if chance.chance(50) { try crash() }
      try cycle()
    }
    // With all faults gone, whatever is left is settled by the next cycles.
    relay.troubles = .none
    for _ in 0..<3 where watch.objections.isEmpty {
      now = now + .hours(24)
      try restart()
      try cycle(calm: true)
    }
    if watch.objections.isEmpty, outcome.objections.isEmpty {
      if !engine.history.unsettled.isEmpty { outcome.objections.append("contacts without an outcome in the end") }
      if let fault = state.fault(against: engine.history) { outcome.objections.append("journal: \(fault)") }
    }
  }

  // MARK: - One cycle

  private mutating func cycle(calm: Bool = false) throws(JournalFault) {
    outcome.cycles += 1
    report = nil
    // Once in a while the clock is wrong; that must cost nothing but time.
    let isClockWrong = !calm && chance.chance(10)
    give(.start(now: isClockWrong ? now - .hours(30) : now))
    for _ in 0..<Simulation.stepsPerCycleMax {
      if report != nil || !watch.objections.isEmpty { break }
      let wasRunning = outcome.crashes
      try step(calm: calm)
      if outcome.crashes != wasRunning { return }
    }
    guard watch.objections.isEmpty else { return }
    guard let report else {
      outcome.objections.append("a cycle does not end")
      return
    }
    if case .journalBroken = report.ending { try restart() }
  }

  private mutating func step(calm: Bool) throws(JournalFault) {
    now = now + Span(milliseconds: chance.pick(0...400))
    if !calm {
      // Where it hurts more often: with something on the wire.
      if chance.chance(wire.isEmpty ? crashes : 6 * crashes) { return try crash() }
      if chance.chance(interventions) { intervene() }
      if chance.chance(interventions) { trade.happen(&chance, on: Zone.utc.day(now), currency) }
      if chance.chance(2) { give(.stop) }
    }
    if chance.chance(30) { give(.tick(now: now)) }
    if !wire.isEmpty, effects.isEmpty || chance.chance(400) {
      land(wire.remove(at: chance.pick(0...(wire.count - 1))))
    } else if !effects.isEmpty {
      try perform(effects.removeFirst(), calm: calm)
    } else {
      give(.tick(now: now))
    }
    begin()
  }

  /// Free connections take up what waits; none does once the journal failed.
  private mutating func begin() {
    guard !hasJournalFailed else { return }
    while wire.count < connections, !desk.isEmpty {
      let envelope = desk.removeFirst()
      watch.begins(envelope)
      wire.append(envelope)
    }
  }

  private mutating func give(_ event: Engine.Event) { effects += engine.step(event) }

  private mutating func land(_ envelope: Envelope) {
    let before = relay.taken.count
    let result = relay.deliver(envelope, &chance)
    if relay.taken.count > before { watch.took(envelope) }
    // A server that hangs costs the whole time-out.
    if result.verdict == .unknown { now = now + .minutes(chance.pick(0...10)) }
    give(.delivered(Delivered(ticket: envelope.ticket, result: result), at: now))
  }

  private mutating func perform(_ effect: Engine.Effect, calm: Bool) throws(JournalFault) {
    switch effect {
    case .readLedger:
      if !calm, chance.chance(20) { return give(.ledgerRejected("half written")) }
      ledgerVersion = trade.version
      watch.ledgerSeen(trade)
      give(.ledger(trade.books(modified: now, currency), age: .zero))
    case .lookAround:
      if ledgerVersion == trade.version { watch.ledgerSeen(trade) }
      give(.surroundings(ledgerChanged: ledgerVersion != trade.version, news: try state.news()))
    case .compose(let contacts): give(.composed(contacts.map { compose($0, calm: calm) }))
    case .append(let batch): append(batch, calm: calm)
    case .send(let envelopes): desk += envelopes
    case .recall:
      let notBegun = desk
      desk = []
      for envelope in notBegun {
        let result = DeliveryResult(verdict: .deferred, stage: .queue, detail: "taken back")
        give(.delivered(Delivered(ticket: envelope.ticket, result: result), at: now))
      }
    case .tell(.refusedTwice(let contact)): outcome.objections.append("\(contact) was decided twice")
    case .tell: break
    case .finished(let report): self.report = report
    }
  }

  private mutating func compose(_ contact: PlannedContact, calm: Bool) -> Composition {
    if !calm, chance.chance(10) { return .failed("the document is not there") }
    let id = contact.id(instance: state.instance)
    let intended = IntendedContact(
      contact, id: id, messageID: "<\(id)@us.example>", sha256: Digest.sha256(Array(id.utf8)), policy: policy.hash,
      to: contact.to,
      cc: contact.cc, names: [])
    return .ready(Prepared(intended: intended, sender: "us@us.example", message: Array(id.utf8)))
  }

  private mutating func append(_ batch: Batch, calm: Bool) {
    let answer = state.append(batch, at: now, fails: !calm && chance.chance(diskFaults))
    switch answer {
    case .durable(_, let written): watch.recorded(written)
    case .notDurable:
      hasJournalFailed = true
      watch.journalFailed()
    default: break
    }
    give(answer)
  }

  // MARK: - People, and the end of the process

  /// A clerk holds or releases, by another process that writes to the same journal.
  private mutating func intervene() {
    // A broken journal is not written to by anyone before somebody has looked at it.
    guard engine.broken == nil else { return }
    let customer = chance.pick(trade.customers).id
    let invoices = trade.items.filter { $0.key.customer == customer }
    let scope: Scope =
      invoices.isEmpty || chance.chance(500)
      ? .customer(customer) : .invoice(customer: customer, number: chance.pick(invoices).key.number)
    let event: HistoryEvent =
      chance.chance(500)
      ? .restPlaced(Rest(kind: .hold, scope: scope, by: "ann", text: "simulated"))
      : .restEnded(kind: .hold, scope: scope, by: "ann", outcome: nil, text: nil)
    guard let written = try? state.intervene(event, at: now) else { return }
    watch.recorded(written)
  }

  private mutating func crash() throws(JournalFault) {
    outcome.crashes += 1
    // Perhaps in the midst of an append.
    if case .append(let batch)? = effects.first, chance.chance(700) {
      _ = state.append(batch, at: now, fails: true)
    }
    let before = relay.taken.count
    for envelope in wire { relay.loseTouch(envelope, &chance) }
    for envelope in relay.taken[before...] { watch.took(envelope) }
    try restart()
  }

  private mutating func restart() throws(JournalFault) {
    effects = []
    desk = []
    wire = []
    hasJournalFailed = false
    report = nil
    // Reads and verifies everything from the first byte on.
    let found = try state.restart(crashing: chance.chance(700) ? chance.next() : nil, at: now)
    watch.processBegan()
    watch.recorded(found)
    watch.recovered()
    outcome.doubts += found.count { record in
      if case .contactInDoubt = record.event { true } else { false }
    }
    engine = Engine(policy: policy, history: state.history(), connections: connections)
  }
}
