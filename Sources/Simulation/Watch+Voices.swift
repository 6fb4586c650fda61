import Decisions
import Ledger
import Units

// Letters, calls, thanks, statements, and what is written about promises and plans.
extension Watch {
  // MARK: - Letters

  /// Ids of the letters that wait to be posted, sorted.
  var outbox: [String] { accounts.filter { $0.value.isInOutbox }.map(\.key).sorted() }

  /// After a cycle: what lies there to be posted still says what is so.
  mutating func checkOutbox() {
    for letter in outbox {
      guard let account = accounts[letter] else { continue }
      let home = home(of: account.intended.customer)
      checkAddresses(account.intended)
      checkLines(account.intended, home.day(clockNow), home)
    }
  }

  // MARK: - Calls

  /// Before it counts.
  mutating func checkCall(_ intended: IntendedContact, at time: Instant) {
    let today = home(of: intended.customer).day(time)
    for item in intended.invoices {
      if step(item)?.channel != .call { object(.truth, "a call is recorded for \(item.step), which is none") }
      checkStep(item, intended, today)
    }
  }

  // MARK: - Thanks

  mutating func checkThanks(_ intended: IntendedContact, _ today: Day, _ home: Home) {
    for thanked in intended.invoices {
      guard let item = seen.item(thanked.key), item.open == 0, item.paid > 0 else {
        object(.atRest, "thanks go for \(thanked.key.number), which was not paid")
        continue
      }
      for rest in rests(on: thanked.key, of: intended.customer)
      where (rest.kind == .hold || rest.kind == .dispute) && rest.amount == nil && isInForce(rest, today, home) {
        object(.atRest, "thanks go for \(thanked.key.number) though there is a \(rest.kind.rawValue) on it")
      }
      let before = (steps[thanked.key] ?? []).compactMap { accounts[$0] }.filter { account in
        account.counts && account.intended.contact != intended.contact && account.intended.kind == .thanks
      }
      if !before.isEmpty, !before.contains(where: { $0.doubts > 0 && mayResend($0.intended) }) {
        object(.once, "thanks go again for \(thanked.key.number)")
      }
    }
    if hasJustAnswered(intended.customer) {
      object(.atRest, "\(intended.customer) is thanked though an answer waits for a person")
    }
  }

  // MARK: - Statements

  /// One that a person asked for bears its day, that of a month its month: `statement-2026-05`.
  func isAskedFor(_ intended: IntendedContact) -> Bool {
    intended.schedule == StatementRules.scheduleName
      && intended.invoices.contains { $0.key.number.split(separator: "-").count > 3 }
  }

  mutating func checkStatement(_ intended: IntendedContact, _ today: Day, _ home: Home) {
    let isAskedFor = isAskedFor(intended)
    checkLines(intended, today, home, heedsAnswer: !isAskedFor)
    if isAskedFor {
      let group = "\(intended.customer) \(intended.currency)"
      if statementsAsked[group] == nil { object(.truth, "\(intended.contact) was asked for by nobody") }
    } else {
      checkFrequency(intended, today, home)
      if let day = policy.statement.day, today.components.day < day, today.components.day > 21 {
        object(.forgotten, "\(intended.contact) goes before the day of statements")
      }
      for other in others(than: intended)
      where other.intended.customer == intended.customer && other.intended.currency == intended.currency
        && other.intended.schedule == intended.schedule && !self.isAskedFor(other.intended)
        && other.reached.contains(where: { today - home.day($0) < 15 })
      {
        object(.once, "\(intended.customer) gets a statement so soon after \(other.intended.contact)")
      }
    }
    for item in intended.invoices {
      for (_, account) in made(item.key) where account.intended.contact != intended.contact {
        object(.once, "\(item.key.number) goes again")
      }
    }
  }

  // MARK: - Promises and plans

  mutating func checkPledge(_ intended: IntendedContact, _ today: Day, _ home: Home) {
    for item in intended.invoices {
      guard let rest = rests.first(where: { $0.id == item.key.number }), rest.ended == nil else {
        object(.atRest, "\(item.key.number) is written about, and is not in force")
        continue
      }
      if item.open.minor > mostOwed(rest, item.key.item) {
        object(
          .amount, "\(item.key.number) \(item.key.item): \(item.open.minor) of at most \(mostOwed(rest, item.key.item))"
        )
      }
      if item.anchor != .issued {
        if hasJustAnswered(intended.customer) {
          object(.atRest, "\(intended.customer) is written to though an answer waits for a person")
        }
        // What is paid, or gone from the ledger, is asked for by nobody.
        for key in rest.items.keys.sorted() where seen.item(key).map({ $0.open > 0 }) ?? false {
          for other in rests(on: key, of: intended.customer)
          where other.kind == .hold && isInForce(other, today, home) {
            object(.atRest, "\(item.key.number) is asked for though there is a hold on \(key.number)")
          }
        }
      }
      if item.level >= 1, today < item.anchorDate + item.day {
        object(.forgotten, "\(item.key.number) gets \(item.step) before its day")
      }
      for (done, account) in made(item.key) where done.step == item.step && account.intended.contact != intended.contact
      {
        if mayResend(account.intended), account.doubts > 0 { continue }
        object(.once, "\(item.key.number) \(item.key.item) is to get step \(item.step) again")
      }
    }
  }

  /// Minor units that may be asked for on a promise, a proposal or one instalment.
  private func mostOwed(_ rest: Rest, _ instalment: String) -> Int {
    let paid = paid(rest)
    guard !rest.isProposal, rest.kind == .plan else { return max(0, (rest.amount ?? 0) - (rest.isProposal ? 0 : paid)) }
    var left = paid
    for (index, one) in rest.instalments.sorted(by: { $0.due < $1.due }).enumerated() {
      let missing = max(0, one.amount.minor - left)
      left = max(0, left - one.amount.minor)
      if String(index + 1) == instalment { return missing }
    }
    return 0
  }
}
