import Ledger
import Units

// When a step that a person does, such as a call, comes up.
extension GroupCase {
  /// Its next step is done by a person.
  func isTask(_ item: ItemCase) -> Bool {
    item.next.flatMap { channel(of: $0.stepCase) }.map { !$0.isAutomatic } ?? false
  }

  /// A call knows what else went, so only the notice before it keeps it waiting: else what is sent about other invoices
  /// would put it off again and again.
  func tooSoonForTask(_ item: ItemCase) -> (why: Ground.Frequency, last: Day, until: Day)? {
    guard item.next?.stepCase.kind == .notice,
      let last = item.progress.done.last(where: { $0.item.level >= 1 }).map({ calendar.zone.day($0.at) })
    else { return nil }
    let gap = policy.contact.minGapDays
    if today < last + gap { return (.gap(days: gap), last, last + gap) }
    return last == today ? (.sameDay, today, today + 1) : nil
  }

  /// The first day at or after `day` on which its next step can really be done.
  func firstDay(of item: ItemCase, from day: Day) -> Day {
    guard let prospect = item.prospect else { return day }
    guard isTask(item) else { return frequency.firstDay(for: prospect, from: day) }
    var first = day
    if let last = item.progress.done.last(where: { $0.item.level >= 1 }) {
      first = max(first, calendar.zone.day(last.at) + max(1, policy.contact.minGapDays))
    }
    if let running = frequency.deadlineRunning(for: prospect, on: first) { first = max(first, running.until) }
    return first
  }
}
