import Ledger
import Units

// Where the steps of one group take several channels: what goes first, and what need not wait.
extension GroupCase {
  /// What goes today of one kind.
  struct Leader {
    var channel: Channel
    var level: Int
    var day: Int
    /// The first day on which something else can go.
    var until: Day
  }

  /// A group gets one notice and one reminder a day, whatever channels its steps take: the highest step goes, and what
  /// takes another channel waits. One message of a channel bears all that is due by it.
  func behindChannel(_ item: ItemCase) -> Finding? {
    guard docket.schedules.takeSeveralChannels, let channel = channelTaken(item), let kind = item.next?.stepCase.kind,
      let leader = leaders[kind], leader.channel != channel, findingAlone(for: item).ground == .contact
    else { return nil }
    return Finding(
      .tooSoon(.behindChannel(leader.channel), last: today, until: leader.until),
      Rule("contact.at_most", policy.contact.places.atMost), until: .day(leader.until))
  }

  func findLeaders() -> [ContactKind: Leader] {
    var leaders: [ContactKind: Leader] = [:]
    for item in cases {
      guard let next = item.next, let channel = channelTaken(item), findingAlone(for: item).ground == .contact else {
        continue
      }
      let (kind, step) = (next.stepCase.kind, next.step)
      if let leader = leaders[kind], (leader.level, leader.day) >= (step.level, step.day) { continue }
      leaders[kind] = Leader(channel: channel, level: step.level, day: step.day, until: dayAfter(step))
    }
    return leaders
  }

  /// The channel of an item that shares its messages with others; nil where it does not, or has none.
  private func channelTaken(_ item: ItemCase) -> Channel? {
    guard let next = item.next, !item.isStandIn, item.again == nil, item.schedule?.consolidation == .payer,
      next.stepCase.kind == .notice || next.stepCase.kind == .reminder, next.opens <= today,
      let channel = channel(of: next.stepCase), channel.isAutomatic
    else { return nil }
    return channel
  }

  /// The first day on which another contact of its kind can go, once `step` went today.
  private func dayAfter(_ step: Step) -> Day {
    let cap = policy.contact.atMost
    var days = cap.contacts == 1 ? max(1, cap.days) : 1
    if step.kind == .notice { days = max(days, policy.contact.minGapDays) }
    var first = today + days
    if step.kind == .notice, let deadline = step.deadlineDays {
      first = max(first, calendar.bankingDay(ContactFrequency.postingDays, after: today + deadline) + 1)
    }
    return calendar.openDay(onOrAfter: first)
  }

  // MARK: - What a person does

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
