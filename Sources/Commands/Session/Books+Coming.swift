import Ledger
import Units

extension Books {
  /// Money that is dated later than a day, and counts from its own day on.
  func coming(after day: Day) -> [Payment] { payments.filter { $0.date > day && $0.amount.isPositive } }
}
