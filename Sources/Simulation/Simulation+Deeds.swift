import Daemon
import Decisions
import Delivery
import Journal
import Ledger
import Units

// What befalls the company, one happening at a time.
extension Simulation {
  mutating func befall(_ happening: Happening) throws(JournalFault) {
    tell("#\(happening.number) \(happening.deed)")
    var luck = SplitMix64(seed: happening.salt)
    if try befallProcess(happening.deed, &luck) { return }
    if befallWorld(happening.deed, &luck) { return }
    if let event = intervention(happening.deed, &luck) {
      intervene(event)
      // A second is over just then: the daemon hears of it while others wait for a connection.
      if !desk.isEmpty, luck.chance(500) { try give(.tick(now: wall)) }
      return
    }
    _ = trade.happen(happening.deed, &luck, on: plan.homes[0].day(wall))
  }

  private mutating func befallProcess(
    _ deed: Happening.Deed, _ luck: inout SplitMix64
  ) throws(JournalFault) -> Bool {
    switch deed {
    case .kill: if state.isRunning { try crash(power: nil, &luck) }
    case .powerCut: if state.isRunning { try crash(power: luck.next(), &luck) }
    case .stop: try give(.stop)
    case .clock(let minutes, let hours):
      clockError = (.minutes(minutes), now + .hours(hours))
      // Before each message the real one knows the time of the moment.
      if state.isRunning { try give(.tick(now: wall)) }
    case .outage(let hours):
      downUntil = now + .hours(hours)
      if state.isRunning { end(crashing: luck.chance(500) ? luck.next() : nil) }
    case .secondDaemon:
      if state.isRunning, state.letsInSecondDaemon(at: wall) { watch.object(.oneDaemon, "a second daemon was let in") }
    case .erase: if state.isRunning { try erase(&luck) }
    case .reload:
      reloaded = SimulatedPolicy.vary(reloaded ?? watch.policy, &luck)
      if let reloaded {
        tell("  \(SimulatedPolicy.words(reloaded))")
        if state.isRunning { try give(.policy(reloaded)) }
      }
    default: return false
    }
    return true
  }

  /// Of somebody who was written to.
  private mutating func erase(_ luck: inout SplitMix64) throws(JournalFault) {
    // What was sent to an address that others have too is erased with one of them: its cap, and what was said of it.
    let known = watch.byPayer.keys.sorted().filter { !watch.sharesAddresses($0) }
    guard !known.isEmpty, engine.broken == nil, !hasJournalFailed else { return }
    let customer = luck.pick(known)
    end(crashing: nil)
    watch.clock(wall)
    let (records, fault) = try state.erase(customer, at: wall)
    tell("  \(customer): \(fault.map { "not erased, \($0)" } ?? "erased")")
    watch.recorded(records)
    _ = try isUp()
  }

  private mutating func befallWorld(_ deed: Happening.Deed, _ luck: inout SplitMix64) -> Bool {
    switch deed {
    case .mood(let mood, let hours): (relay.mood, moodEnds) = (mood, now + .hours(hours))
    case .serviceMood(let mood, let hours): (service.mood, serviceMoodEnds) = (mood, now + .hours(hours))
    case .mailboxGone:
      let customer = luck.pick(trade.customers)
      if let mailbox = customer.emails.randomElement(using: &luck) { relay.unknown.insert(mailbox) }
    case .mailboxBack: relay.unknown = []
    case .syncFails: nextFault = .syncFails
    case .appendFails: nextFault = .appendFails
    case .shortWrite: nextFault = .short(luck.pick(0...900))
    case .diskFull(let hours):
      diskFullUntil = now + .hours(hours)
      state.isFull = true
    case .noExport(let hours): noExportUntil = now + .hours(hours)
    case .halfWritten: isNextLedgerTorn = true
    case .letterFails: isNextLetterBad = true
    default: return false
    }
    return true
  }

  // MARK: - People

  /// Records it by another process; nothing when the journal does not take it.
  mutating func intervene(_ event: HistoryEvent) {
    // A broken journal is not written to by anyone before somebody has looked at it.
    guard engine.broken == nil, !hasJournalFailed else { return }
    watch.clock(wall)
    watch.pledgedOn = trade
    watch.personSpoke = wall
    if case .restPlaced(let rest) = event {
      tell("  \(rest.kind.rawValue) on \(rest.scope.words) until \(rest.until.map { "\($0)" } ?? "it is ended")")
    }
    do {
      watch.recorded(try state.intervene(event, at: wall))
    } catch {
      tell("  not recorded: \(error)")
    }
  }

  /// A promise or a plan, if one makes sense today.
  mutating func pledged(_ deed: Happening.Deed, _ scopes: [Scope], _ luck: inout SplitMix64) -> Rest? {
    let today = plan.homes[0].day(wall)
    let books = books()
    let verdict = decide(books, state.history, watch.policy, now: wall, ledgerAge: .zero)
    do throws(Pledging.Refusal) {
      let pledging = try Pledging(verdict.decisions, of: scopes, in: books, now: wall, today: today)
      var rest: Rest
      if deed != .promise {
        rest = try pledging.plan(
          instalments: luck.pick(1...4), every: luck.pick([.months(1), .days(10)]), first: today + luck.pick(1...20))
      } else {
        let part = Money(minor: max(1, pledging.open.minor * luck.pick(1...4) / 4), pledging.currency)
        rest = try pledging.promise(amount: part, by: today + luck.pick(0...20))
      }
      rest.id = "\(rest.kind.rawValue)-\(watch.rests.count)-\(rest.items.first?.key.number ?? "")"
      rest.by = "ann"
      if deed == .propose {
        rest.stage = .proposed
        rest.until = today + watch.policy.plan.proposalDays
      }
      let dues = rest.instalments.map { "\($0.due) \($0.amount)" }.joined(separator: ", ")
      tell(
        "  \(rest.id) of \(rest.scope.words): \(rest.items.map { "\($0.key.number) \($0.open)" }.joined(separator: ", ")), "
          + "\(rest.amount.map { "\($0)" } ?? "") \(rest.until.map { "by \($0)" } ?? dues)")
      return rest
    } catch {
      tell("  \(error)")
      return nil
    }
  }

  private mutating func intervention(_ deed: Happening.Deed, _ luck: inout SplitMix64) -> HistoryEvent? {
    let scope = scope(&luck)
    let today = plan.homes[0].day(wall)
    switch deed {
    case .hold:
      let until = luck.chance(400) ? today + luck.pick(0...20) : nil
      // Whose message waits for a connection would seldom be hit upon.
      let scope = desk.isEmpty ? scope : waiting(&luck) ?? scope
      return .restPlaced(Rest(kind: .hold, scope: scope, until: until, by: "ann", text: "simulated"))
    case .release:
      let placed = watch.rests.last { $0.kind == .hold && $0.ended == nil }
      return .restEnded(kind: .hold, scope: placed?.scope ?? scope, by: "ann", outcome: nil, text: nil)
    case .dispute:
      var rest = Rest(kind: .dispute, scope: scope, by: "ann", text: nil)
      if case .invoice(let customer, let number) = scope, luck.chance(400),
        let item = trade.item(ItemKey(customer: customer, number: number)), item.open > 1
      {
        rest.amount = Money(minor: luck.pick(1...item.open), item.currency)
      }
      return .restPlaced(rest)
    case .closeDispute:
      let placed = watch.rests.last { $0.kind == .dispute && $0.ended == nil }
      return .restEnded(kind: .dispute, scope: placed?.scope ?? scope, by: "ann", outcome: "rejected", text: nil)
    case .promise, .plan, .propose: return pledged(deed, [scope], &luck).map { .restPlaced($0) }
    case .agree: return agreement(&luck)
    case .call: return call(&luck)
    case .post:
      let letters = watch.outbox
      guard !letters.isEmpty else { return nil }
      return .contactResolved(contact: luck.pick(letters), sent: luck.chance(900), by: "ann")
    case .askStatement: return statementRequest(&luck)
    case .withdraw:
      let open = watch.rests.filter { !$0.id.isEmpty && $0.ended == nil }
      guard !open.isEmpty else { return nil }
      let rest = luck.pick(open)
      return .restEnded(
        RestEnd(kind: rest.kind, scope: rest.scope, id: rest.id, by: "ann", outcome: "withdrawn", text: nil))
    case .answer:
      let customer = trade.payer(of: luck.pick(trade.customers).id)
      return .contactReplied(Reply(contact: nil, customer: customer, excerpt: "simulated"))
    case .note: return .noteAdded(scope: scope, by: "bob", text: "simulated")
    case .approve, .refuse: return word(isGranted: deed == .approve)
    case .skip:
      guard case .invoice = scope else { return nil }
      return .stepSkipped(
        scope: scope, step: luck.pick(["upcoming", "first", "second"]), undone: false, by: "bob", text: "simulated")
    case .resolve: return resolution(state.history.doubtful.sorted().first)
    case .addressOK: return .addressCleared(customer: luck.pick(trade.customers).id, address: nil, by: "ann")
    case .bounce(let permanent):
      let mailed = watch.accounts.values.filter { account in
        account.counts && account.intended.channel == .email
          && account.intended.to.contains(where: account.holders.contains)
      }
      let newest = mailed.sorted { ($0.time, $0.intended.contact) > ($1.time, $1.intended.contact) }.prefix(3)
      guard !newest.isEmpty else { return nil }
      let account = luck.pick(Array(newest))
      // One of several, as often as not: the others have it.
      let recipient = luck.pick(
        account.intended.to.indices.filter { account.holders.contains(account.intended.to[$0]) })
      return .contactBounced(
        contact: account.intended.contact, recipient: recipient, status: permanent ? "5.1.1" : "4.2.2",
        permanent: permanent, excerpt: nil)
    default: return nil
    }
  }

  /// Somebody whose message is handed over and not begun.
  private func waiting(_ luck: inout SplitMix64) -> Scope? {
    watch.accounts[Watch.contact(of: luck.pick(desk))].map { .customer($0.intended.customer) }
  }

  private func scope(_ luck: inout SplitMix64) -> Scope {
    let customer = luck.pick(trade.customers).id
    let invoices = trade.items.filter { $0.key.customer == customer && $0.open > 0 }
    let number = invoices.isEmpty ? "" : luck.pick(invoices).key.number
    return invoices.isEmpty || luck.chance(400) ? .customer(customer) : .invoice(customer: customer, number: number)
  }

  /// On everything that waits for it, as `approve` would show it.
  func word(isGranted: Bool) -> HistoryEvent? {
    let waiting = notebook.verdict?.waiting ?? []
    guard let first = waiting.first, let extent = [Approval.Extent.contact, .cycle].first(where: first.isWaiting)
    else { return nil }
    let lines = waiting.filter { $0.isWaiting(for: extent) }.flatMap { $0.advancing.map(Approval.Line.init) }
    return .approvalGiven(
      Approval(extent: extent, subject: "list", lines: lines, granted: isGranted, by: "ann"))
  }

  /// The clerk reads in the mail server's log what became of it.
  private func resolution(_ contact: String?) -> HistoryEvent? {
    guard let contact, let account = watch.accounts[contact], account.isInDoubt else { return nil }
    return .contactResolved(contact: contact, sent: !account.holders.isEmpty, by: "ann")
  }

  /// Nothing more is wrong: the relay is fair, the disk has room, the clock is right, the daemon runs.
  mutating func becomeQuiet(mending: Bool) throws(JournalFault) {
    isQuiet = true
    relay.mood = .fair
    service.mood = .fair
    relay.unknown = []
    clockError.until = now
    (moodEnds, serviceMoodEnds, downUntil, diskFullUntil, noExportUntil) = (now, now, now, now, now)
    state.isFull = false
    nextFault = .none
    (isNextLedgerTorn, isNextLetterBad) = (false, false)
    exported = now
    if !state.isRunning || hasJournalFailed || engine.broken != nil { try restart(crashing: nil) }
    guard mending else { return }
    tell("all is mended")
    relay.unknown = []
    trade.mend()
    for rest in watch.rests where rest.ended == nil {
      intervene(.restEnded(kind: rest.kind, scope: rest.scope, by: "ann", outcome: "rejected", text: nil))
    }
    for customer in trade.customers { intervene(.addressCleared(customer: customer.id, address: nil, by: "ann")) }
    for contact in state.history.doubtful.sorted() {
      if let event = resolution(contact) { intervene(event) }
    }
  }
}
