import Decisions
import Delivery
import Units

// What becomes durable, and what may happen only then.
extension Engine {
  mutating func append(_ ready: [Prepared]) -> Effect {
    var windows: [ContactWindow] = []
    // Most have the same hours.
    for case let window? in ready.map(\.window) where !windows.contains(window) { windows.append(window) }
    let batch = Batch(
      events: outcomes + ready.map { .contactIntended($0.intended) },
      messages: ready.map { KeptMessage(sha256: $0.intended.sha256, bytes: $0.message) }, onlyIfUnchanged: true,
      windows: windows)
    awaiting = .sync(outcomes: outcomes, intents: ready)
    outcomes = []
    return .append(batch)
  }

  mutating func flush() -> Effect {
    let batch = Batch(events: outcomes)
    awaiting = .sync(outcomes: outcomes, intents: [])
    outcomes = []
    return .append(batch)
  }

  mutating func recordCycle(_ cycle: Cycle) -> Effect {
    let summary = cycle.summary(history)
    self.cycle?.recorded = summary
    awaiting = .sync(outcomes: [], intents: [])
    return .append(Batch(events: [.cycleCompleted(summary)]))
  }

  mutating func takeDurable(_ news: [DatedEvent], _ written: [DatedEvent]) -> [Effect] {
    guard case .sync(let recorded, let intents) = awaiting else { return [] }
    awaiting = .nothing
    remember(news)
    remember(written)
    var effects = recorded.map { Effect.tell(.outcome($0)) }
    let envelopes = intents.flatMap { take(off: $0) }
    // The record's time is the newest that is known.
    let late = passTime(written.last?.time ?? now)
    effects += late
    // Only now, and only these, may go; nothing may if the cycle came to an end or the hours did meanwhile.
    let isOpen = cycle?.ending == nil && late.isEmpty
    let going = isOpen ? envelopes.filter { !breakers.isBarred($0.lane) } : []
    if !going.isEmpty { effects.append(.send(going)) }
    for envelope in envelopes where !isOpen || breakers.isBarred(envelope.lane) {
      effects += land(envelope.ticket, Outcome.takenBack)
    }
    // A batch with intents never comes with news; what is not begun may rest on what they changed.
    if news.contains(where: \.event.bearsOnDecisions), cycle?.hasMore == true || !flight.isEmpty {
      effects += recallAll() + startAnew(because: .journal)
    }
    return effects
  }

  /// The envelopes of a contact whose intent is durable: one for each recipient of whom nothing is known. The history
  /// says who that is, since who took an earlier attempt is not tried again.
  mutating func take(off prepared: Prepared) -> [Envelope] {
    let intended = prepared.intended
    cycle?.begun.append(intended.contact)
    // Its earlier recipients stand in the history beside the new ones.
    if intended.attempt > 1, history.contact(intended.contact)?.standing == .made {
      cycle?.completing.insert(intended.contact)
    }
    guard let contact = history.contact(intended.contact), intended.lane != .letter else { return [] }
    var envelopes: [Envelope] = []
    let isMail = intended.lane == .mail
    for (index, address) in (isMail ? intended.to + intended.cc : [intended.to.first ?? ""]).enumerated()
    where contact.recipients.indices.contains(index) && contact.recipients[index] == .pending {
      let leg = Leg(
        contact: intended.contact, customer: intended.customer, recipient: index, attempt: intended.attempt,
        address: address, isCopy: isMail && index >= intended.to.count, lane: intended.lane)
      let envelope = flight.add(leg, sender: prepared.sender, message: prepared.message, window: prepared.window)
      if let envelope { envelopes.append(envelope) }
    }
    return envelopes
  }

  /// Nothing of the batch was written.
  mutating func takeUnwritten(_ news: [DatedEvent], because change: Remark.Change) -> [Effect] {
    guard case .sync(let recorded, let intents) = awaiting else { return [] }
    awaiting = .nothing
    outcomes = recorded + outcomes
    remember(news)
    // A note changes nothing of what was decided.
    let isAsBefore = change == .journal && !news.contains(where: \.event.bearsOnDecisions)
    if isAsBefore, let cycle, cycle.ending == nil, cycle.hasDecided { return [append(intents)] }
    for lane in Set(intents.map(\.intended.lane)) { breakers.withdraw(lane) }
    return recallAll() + startAnew(because: change)
  }

  mutating func take(_ fault: AppendFault) -> [Effect] {
    var recorded: [HistoryEvent] = []
    if case .sync(let outcomes, _) = awaiting { recorded = outcomes }
    awaiting = .nothing
    switch fault {
    case .clockWentBack(let last, let time):
      outcomes = recorded + outcomes
      mistrustClock(last: last, now: time)
    case .locked(let words):
      outcomes = recorded + outcomes
      cycle?.takesNoRecord = true
      end(.journalLocked(words))
    case .broken(let words):
      broken = words
      end(.journalBroken(words))
    }
    return [.recall]
  }
}
