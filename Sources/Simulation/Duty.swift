import Decisions
import Ledger
import Units

// Nobody is forgotten: who must have been contacted by the end of a cycle in which nothing was wrong.
extension Watch {
  /// Looks for items that were due beyond doubt and that nothing was announced for.
  ///
  /// Wherever there may be a reason to wait that takes more than a line to work out, it says nothing.
  ///
  /// - Returns: each with what should have gone.
  func forgotten() -> [(key: ItemKey, words: String)] {
    if let limit = policy.freshness.maxAge, ledgerAge > limit { return [] }
    guard hadSent || policy.contact.firstCycle == .send, policy.contact.maxPerCycle >= 100 else { return [] }
    // With a message for each invoice more may be due than a cycle sends without a person's word.
    let isByInvoice = policy.schedules.contains { $0.consolidation == .invoice }
    if isByInvoice, seen.items.count(where: { !$0.isAtRest }) > policy.contact.maxPerCycle { return [] }
    var found: [(key: ItemKey, words: String)] = []
    for payer in seen.customers where payer.payer == nil {
      let home = home(of: payer.id)
      let today = home.day(clockNow)
      guard isOpenDay(today, for: payer.id), isWithinHours(clockNow, for: payer.id),
        !hasJustAnswered(payer.id, slack: .minutes(30)),
        payer.emails.contains(where: { !badAddresses.contains($0) }),
        let schedule = policy.schedules.first(where: { $0.match?.kinds.contains(payer.kind) ?? true })
      else { continue }
      let group = seen.items.filter { seen.payer(of: $0.key.customer) == payer.id }
      // Where credit counts it takes more than a line.
      let plain = Set(group.map(\.currency)).filter { currency in
        group.reduce(0) { $0 + ($1.currency == currency ? $1.open : 0) } == seen.net(of: payer.id, currency)
      }
      let due = group.filter { plain.contains($0.currency) }.compactMap { item in
        stepDue(item, schedule, today, payer.id).map { (item: item, step: $0) }
      }
      for currency in plain { found += musts(due.filter { $0.item.currency == currency }, payer, home, today) }
    }
    return found
  }

  /// Of what is due in one currency what surely goes today by itself.
  private func musts(
    _ due: [(item: SimulatedTrade.Item, step: Step)], _ payer: Customer, _ home: Home, _ today: Day
  ) -> [(key: ItemKey, words: String)] {
    due.filter { item, step in
      payer.doNotContact == .nothing
        && (step.channel == .email || step.channel == .webhook || step.channel == .letter && !payer.address.isEmpty)
        && mustGo(item, step, payer, home, today)
    }.map { item, step in
      (item.key, "\(item.key.number) of \(payer.id) should have got step \(step.name) on \(today)")
    }
  }

  /// Calls and hand-overs that are due beyond doubt.
  func tasksDue() -> [(key: ItemKey, words: String)] {
    var found: [(key: ItemKey, words: String)] = []
    for payer in seen.customers where payer.payer == nil {
      let home = home(of: payer.id)
      let today = home.day(clockNow)
      guard isOpenDay(today, for: payer.id), !hasJustAnswered(payer.id, slack: .minutes(30)),
        let schedule = policy.schedules.first(where: { $0.match?.kinds.contains(payer.kind) ?? true }),
        schedule.catchUp == .next
      else { continue }
      for item in seen.items where seen.payer(of: item.key.customer) == payer.id {
        let group = seen.items.filter { seen.payer(of: $0.key.customer) == payer.id && $0.currency == item.currency }
        guard group.reduce(0, { $0 + $1.open }) == seen.net(of: payer.id, item.currency),
          let step = stepDue(item, schedule, today, payer.id), step.channel == .call || step.channel == .handover,
          payer.doNotContact == .nothing,
          mustGo(item, step, payer, home, today)
        else { continue }
        found.append(
          (item.key, "the \(step.channel) of \(item.key.number) of \(payer.id) should be a task on \(today)"))
      }
    }
    return found
  }

  /// Objects to a person's task about what is paid, held, disputed or promised.
  mutating func checkTask(_ key: ItemKey, of payer: String, _ channel: Channel) {
    let home = home(of: payer)
    let today = home.day(clockNow)
    guard let item = seen.item(key), !item.isAtRest else {
      return object(.atRest, "a \(channel) about \(key.number) is a task though the ledger has nothing to ask for")
    }
    for rest in rests(on: key, of: payer) where rest.amount == nil && isInForce(rest, today, home) {
      object(.atRest, "a \(channel) about \(key.number) is a task though there is a \(rest.kind.rawValue) on it")
    }
  }

  /// The step whose day has come; nil when none has, or when it is not plain.
  private func stepDue(
    _ item: SimulatedTrade.Item, _ schedule: Schedule, _ today: Day, _ payer: String
  ) -> Step? {
    guard item.issued <= today, !item.isAtRest else { return nil }
    let accounts = (steps[item.key] ?? []).compactMap { self.accounts[$0] }
    // A doubt or an attempt that waits makes it a question of more than a line; so does a wait that ended since the
    // cycle decided.
    let isPlain = accounts.allSatisfy { account in
      (account.doubts == 0 || account.intended.invoices.allSatisfy { inDoubtPolicy($0) == .assumeSent })
        && (account.waitsUntil.map { $0 <= clockNow - .minutes(1) } ?? true)
    }
    guard isPlain else { return nil }
    let done = accounts.filter { $0.counts || $0.isInDoubt }.compactMap { $0.item(item.key) }.filter {
      $0.anchor != .paid
    }
    let level = done.map(\.level).max() ?? -1
    let passed = skipped[.invoice(customer: item.key.customer, number: item.key.number)] ?? []
    let left = schedule.steps.filter { $0.level > level && !passed.contains($0.name) && $0.anchor != .paid }
    if today < item.due {
      guard let reminder = left.first, reminder.level == 0 else { return nil }
      var opens = item.due + reminder.day
      while !isOpenDay(opens, for: payer) { opens = opens - 1 }
      return today >= opens ? reminder : nil
    }
    let due = left.filter { $0.level >= 1 && today >= item.due + max($0.day, schedule.graceDays + 1) }
    guard due.allSatisfy({ !$0.approval }) else { return nil }
    return schedule.catchUp == .latest ? due.last : due.first
  }

  /// No cap, gap, deadline or rest stands in its way.
  private func mustGo(
    _ item: SimulatedTrade.Item, _ step: Step, _ payer: Customer, _ home: Home, _ today: Day
  ) -> Bool {
    let rests = rests(on: item.key, of: payer.id)
    guard rests.allSatisfy({ !isInForce($0, today, home) }) else { return false }
    // Until a letter is posted nothing else climbs.
    guard !accounts.values.contains(where: { $0.isInOutbox && $0.intended.customer == payer.id }) else { return false }
    // A second broken promise asks for a person's word; whether a plan is broken takes more than a line.
    guard rests.count(where: \.wasBroken) < 2, !rests.contains(where: { $0.kind == .plan && $0.ended == nil }) else {
      return false
    }
    if step.level >= 1, !policy.contact.minBalance.isEmpty, item.undisputed < 2500 { return false }
    let wait = max(policy.contact.atMost.days, policy.contact.minGapDays)
    let addresses = Set(payer.emails)
    return !accounts.values.contains { other in
      let isNear =
        other.intended.customer == payer.id || !addresses.isDisjoint(with: other.intended.to)
      guard isNear, (other.intended.kind == .notice) == (step.level >= 1), other.counts || other.isInDoubt else {
        return false
      }
      if ([other.time] + other.reached).contains(where: { home.day($0) > today - wait }) { return true }
      return other.intended.deadline.map { today <= bankingDay(2, after: $0) } ?? false
    }
  }
}
