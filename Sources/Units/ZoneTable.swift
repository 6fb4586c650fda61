/// The transitions of one zone, looked up by binary search.
///
/// A rule for the future (`ZoneRule`) is laid out for 400 years, in which the Gregorian calendar repeats itself to the
/// day and the weekday; every other year is looked up at its place in them. So there is one way to look up, and it
/// allocates nothing.
final class ZoneTable: Sendable {
  static let secondsPerDay = 86_400
  /// 400 Gregorian years: 146 097 days, which are whole weeks.
  static let cycle = 146_097 * secondsPerDay
  /// No offset is larger (RFC 8536 section 3.2 suggests -24:59:59...25:59:59).
  static let offsetMax = 26 * 3600

  /// Ascending, in seconds since 1970.
  private let transitions: [Int]
  /// Seconds east of UTC: `offsets[0]` before all transitions, `offsets[i + 1]` from `transitions[i]` on.
  private let offsets: [Int]
  /// Times outside of it are moved into it by whole cycles.
  private let tabled: Range<Int>

  /// A zone with one offset for all time.
  init(offset: Int) {
    transitions = []
    offsets = [offset]
    tabled = Int.min..<Int.max
  }

  /// `changes` ascend; `rule` holds after the last of them, or for all time when there are none.
  init(initial: Int, changes: [ZoneChange], rule: ZoneRule?) {
    var transitions: [Int] = []
    var offsets = [initial]
    func append(_ change: ZoneChange) {
      // A change of name only (war time to peace time) is none for the clock.
      guard change.offset != offsets[offsets.count - 1] else { return }
      transitions.append(change.at)
      offsets.append(change.offset)
    }
    for change in changes { append(change) }

    var tabled = Int.min..<Int.max
    if let rule {
      if rule.saving == nil {
        if changes.isEmpty { offsets = [rule.offset] }
      } else {
        // Two years before and after, since a rule's times may reach over the turn of a year.
        let lastChange = changes.last?.at
        let year = lastChange.map { Day(number: Instant.floored($0, ZoneTable.secondsPerDay)).components.year } ?? 1970
        for change in rule.changes(in: (year - 2)...(year + 404)) where change.at > lastChange ?? Int.min {
          append(change)
        }
        let end = Day.first(of: year + 402).number * ZoneTable.secondsPerDay
        tabled = (lastChange == nil ? end - ZoneTable.cycle : Int.min)..<end
      }
    }
    self.transitions = transitions
    self.offsets = offsets
    self.tabled = tabled
  }

  func offset(at seconds: Int) -> Int {
    offsets[segment(at: seconds + shift(of: seconds))]
  }

  /// The first instant whose local time is `local` seconds since 1970-01-01T00:00 on the clock; after a gap, its end.
  func instant(local: Int) -> Int {
    let earliest = local - ZoneTable.offsetMax
    let shift = shift(of: earliest)
    let local = local + shift
    var segment = segment(at: earliest + shift)
    while true {
      let instant = local - offsets[segment]
      // The segments before end before this local time; if this one begins after it, the clocks skipped it.
      if segment > 0, instant < transitions[segment - 1] { return transitions[segment - 1] - shift }
      if segment == transitions.count || instant < transitions[segment] { return instant - shift }
      segment += 1
    }
  }

  /// What to add to `seconds` so that it lies in `tabled`.
  private func shift(of seconds: Int) -> Int {
    if seconds >= tabled.upperBound {
      return -((seconds - tabled.upperBound) / ZoneTable.cycle + 1) * ZoneTable.cycle
    }
    if seconds < tabled.lowerBound {
      return ((tabled.lowerBound - 1 - seconds) / ZoneTable.cycle + 1) * ZoneTable.cycle
    }
    return 0
  }

  /// How many transitions are at or before `seconds`.
  private func segment(at seconds: Int) -> Int {
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// A moment from which a zone's offset is another.
struct ZoneChange: Equatable, Sendable {
  /// Seconds since 1970.
  let at: Int
  /// Seconds east of UTC from then on.
  let offset: Int
}
