import Ledger
import Receivables
import Units

// What is seen of promises and plans: kept, broken, completed. A cycle records it, so that it is known from then on
// whatever the ledger shows later.
extension Docket {
  /// By payer, the scopes with promises and plans of which nothing is recorded yet. Where a customer has got another payer
  /// since, both are asked.
  static func awaited(_ history: ContactHistory, _ accounts: Accounts) -> [String: [Scope]] {
    var awaited: [String: [Scope]] = [:]
    for scope in history.restingScopes.sorted() {
      let rests = (history.rests[scope] ?? []).filter(\.isAwaited).map(\.rest)
      if rests.isEmpty { continue }
      let customers = [scope.customer] + rests.flatMap { $0.items.map(\.key.customer) }
      for payer in Set(customers.map { accounts.payer(of: $0) }) { awaited[payer, default: []].append(scope) }
    }
    return awaited
  }

  /// By item, where a rest stands that names it and that nobody would find any more: under the payer that its customer had
  /// then.
  static func movedRests(_ history: ContactHistory, _ accounts: Accounts) -> [ItemKey: [Scope]] {
    var moved: [ItemKey: [Scope]] = [:]
    for scope in history.restingScopes.sorted() {
      guard case .customer(let payer) = scope else { continue }
      for placed in history.rests[scope] ?? [] where placed.ended == nil {
        for key in placed.rest.items.map(\.key)
        where key.customer != payer && accounts.hasOtherPayer(key.customer, than: payer) {
          if moved[key]?.contains(scope) != true { moved[key, default: []].append(scope) }
        }
      }
    }
    return moved
  }

  /// Of promises and plans whose customer owes nothing any more in that currency, so that no group saw them: they were
  /// kept. Not as long as a row of the customer cannot be read.
  func outcomesWithoutAccount(besides seen: Set<String>) -> [RestEnd] {
    Set(awaited.values.joined()).sorted().flatMap { scope in
      (past.history.rests[scope] ?? []).compactMap { placed in
        guard placed.isAwaited, !seen.contains(placed.rest.id), let amount = placed.rest.amount,
          !placed.rest.isProposal, strayCustomers.isDisjoint(with: placed.rest.items.map(\.key.customer)),
          placed.rest.items.allSatisfy({ quarantine.row(for: $0.key, payer: scope.customer) == nil })
        else { return nil }
        return placed.outcome(placed.rest.kind == .plan ? "completed" : "kept", paid: amount)
      }
    }
  }

  /// Whose invoices stand in the books without a row of their own.
  private var strayCustomers: Set<String> { Set(accounts.strays.map(\.key.customer)) }
}

extension GroupCase {
  /// What has become of the promises and plans of these scopes, in this currency.
  ///
  /// - Returns: `seen`: the ids of all that it knows of, whatever has become of them.
  func outcomes(of scopes: [Scope]) -> (seen: [String], ends: [RestEnd]) {
    var seen: [String] = []
    var ends: [RestEnd] = []
    for placed in scopes.flatMap({ history.rests[$0] ?? [] }) where placed.isAwaited {
      guard placed.rest.amount?.currency == account.currency else {
        // As long as its items are open in another one it was not kept.
        if placed.rest.items.contains(where: { openByKey[$0.key]?.isPositive ?? false }) { seen.append(placed.rest.id) }
        continue
      }
      seen.append(placed.rest.id)
      if let end = outcome(of: placed) { ends.append(end) }
    }
    return (seen, ends)
  }

  private func outcome(of placed: PlacedRest) -> RestEnd? {
    guard case .over(let last, let ending) = state(of: placed), let paid = paid(placed.rest) else { return nil }
    switch ending {
    case .ended: return placed.rest.isProposal ? placed.outcome("lapsed", paid: nil) : nil
    case .kept: return placed.outcome(placed.rest.kind == .plan ? "completed" : "kept", paid: paid)
    case .broken:
      let isPartly = placed.rest.kind == .promise && paid.isPositive
      var end = placed.outcome(isPartly ? "partly_kept" : "broken", paid: paid)
      end.until = last
      return end
    }
  }
}

extension PlacedRest {
  /// A promise or a plan of which nothing is recorded yet.
  var isAwaited: Bool {
    ended == nil && (rest.kind == .promise || rest.kind == .plan) && rest.amount != nil
      && !rest.id.isEmpty
  }

  fileprivate func outcome(_ word: String, paid: Money?) -> RestEnd {
    RestEnd(kind: rest.kind, scope: rest.scope, id: rest.id, by: "dunningd", outcome: word, paid: paid, text: nil)
  }
}
