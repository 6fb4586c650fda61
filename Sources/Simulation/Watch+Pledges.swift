import Decisions
import Ledger
import Units

// Promises and plans, by an account of its own.
extension Watch {
  /// The last day on which the money of a promise may come; nil while one of its items is withheld with no end in sight.
  func lastDay(of promise: Rest) -> Day? {
    guard let until = promise.until else { return nil }
    let payer = seen.payer(of: promise.scope.customer)
    let home = home(of: payer)
    var last = bankingDay(policy.promise.graceBankingDays, after: until)
    for rest in promise.items.keys.flatMap({ withholders(of: $0, payer) }).sorted(by: { $0.placed < $1.placed }) {
      guard home.day(rest.placed) <= last else { continue }
      guard let end = [rest.until, rest.ended.map { home.day($0) }].compactMap(\.self).min() else { return nil }
      if end < home.day(promise.placed) { continue }
      let resumes = bankingDay(policy.contact.resumeAfterBankingDays, after: end)
      last = max(last, bankingDay(policy.promise.graceBankingDays, after: resumes))
    }
    return promise.items.keys.contains(where: { isContested($0, payer) }) ? nil : last
  }

  /// One of which nothing is recorded yet is waited for, or ended less than `resume_after` ago.
  func isPromised(_ promise: Rest, _ today: Day) -> Bool {
    guard let last = lastDay(of: promise) else { return true }
    return today <= last || today < bankingDay(policy.contact.resumeAfterBankingDays, after: last)
  }

  /// Holds and disputes about the whole of an item, those that are over too.
  private func withholders(of key: ItemKey, _ payer: String) -> [Rest] {
    let open = seen.item(key)?.open ?? 0
    return rests(on: key, of: payer).filter { rest in
      guard rest.kind == .hold || rest.kind == .dispute, open > 0 || rest.ended != nil else { return false }
      guard let amount = rest.amount else { return true }
      return open > 0 && amount >= open || rest.items[key].map { amount >= $0 } ?? false
    }
  }

  /// All that is open on an item is contested, by the ledger or by several disputes together.
  private func isContested(_ key: ItemKey, _ payer: String) -> Bool {
    guard let item = seen.item(key), item.open > 0 else { return false }
    return item.undisputed == 0 || contested(key, of: payer, on: home(of: payer).day(clockNow)) >= item.open
  }

  /// What is contested by people, all together.
  func contested(_ key: ItemKey, of payer: String, on today: Day) -> Int {
    let home = home(of: payer)
    return rests(on: key, of: payer).filter { $0.kind == .dispute && isInForce($0, today, home) }
      .reduce(0) { $0 + ($1.amount ?? 0) }
  }

  /// What is open less on its items than then.
  func paid(_ rest: Rest) -> Int {
    rest.items.reduce(0) { $0 + max(0, $1.value - (seen.item($1.key)?.open ?? 0)) }
  }

  /// Every instalment whose grace has passed was paid by what is open less.
  func isSound(_ plan: Rest, _ today: Day) -> Bool {
    var due = 0
    for instalment in plan.instalments where instalment.due + policy.plan.graceDays < today {
      due += instalment.amount.minor
    }
    return paid(plan) >= due
  }

  /// A hold or dispute has rested one of its items since before its grace was over, and rests it still.
  func isWithheld(_ plan: Rest, _ today: Day) -> Bool {
    let payer = seen.payer(of: plan.scope.customer)
    guard let due = plan.instalments.map(\.due).min() else { return false }
    let home = home(of: payer)
    return plan.items.keys.contains { key in
      guard let item = seen.item(key), item.open > 0 else { return false }
      return item.undisputed == 0
        || withholders(of: key, payer).contains {
          home.day($0.placed) <= due + policy.plan.graceDays && isInForce($0, today, home)
        }
    }
  }

  /// What the daemon says it saw of a promise or a plan.
  mutating func check(_ end: RestEnd, of rest: Rest, at time: Instant) {
    let payer = seen.payer(of: rest.scope.customer)
    let today = home(of: payer).day(time)
    switch end.outcome {
    case "lapsed":
      if !rest.isProposal || rest.until.map({ today <= $0 }) ?? true {
        object(.truth, "\(rest.id) is recorded as lapsed on \(today), and is not")
      }
    case "broken" where rest.kind == .plan:
      if isSound(rest, today) { object(.truth, "\(rest.id) is recorded as broken, but every instalment due was paid") }
      if isWithheld(rest, today) { object(.truth, "\(rest.id) is recorded as broken, but is rightly withheld") }
    case "broken", "partly_kept":
      let last = lastDay(of: rest)
      if last.map({ today <= $0 }) ?? true {
        object(
          .truth, "\(rest.id) is recorded as broken on \(today), but had until \(last?.description ?? "further notice")"
        )
      }
    default:
      // Money that names no invoice counts too; here only those are judged who have none.
      guard let currency = rest.currency, let amount = rest.amount else { return }
      let group = seen.items.filter { seen.payer(of: $0.key.customer) == payer && $0.currency == currency }
      guard group.reduce(0, { $0 + $1.open }) == seen.net(of: payer, currency) else { return }
      if paid(rest) < amount {
        object(.truth, "\(rest.id) is recorded as \(end.outcome ?? "over"), but \(paid(rest)) came")
      }
    }
  }

  /// Promises of which nothing was recorded though their days are over; none after a cycle.
  func unheeded() -> [String] {
    // In such a ledger money may be missing that came.
    if let limit = policy.freshness.maxAge, ledgerAge > limit { return [] }
    if policy.freshness.needsPostedCash { return [] }
    return rests.filter { rest in
      guard rest.kind == .promise, rest.ended == nil, let last = lastDay(of: rest) else { return false }
      let payer = seen.payer(of: rest.scope.customer)
      let isHidden = rest.items.keys.contains { seen.item($0)?.isBad ?? false }
      return !isHidden && home(of: payer).day(clockNow) > last
    }.map(\.id)
  }
}
