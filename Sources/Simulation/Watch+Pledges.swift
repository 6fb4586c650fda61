import Decisions
import Ledger
import Units

// Promises and plans, by an account of its own.
extension Watch {
  /// The last day on which the money of a promise may come.
  func lastDay(of promise: Rest) -> Day? {
    promise.until.map { bankingDay(policy.promise.graceBankingDays, after: $0) }
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
    case "broken", "partly_kept":
      if let last = lastDay(of: rest), today <= last {
        object(.truth, "\(rest.id) is recorded as broken on \(today), but had until \(last)")
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
