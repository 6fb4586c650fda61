import Decisions
import Ledger
import Units

/// A contact that comes next if nothing else happens.
package struct Upcoming: Sendable, Equatable {
  package var key: ItemKey
  package var payer: String
  package var step: String
  /// With the payer.
  package var day: Day

  /// Nil where no step comes next, or it waits for something else than time.
  init?(_ decision: Decision) {
    guard let step = decision.step, let day = decision.day else { return nil }
    key = decision.key
    payer = decision.payer
    self.step = step.name
    self.day = day
  }
}
