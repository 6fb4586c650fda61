import Units

/// How long a verdict stands as long as books, history and policy are the same: until the first instant that anything
/// looked at while it was made would look different.
///
/// That is the next midnight somewhere, the next opening or closing of hours, or the end of a wait. Every comparison of
/// an instant with now goes through `isAhead`, so none is forgotten.
final class Horizon {
  let now: Instant
  private(set) var end: Instant?
  /// The earliest end of a wait that keeps an item from going: within a day, when no hours begin.
  private(set) var waitEnd: Instant?

  init(now: Instant) { self.now = now }

  /// Whether `instant` is still to come; then nothing stands beyond it.
  func isAhead(_ instant: Instant) -> Bool {
    guard now < instant else { return false }
    end = min(end ?? instant, instant)
    return true
  }

  /// The same of the end of a wait.
  func isWaiting(until instant: Instant) -> Bool {
    guard isAhead(instant) else { return false }
    waitEnd = min(waitEnd ?? instant, instant)
    return true
  }

  /// Nothing stands at all: on a day on which the clocks change, what they show comes twice or not at all.
  func close() { end = now }
}

extension PayerCalendar {
  /// Nothing stands beyond a change of the day or of open and closed here.
  func bound(_ horizon: Horizon) {
    let midnight = zone.instant(day: today + 1, time: .midnight)
    guard zone.offset(at: zone.instant(day: today, time: .midnight)) == zone.offset(at: midnight) else {
      return horizon.close()
    }
    _ = horizon.isAhead(midnight)
    _ = horizon.isAhead(zone.instant(day: today, time: rules.opens))
    _ = horizon.isAhead(zone.instant(day: today, time: rules.closes))
  }
}
