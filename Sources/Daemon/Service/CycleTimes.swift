import Settings
import Units

extension CycleSettings.Timing {
  /// When the next cycle is due, after one that began at `last`. A time that is past by now is due now: cycles that were
  /// missed are not made up for one by one.
  ///
  /// - Parameter zone: the company's.
  package func next(after last: Instant, zone: Zone) -> Instant {
    switch self {
    case .every(let span): return last + span
    case .at(let times):
      let today = zone.day(last)
      for day in [today, today + 1] {
        for time in times {
          let instant = zone.instant(day: day, time: time)
          if instant > last { return instant }
        }
      }
      // Only where clocks are set so that every time of two days falls together; look again in an hour.
      return last + .hours(1)
    }
  }
}
