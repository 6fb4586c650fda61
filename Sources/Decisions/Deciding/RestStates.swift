import Ledger
import Receivables
import Units

/// What has become of a rest by today, as ledger and calendar show it, whether anybody has recorded it or not.
enum RestState {
  /// In force up to and with that day, if nothing more comes; nil while its end is open.
  case lasting(Day?)
  /// It was in force up to and with that day.
  case over(Day, RestEnding)

  /// The last day of it; nil while that is open.
  var last: Day? {
    switch self {
    case .lasting(let day): day
    case .over(let day, _): day
    }
  }

  var isBroken: Bool {
    if case .over(_, .broken) = self { true } else { false }
  }
}

/// How it ended.
enum RestEnding: Equatable {
  /// A person ended it, or its last day passed.
  case ended
  /// All of it was paid.
  case kept
  /// It was not, or not all of it.
  case broken
}

extension GroupCase {
  func state(of placed: PlacedRest) -> RestState {
    let ended = placed.ended.map { calendar.zone.day($0) }
    switch placed.rest.kind {
    case .hold, .reply: return plainState(placed, ended)
    case .dispute: return disputeState(placed, ended)
    case .promise: return promiseState(placed, ended)
    case .plan: return placed.rest.isProposal ? plainState(placed, ended) : planState(placed, ended)
    }
  }

  private func plainState(_ placed: PlacedRest, _ ended: Day?) -> RestState {
    guard let last = [ended, placed.rest.until].compactMap(\.self).min() else { return .lasting(nil) }
    return ended != nil || last < today ? .over(last, .ended) : .lasting(last)
  }

  /// A new day to pay by that was given with the answer is waited for like any other deadline.
  private func disputeState(_ placed: PlacedRest, _ ended: Day?) -> RestState {
    guard let ended, let deadline = placed.end?.until else { return plainState(placed, ended) }
    return .over(max(ended, calendar.bankingDay(ContactFrequency.postingDays, after: deadline)), .ended)
  }

  private func promiseState(_ placed: PlacedRest, _ ended: Day?) -> RestState {
    guard let by = placed.rest.until else { return plainState(placed, ended) }
    let grace = { [self] in calendar.bankingDay(policy.promise.graceBankingDays, after: $0) }
    if let ended {
      return placed.wasBroken ? .over(placed.end?.until ?? min(ended, grace(by)), .broken) : .over(ended, .ended)
    }
    if let paid = paid(placed.rest), let amount = placed.rest.amount, paid >= amount { return .over(today, .kept) }
    return pledgeState(lastDay(of: placed, due: by, grace: grace))
  }

  private func planState(_ placed: PlacedRest, _ ended: Day?) -> RestState {
    if let ended { return .over(placed.end?.until ?? ended, placed.wasBroken ? .broken : .ended) }
    guard let paid = paid(placed.rest) else { return .lasting(nil) }
    guard let missing = placed.rest.missing(paid: paid).first else { return .over(today, .kept) }
    return pledgeState(lastDay(of: placed, due: missing.due) { $0 + policy.plan.graceDays })
  }

  private func pledgeState(_ last: Day?) -> RestState {
    guard let last else { return .lasting(nil) }
    return today > last ? .over(last, .broken) : .lasting(last)
  }

  /// What was paid of the items of a promise or plan since it was made: what is open less on them by now, credit that names
  /// them taken off, and credit that came since for no invoice in particular; all of it once nothing is open on any of
  /// them. Nil where a bad row hides one of the items, and where the ledger has them in another currency since, or with
  /// another payer.
  func paid(_ rest: Rest) -> Money? {
    if let known = knownPaid[rest.id] { return known }
    let paid = workedOut(rest)
    knownPaid[rest.id] = .some(paid)
    return paid
  }

  private func workedOut(_ rest: Rest) -> Money? {
    // Its items are in another currency by now: nobody can say what was paid of it.
    if let amount = rest.amount, amount.currency != account.currency { return nil }
    // Some of its customers have another payer since: what was paid of it stands in two accounts.
    if rest.items.contains(where: { docket.accounts.hasOtherPayer($0.key.customer, than: payer.id) }) { return nil }
    let covered = rest.items.filter { $0.open.currency == account.currency }
    let isHidden = covered.contains { docket.quarantine.row(for: $0.key, payer: payer.id) != nil }
    guard !isHidden else { return nil }
    var paid = openLess(rest)
    let since = creditSince(rest)
    if since.isPositive {
      let taken = takenByOthers(than: rest)
      if taken < since { paid += since - taken }
    }
    let isAnyOpen = covered.contains { openByKey[$0.key]?.isPositive ?? false }
    if !isAnyOpen, let amount = rest.amount, paid < amount { return amount }
    return paid
  }

  /// Credit for no invoice in particular that came since it was made.
  private func creditSince(_ rest: Rest) -> Money {
    let made = placedDay(of: rest)
    var since = Money.zero(account.currency)
    var ofThatDay = Money.zero(account.currency)
    for credit in account.credits where credit.namesNoInvoice {
      guard let date = credit.date, made <= date else { continue }
      if made < date { since += credit.amount } else { ofThatDay += credit.amount }
    }
    if let before = rest.credit, ofThatDay > before { since += ofThatDay - before }
    return since
  }

  /// What of such credit the group's other promises and plans have used: those that are over, and of those in force the
  /// ones that were made before. The same money keeps one promise and no two.
  private func takenByOthers(than rest: Rest) -> Money {
    let customers = Set(account.items.map(\.key.customer) + [payer.id])
    let own = history.rests[rest.scope]?.first { $0.rest.id == rest.id }?.placed ?? docket.now
    var taken = Money.zero(account.currency)
    for placed in customers.sorted().flatMap({ history.rests[.customer($0)] ?? [] }) {
      let other = placed.rest
      guard other.id != rest.id, !other.id.isEmpty, !other.isProposal, let amount = other.amount,
        amount.currency == account.currency
      else { continue }
      let counted: Money
      if placed.ended != nil {
        counted = placed.end?.paid ?? .zero(account.currency)
      } else if (placed.placed, other.id) < (own, rest.id) {
        counted = amount
      } else {
        continue
      }
      let drop = openLess(other)
      guard drop < counted else { continue }
      let credit = creditSince(other)
      taken += counted - drop < credit ? counted - drop : credit
    }
    return taken
  }

  /// What is open less on its items than when it was made, credit that names them taken off.
  private func openLess(_ rest: Rest) -> Money {
    rest.items.reduce(.zero(account.currency)) { sum, item in
      guard item.open.currency == account.currency else { return sum }
      let left = openByKey[item.key] ?? .zero(account.currency)
      return left < item.open ? sum + item.open - left : sum
    }
  }

  private func placedDay(of rest: Rest) -> Day {
    let placed = history.rests[rest.scope]?.first { $0.rest.id == rest.id }?.placed
    return placed.map { calendar.zone.day($0) } ?? today
  }
}

extension UnappliedCredit {
  var namesNoInvoice: Bool { reference?.isEmpty ?? true }
}

extension PlacedRest {
  /// Recorded as not kept.
  var wasBroken: Bool { end?.isBroken ?? false }
}

extension Rest {
  /// The instalments that are still to be met once so much was paid, oldest first; of the first one what is left of it.
  package func missing(paid: Money) -> [Instalment] {
    var left = paid
    var missing: [Instalment] = []
    for instalment in instalments.sorted(by: { $0.due < $1.due }) {
      if left >= instalment.amount {
        left -= instalment.amount
      } else {
        missing.append(Instalment(due: instalment.due, amount: instalment.amount - left))
        left = .zero(paid.currency)
      }
    }
    return missing
  }
}
