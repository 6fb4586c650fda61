import Daemon
import Decisions
import Journal
import Ledger
import Units

// What the product said beforehand, held against what it did.
extension Simulation {
  /// Notes what `preview` says of the coming days, in which nothing will happen.
  mutating func foresee(until end: Instant) {
    foreseen = nil
    // A clock that ran ahead keeps everything waiting until it is caught up with; what the daemon could not record for it
    // is known to nobody else; and what waits to be tried again may
    // do so until a part of a second after this cycle or the next.
    guard state.isRunning, state.last.map({ $0 <= wall }) ?? true, state.history.unsettled.isEmpty,
      watch.accounts.values.allSatisfy({ $0.waitsUntil.map { $0 <= wall - .minutes(1) } ?? true }),
      !doesPauseEndInCycle
    else { return }
    let contacts = Prophecy.forecast(
      books(), state.history, reloaded ?? watch.policy, from: wall, until: end, age: .zero, cycles: plan.cycles)
    foreseen = contacts.map { ($0, wall) }
    tell("foreseen until \(end): \((contacts ?? []).sorted().map { "\($0.payer) \($0.items) on \($0.day)" })")
  }

  /// An answer's pause ends just after a cycle begins: a call can be made behind that cycle, and not before the next by the
  /// forecast, for which cycles take no time.
  private var doesPauseEndInCycle: Bool {
    watch.answers.values.contains { answer in
      let end = answer + watch.policy.contact.pauseOnReply
      return plan.cycles.contains { time in
        let began = plan.homes[0].zone.instant(day: plan.homes[0].day(end), time: time)
        return end > wall && began <= end && end < began + .minutes(1)
      }
    }
  }

  mutating func compareForecast() {
    guard let (foreseen, from) = foreseen else { return }
    var came: Set<Prophecy.Contact> = []
    for account in watch.accounts.values where account.time >= from {
      let payer = account.intended.customer
      came.insert(
        Prophecy.Contact(
          day: watch.home(of: payer).day(account.time), payer: payer,
          items: Prophecy.names(account.intended.invoices)))
    }
    outcome.previews += 1
    for contact in foreseen.subtracting(came).sorted() {
      watch.object(.preview, "\(contact.payer) was to get \(contact.items) on \(contact.day), and did not")
    }
    for contact in came.subtracting(foreseen).sorted() {
      watch.object(.preview, "\(contact.payer) got \(contact.items) on \(contact.day), which nobody foresaw")
    }
    self.foreseen = nil
  }

  /// After a cycle in which nothing was wrong: who was to be contacted was, and nobody else.
  mutating func lookBack(_ report: CycleReport) {
    watch.clock(wall)
    for (key, words) in watch.forgotten() {
      let said = notebook.verdict?.decisions.first { $0.key == key }.map { "\($0.ground)" } ?? "nothing"
      watch.object(.forgotten, "\(words); the decision was \(said)")
    }
    for (key, words) in watch.tasksDue() {
      let decision = notebook.verdict?.decisions.first { $0.key == key }
      if decision?.reason != .taskOpen {
        watch.object(.tasks, "\(words); the decision was \(decision.map { "\($0.ground)" } ?? "nothing")")
      }
    }
    for decision in notebook.verdict?.decisions ?? [] {
      if case .taskOpen(let channel) = decision.ground { watch.checkTask(decision.key, of: decision.payer, channel) }
    }
    for id in watch.unheeded() { watch.object(.forgotten, "nothing is recorded of \(id), whose days are over") }
    for decision in notebook.verdict?.all ?? [] where decision.reason != .settled {
      tell("  \(decision.key.number) of \(decision.payer): \(decision.ground)")
    }
    guard let verdict = notebook.verdict, report.restarts == 0, report.failures.isEmpty else { return }
    let told = Set(verdict.all.filter { $0.reason == .contact }.map(\.key))
    // Who was put off gets what others got, whatever the item waits for by now.
    let went = Set(
      watch.announced.compactMap { watch.accounts[$0] }.filter { $0.intended.attempt == 1 || !$0.counts }
        .flatMap { $0.intended.invoices.map(\.key) })
    let tried = Set(watch.attempted.compactMap { watch.accounts[$0] }.flatMap { $0.intended.invoices.map(\.key) })
    for key in told.subtracting(tried).sorted() {
      watch.object(.explain, "\(key.number) was to be contacted now, and was not")
    }
    for key in went.subtracting(told).sorted() {
      watch.object(.explain, "\(key.number) was contacted, and was not to be")
    }
  }

  /// Asks of one decision whether the end of its wait comes true.
  mutating func askOracle() {
    guard engine.broken == nil else { return }
    let verdict = decide(books(), engine.history, engine.policy, now: wall, ledgerAge: .zero)
    guard !verdict.decisions.isEmpty else { return }
    let decision = chance.pick(verdict.decisions)
    outcome.prophecies += 1
    if let untruth = Prophecy.untruth(decision, books(), engine.history, engine.policy, now: wall) {
      watch.object(.explain, untruth)
    }
  }
}

extension Verdict {
  /// Of items, and of what stands in for them and beside them.
  fileprivate var all: [Decision] { decisions + instalments + beside }
}
