import Daemon
import Decisions
import Delivery
import Journal
import Ledger
import Units

// The world around the engine: what `CycleRunner` is to the real one.
extension Simulation {
  mutating func give(_ event: Engine.Event) throws(JournalFault) {
    watch.clock(wall)
    for effect in engine.step(event) {
      switch effect {
      case .readLedger, .lookAround, .compose, .append: asked = effect
      case .send(let envelopes): desk += envelopes
      case .recall: try takeBack()
      case .tell(.refusedTwice(let contact)): watch.object(.once, "\(contact) was decided twice")
      case .tell: break
      case .finished(let report): self.report = report
      }
    }
  }

  /// Free connections take up what waits, unless the facts have changed.
  mutating func begin() {
    guard !hasJournalFailed, desk.contains(where: hasRoom), !hasDied else { return }
    guard ledgerVersion == trade.version, !state.isBehind else {
      try? takeBack()
      return
    }
    while let next = desk.firstIndex(where: hasRoom) {
      let envelope = desk.remove(at: next)
      watch.clock(wall)
      watch.begins(envelope)
      stepsSinceSending = stepsSinceSending ?? 0
      wire.append(envelope)
    }
  }

  /// Whether a connection is free for it; the webhook has one of its own.
  private func hasRoom(_ envelope: Envelope) -> Bool {
    let isWebhook = envelope.webhookKey != nil
    return wire.count { ($0.webhookKey != nil) == isWebhook } < (isWebhook ? 1 : plan.connections)
  }

  private mutating func takeBack() throws(JournalFault) {
    let notBegun = desk
    desk = []
    for envelope in notBegun {
      let result = DeliveryResult(verdict: .deferred, stage: .queue, detail: "taken back before it was begun")
      try give(.delivered(Delivered(ticket: envelope.ticket, result: result), at: wall))
    }
  }

  mutating func land(_ envelope: Envelope) throws(JournalFault) {
    let landing =
      envelope.webhookKey == nil ? relay.deliver(envelope, &chance) : service.deliver(envelope, &chance)
    if landing.isTaken { watch.took(envelope) }
    now = now + landing.took
    tell(
      "  \(envelope.recipient): \(landing.result.verdict.rawValue) at \(landing.result.stage.rawValue)\(landing.isTaken ? ", has it" : "")"
    )
    try give(.delivered(Delivered(ticket: envelope.ticket, result: landing.result), at: wall))
  }

  mutating func perform(_ effect: Engine.Effect) throws(JournalFault) {
    switch effect {
    case .readLedger: try readLedger()
    case .lookAround: try lookAround()
    case .compose(let contacts, _): try give(.composed(contacts.map { compose($0) }))
    case .append(let batch): try append(batch)
    default: break
    }
  }

  private mutating func readLedger() throws(JournalFault) {
    if isNextLedgerTorn {
      isNextLedgerTorn = false
      sealed = nil
      return try give(.ledgerRejected("half written"))
    }
    ledgerVersion = trade.version
    let age = now - exported
    watch.ledgerRead(trade, age: age)
    if let sealed, sealed == (trade.version, exported) { return try give(.ledgerUnchanged(age: age)) }
    sealed = (trade.version, exported)
    try give(.ledger(books(), age: age))
  }

  mutating func books() -> Books {
    // The bank's statements of the day before are posted as long as somebody exports.
    trade.books(modified: exported, cashThrough: plan.homes[0].day(exported) - 1)
  }

  private mutating func lookAround() throws(JournalFault) {
    let news: [DatedEvent]
    do { news = try state.news() } catch {
      hasJournalFailed = true
      return try give(.notDurable(.broken(error.description)))
    }
    try give(.surroundings(ledgerChanged: ledgerVersion != trade.version, news: news))
  }

  private mutating func compose(_ contact: PlannedContact) -> Composition {
    if isNextLetterBad {
      isNextLetterBad = false
      return .failed("the document is not there")
    }
    let id = contact.id(instance: state.instance)
    let intended = IntendedContact(
      contact, id: id, messageID: "<\(id)@us.example>", sha256: Digest.sha256(Array(id.utf8)),
      policy: engine.policy.hash, to: contact.to, cc: contact.cc, names: [])
    return .ready(Prepared(intended: intended, sender: "us@us.example", message: Array(id.utf8)))
  }

  private mutating func append(_ batch: Batch) throws(JournalFault) {
    let fault = nextFault
    nextFault = .none
    let (answer, written) = state.append(batch, at: wall, fault)
    watch.clock(wall)
    watch.recorded(written)
    for record in written { tell(record) }
    if case .notDurable(let words) = answer {
      tell("the journal takes nothing: \(words)")
      hasJournalFailed = true
      watch.journalFailed()
    }
    try give(answer)
  }

  mutating func tell(_ record: DatedEvent) {
    switch record.event {
    case .contactIntended(let intended):
      tell(
        "  intended \(intended.contact) #\(intended.attempt) \(intended.customer) \(intended.kind) \(intended.to) "
          + Prophecy.names(intended.invoices).joined(separator: ", "))
    case .contactSent(let attempt): tell("  recorded: \(attempt.contact) sent to recipient \(attempt.recipient)")
    case .contactDeferred(let attempt, let next): tell("  recorded: \(attempt.contact) deferred until \(next)")
    case .contactFailed(let attempt): tell("  recorded: \(attempt.contact) failed at recipient \(attempt.recipient)")
    case .contactInDoubt(let contact, let recipient, _, _):
      tell("  recorded: \(contact) in doubt at recipient \(recipient)")
    default: break
    }
  }

  // MARK: - The end of the process, and another one

  /// The process dies at this very moment, perhaps in the midst of an append and with messages on the wire.
  mutating func crash(power seed: UInt64?, _ chance: inout SplitMix64) throws(JournalFault) {
    outcome.crashes += 1
    if case .append(let batch)? = asked, chance.chance(700) {
      _ = state.append(batch, at: wall, chance.chance(500) ? .syncFails : .short(chance.pick(0...900)))
    }
    for envelope in wire {
      let isTaken = envelope.webhookKey == nil ? relay.loseTouch(envelope, &chance) : service.loseTouch(&chance)
      if isTaken { watch.took(envelope) }
    }
    try restart(crashing: seed)
  }

  mutating func restart(crashing seed: UInt64?) throws(JournalFault) {
    end(crashing: seed)
    _ = try isUp()
  }

  mutating func end(crashing seed: UInt64?) {
    state.end(crashing: seed)
    asked = nil
    desk = []
    wire = []
    report = nil
    hasDied = true
  }

  /// Starts a daemon where none runs. A full disk or a wrong clock can keep it from starting; then it is tried later.
  mutating func isUp() throws(JournalFault) -> Bool {
    if state.isRunning { return true }
    guard now >= downUntil else { return false }
    watch.clock(wall)
    let found: [DatedEvent]
    do {
      found = try state.start(at: wall)
    } catch {
      // What the attempt had written before it failed may stand there all the same.
      watch.recorded((try? state.readOn()) ?? [])
      switch error {
      case .disk, .broken, .refused(.clockWentBack):
        tell("the daemon does not start: \(error)")
        state.end(crashing: nil)
        return false
      default: throw error
      }
    }
    hasJournalFailed = false
    watch.processBegan()
    watch.recorded(found)
    for record in found { tell(record) }
    watch.recovered()
    outcome.doubts += found.count { record in
      if case .contactInDoubt = record.event { true } else { false }
    }
    adoptPolicy()
    sealed = nil
    engine = Engine(
      policy: watch.policy, history: state.releaseHistory(), connections: plan.connections, judge: notebook.judge)
    return true
  }
}
