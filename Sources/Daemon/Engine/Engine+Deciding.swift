import Decisions
import Delivery
import Ledger
import Units

// From a look at the world to what is ready to be recorded as intended.
extension Engine {
  /// - Parameter books: nil when they are those of the last time.
  mutating func take(_ books: Books?, age: Span) {
    awaiting = .nothing
    guard cycle?.ending == nil else { return }
    guard let verdict = verdict(on: books, at: now, age: age) else {
      return end(.ledgerRejected("the ledger was said to be unchanged before it was read"))
    }
    observe(verdict.outcomes)
    guard verdict.recalls.isEmpty else { return recall(verdict.recalls) }
    let history = history
    cycle?.adopt(verdict) { contact in
      // Most payers were never written to, and working out an id takes its time.
      guard history.payers[contact.payer.id] != nil else { return 0 }
      return history.contact(contact.id(instance: history.instance), of: contact.payer.id)?.attempt ?? 0
    }
    stopIfUnreadable()
  }

  /// What was seen of promises and plans is recorded with the next append, once.
  private mutating func observe(_ ends: [RestEnd]) {
    for end in ends where !outcomes.contains(.restEnded(end)) { outcomes.append(.restEnded(end)) }
  }

  /// What must not be posted is recorded as called off before anything else, and then everything is decided afresh.
  private mutating func recall(_ letters: [LetterRecall]) {
    outcomes += letters.map { .contactCancelled(contact: $0.contact, reason: $0.reason) }
    stopIfUnreadable()
  }

  /// A history that could not be read decides nothing: whom it says nothing of may have been contacted.
  private mutating func stopIfUnreadable() {
    guard let words = history.fault else { return }
    broken = words
    end(.journalBroken(words))
  }

  /// What is to be done by the ledger, also between two cycles: as it was decided last, where that stands.
  ///
  /// - Parameter books: nil when they are those of the last time.
  /// - Returns: nil when there was no last time.
  package mutating func verdict(on books: Books?, at now: Instant, age: Span) -> Verdict? {
    if let books { ledger = KnownLedger(books) }
    guard let known = ledger else { return nil }
    let isStale = policy.freshness.staleness(age) != nil
    let verdict = known.standing(at: now, isStale: isStale) ?? judge(known.books, history, policy, now, age)
    ledger?.keep(verdict, at: now, isStale: isStale)
    return verdict
  }

  /// Lets the ledger go, since another one is about to be read: two of them may be more than memory holds.
  package mutating func forgetLedger() { ledger = nil }

  mutating func take(_ news: [DatedEvent], ledgerChanged: Bool) -> [Effect] {
    awaiting = .nothing
    remember(news)
    cycle?.hasHeardPeople = true
    let bears = news.contains(where: \.event.bearsOnDecisions)
    let recalled = bears || ledgerChanged ? recallAll() : []
    guard let cycle, cycle.hasDecided, cycle.ending == nil else { return recalled }
    guard !ledgerChanged, !bears else { return recalled + startAnew(because: ledgerChanged ? .ledger : .journal) }
    let next = Lane.allCases.flatMap { cycle.next(room(in: $0, cycle), in: $0) }
    // What was decided in time may come to its turn too late.
    guard next.allSatisfy({ $0.window.contains(now) }) else { return startAnew(because: .hours) }
    self.cycle?.take(next)
    guard !next.isEmpty else { return [] }
    awaiting = .composition(next)
    return [.compose(next, ahead: self.cycle?.next(connections, in: .mail) ?? [])]
  }

  mutating func take(_ compositions: [Composition]) -> [Effect] {
    guard case .composition(let contacts) = awaiting else { return [] }
    awaiting = .nothing
    guard cycle?.ending == nil else { return [] }
    var effects: [Effect] = []
    var ready: [Prepared] = []
    var postponed: [PlannedContact] = []
    for (contact, composition) in zip(contacts, compositions) {
      switch composition {
      case .failed(let reason):
        effects += fail(contact, because: reason)
      case .ready(var prepared):
        let lane = prepared.intended.lane
        // A service that a webhook calls may need no more than the customer's id.
        guard !prepared.intended.to.isEmpty || lane == .webhook else {
          effects += fail(contact, because: "it has no recipient")
          continue
        }
        guard mayGo(prepared.intended, step: contact.step) else {
          effects.append(.tell(.refusedTwice(contact: prepared.intended.contact)))
          continue
        }
        // Asked last, so that a contact without a message never uses up the probe.
        guard breakers.admit(lane) else {
          postponed.append(contact)
          continue
        }
        prepared.window = contact.window
        prepared.intended.attempt = (history.contact(prepared.intended.contact, of: contact.payer.id)?.attempt ?? 0) + 1
        ready.append(prepared)
      }
    }
    stopIfUnreadable()
    guard broken == nil else { return effects }
    if !postponed.isEmpty { cycle?.putBack(postponed) }
    if !ready.isEmpty { effects.append(append(ready)) }
    return effects
  }

  mutating func fail(_ contact: PlannedContact, because reason: String) -> [Effect] {
    let failure = CycleReport.Failure(payer: contact.payer.id, step: contact.step.name, reason: reason)
    cycle?.failures.append(failure)
    return [.tell(.notComposed(failure))]
  }

  /// The last guard against sending twice, of its own and not by what was decided.
  func mayGo(_ intended: IntendedContact, step: Step) -> Bool {
    guard let past = history.contact(intended.contact, of: intended.customer) else { return true }
    let leftOut = Set(past.leftOut)
    if !leftOut.isEmpty, intended.cc.isEmpty, leftOut.isSuperset(of: intended.to) { return true }
    switch past.standing {
    case .made, .outbox: return false
    case .inDoubt:
      // The item may have gone over to another schedule since, whose step of that name says otherwise.
      return (step.inDoubt ?? policy.inDoubt) == .resend || past.items.contains { policy.inDoubt(of: $0) == .resend }
    case .deferred, .failed, .bounced, .undone: return true
    }
  }
}
