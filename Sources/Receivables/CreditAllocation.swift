import Units

/// How unapplied credit is spread over the items of an account.
///
/// To the invoice that its reference names; else to the one open invoice of exactly that amount; else by due date and
/// number. Items that rest, and the contested part of others, take it last, so that a held or disputed invoice does not
/// swallow what would spare the customer a reminder.
package struct CreditAllocation: Sendable {
  /// What each item got, in their order.
  package let applied: [Money]
  /// What no item could take.
  package let left: Money

  /// - Parameters:
  ///   - items: of one account, as it has them; settled ones may be left out.
  ///   - contested: the disputed part of the item at that index.
  ///   - resting: whether the item at that index takes credit last.
  package init(
    _ credits: [UnappliedCredit], to items: [OpenItem], in currency: Currency,
    contested: (Int) -> Money? = { _ in nil }, resting: (Int) -> Bool
  ) {
    guard !credits.isEmpty else {
      applied = Array(repeating: .zero(currency), count: items.count)
      left = .zero(currency)
      return
    }
    var need = items.map(\.open.minor)
    var applied = Array(repeating: 0, count: items.count)
    var free: [Int] = []

    func give(_ amount: inout Int, to index: Int, keeping kept: Int = 0) {
      let part = max(0, min(amount, need[index] - kept))
      need[index] -= part
      applied[index] += part
      amount -= part
    }

    for credit in credits {
      var amount = credit.amount.minor
      if let reference = credit.reference {
        for index in items.indices where items[index].key.number == reference { give(&amount, to: index) }
      }
      if amount > 0 { free.append(amount) }
    }
    for index in free.indices {
      let exact = items.indices.filter { need[$0] > 0 && need[$0] == free[index] }
      if exact.count == 1 { give(&free[index], to: exact[0]) }
    }
    var rest = free.reduce(0, +)
    if rest > 0 {
      // The account's items stand by due date and number already.
      for index in items.indices where !resting(index) { give(&rest, to: index, keeping: contested(index)?.minor ?? 0) }
      for index in items.indices { give(&rest, to: index) }
    }
    self.applied = applied.map { Money(minor: $0, currency) }
    left = Money(minor: rest, currency)
  }
}
