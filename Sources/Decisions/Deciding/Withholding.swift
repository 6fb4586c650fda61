import Ledger
import Receivables
import Units

/// Days on which a hold or a dispute rests the whole of an item that a promise or plan covers.
///
/// Who rightly withholds it breaks nothing by that; and once he withholds it no longer he has the days of grace anew.
struct Withholding {
  /// Nil where nobody can say since when: the ledger contests it.
  var begins: Day?
  /// The first day after it, `resume_after` included; nil while its end is open.
  var resumes: Day?
}

extension GroupCase {
  /// The last day on which the money of a promise or plan may come that is due on `due`; nil while something withholds it
  /// that has no end yet.
  ///
  /// - Parameter grace: the last day of grace for what is due on a day.
  func lastDay(of pledge: PlacedRest, due: Day, grace: (Day) -> Day) -> Day? {
    var last = grace(due)
    // What begins once it is broken mends nothing.
    for withholding in withholdings(of: pledge) where withholding.begins.map({ $0 <= last }) ?? true {
      guard let resumes = withholding.resumes else { return nil }
      last = max(last, grace(resumes))
    }
    return last
  }

  /// Those since it was made, in the order in which they began.
  private func withholdings(of pledge: PlacedRest) -> [Withholding] {
    if let known = knownWithholdings[pledge.rest.id] { return known }
    let made = calendar.zone.day(pledge.placed)
    let found = pledge.rest.items.compactMap { openItemByKey[$0.key] }.flatMap { withholdings(of: $0, since: made) }
      .sorted { a, b in
        guard let first = a.begins, let second = b.begins else { return a.begins == nil && b.begins != nil }
        return first < second
      }
    knownWithholdings[pledge.rest.id] = found
    return found
  }

  private func withholdings(of item: OpenItem, since made: Day) -> [Withholding] {
    let left = openByKey[item.key] ?? .zero(item.open.currency)
    let rests = placedRests(on: item.key)
    var found: [Withholding] = []
    var isDisputed = false
    for placed in rests where placed.rest.kind == .hold || placed.rest.kind == .dispute {
      guard isWhole(placed, item, left) else { continue }
      // Nothing is left to be withheld.
      if !left.isPositive, placed.ended == nil { continue }
      let resumes = left.isPositive ? resumes(placed, item) : resumes(placed)
      if let resumes, resumes <= made { continue }
      if placed.rest.kind == .dispute, resumes.map({ today < $0 }) ?? true { isDisputed = true }
      found.append(Withholding(begins: calendar.zone.day(placed.placed), resumes: resumes))
    }
    // In the ledger, or by several that contest a part each.
    let isInLedger = item.disputed.isPositive && item.disputed >= left
    let isInParts = !isDisputed && disputedPart(of: item, rests) >= left
    if left.isPositive, isInLedger || isInParts { found.append(Withholding(begins: nil, resumes: nil)) }
    return found
  }

  /// Whether it is about the whole of what is left of the item, or was when it was placed.
  private func isWhole(_ placed: PlacedRest, _ item: OpenItem, _ left: Money) -> Bool {
    guard let amount = placed.rest.amount, amount.currency == left.currency else { return true }
    let then = placed.rest.items.first { $0.key == item.key }?.open
    return left.isPositive && amount >= left || then.map { $0.currency == amount.currency && amount >= $0 } ?? false
  }
}
