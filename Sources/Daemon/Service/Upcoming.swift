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

  /// So many are told.
  static let most = 5

  /// The earliest of a verdict, by day, then payer and item.
  static func first(_ decisions: [Decision]) -> [Upcoming] {
    var first: [Upcoming] = []
    for decision in decisions {
      guard let step = decision.step, let day = decision.day else { continue }
      if first.count == most, let last = first.last, last.day <= day { continue }
      let upcoming = Upcoming(key: decision.key, payer: decision.payer, step: step.name, day: day)
      // Decisions come by payer and item, so a later one of the same day stands behind.
      let place = first.firstIndex { day < $0.day } ?? first.count
      first.insert(upcoming, at: place)
      if first.count > most { first.removeLast() }
    }
    return first
  }
}

extension Decision {
  /// The day on which it can really go; nil where that is not known, or it waits for something else than time.
  fileprivate var day: Day? {
    switch reason {
    case .notYet, .tooSoon, .deadlineRunning, .retryLater, .outsideHours: break
    default: return nil
    }
    switch until {
    case .day(let day): return day
    case .instant(let instant): return (zone ?? .utc).day(instant)
    case nil: return nil
    }
  }
}
