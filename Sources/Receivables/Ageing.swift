import Units

/// What is open by how long it has been due: due today is current, unapplied credit stands in a line of its own and is
/// taken from no bucket.
package struct Ageing: Sendable, Equatable {
  /// Days past due from the first to the last; nil is without end.
  package struct Bucket: Sendable, Equatable {
    package let first: Int
    package let last: Int?
    package internal(set) var count = 0
    package internal(set) var amount: Money

    init(_ first: Int, _ last: Int?, _ currency: Currency) {
      self.first = first
      self.last = last
      amount = .zero(currency)
    }

    package var isCurrent: Bool { first == 0 }

    /// `current`, `1-30`, `91+`.
    package var name: String { isCurrent ? "current" : last.map { "\(first)-\($0)" } ?? "\(first)+" }
  }

  /// By age; all of them, empty ones too.
  package private(set) var buckets: [Bucket]
  /// Sum of the unapplied credit.
  package let credits: Money

  /// The last days of all buckets but the last one.
  package static let bounds = [30, 60, 90]

  package init(_ account: Account) {
    var buckets = [Bucket(0, 0, account.currency)]
    var first = 1
    for last in Self.bounds {
      buckets.append(Bucket(first, last, account.currency))
      first = last + 1
    }
    buckets.append(Bucket(first, nil, account.currency))
    for item in account.items where item.open.isPositive {
      let days = item.daysPastDue ?? 0
      guard let index = buckets.lastIndex(where: { $0.first <= days }) else { continue }
      buckets[index].count += 1
      buckets[index].amount += item.open
    }
    self.buckets = buckets
    credits = account.credits.reduce(.zero(account.currency)) { $0 + $1.amount }
  }

  /// What is open past its due date.
  package var overdue: Money {
    buckets.dropFirst().reduce(.zero(credits.currency)) { $0 + $1.amount }
  }
}
