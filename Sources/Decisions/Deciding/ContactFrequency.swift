import Ledger
import Units

/// How often a group may be contacted: caps, gaps and deadlines, counted over what was sent or may have been sent.
struct ContactFrequency {
  let group: GroupKey
  let calendar: PayerCalendar
  let policy: Policy
  /// Contacts to the group that may have reached it.
  private let toGroup: [PastContact]
  /// Days with a notice, or a reminder, to the payer or one of its addresses, in any currency.
  private let noticeDays: Set<Day>
  private let reminderDays: Set<Day>

  init(_ group: GroupKey, addresses: [String], _ history: ContactHistory, _ calendar: PayerCalendar, _ policy: Policy) {
    self.group = group
    self.calendar = calendar
    self.policy = policy
    func reached(_ ids: [String]?) -> [PastContact] {
      (ids ?? []).compactMap { history.contact($0) }.filter { contact in
        guard contact.mayHaveReached else { return false }
        // What is to be sent once more must not stand in its own way.
        return contact.standing == .made || contact.items.contains { policy.inDoubt(of: $0) != .resend }
      }
    }
    toGroup = reached(history.groups[group])
    var notices: Set<Day> = []
    var reminders: Set<Day> = []
    for ids in [history.payers[group.payer]] + addresses.map({ history.addresses[$0.lowercased()] }) {
      for contact in reached(ids) {
        switch contact.kind {
        case .notice: notices.insert(calendar.zone.day(contact.at))
        case .reminder: reminders.insert(calendar.zone.day(contact.at))
        case .invoice: break
        }
      }
    }
    noticeDays = notices
    reminderDays = reminders
  }

  /// A deadline that was given to the group and has not passed, banking days for the money to post included.
  func deadlineRunning(on day: Day) -> (deadline: Day, until: Day)? {
    let deadlines = toGroup.filter { $0.kind == .notice }.compactMap(\.deadline)
    guard let deadline = deadlines.max() else { return nil }
    let posted = calendar.bankingDay(Self.postingDays, after: deadline)
    return day <= posted ? (deadline, calendar.openDay(onOrAfter: posted + 1)) : nil
  }

  /// Banking days that money which was paid on the deadline takes to be posted.
  static let postingDays = 2

  /// Why a contact of that kind would come too soon on `day`, and the first day on which it would not.
  func tooSoon(_ kind: ContactKind, on day: Day) -> (why: Ground.Frequency, last: Day, until: Day)? {
    switch kind {
    case .invoice: return nil
    case .notice:
      if let gap = gap(on: day) { return gap }
      return cap(noticeDays, on: day)
    case .reminder:
      let today = toGroup.contains { $0.kind == .reminder && calendar.zone.day($0.at) == day }
      if today { return (.sameDay, day, day + 1) }
      return cap(reminderDays, on: day)
    }
  }

  private func gap(on day: Day) -> (why: Ground.Frequency, last: Day, until: Day)? {
    let days = policy.contact.minGapDays
    guard let last = toGroup.filter({ $0.kind == .notice }).map({ calendar.zone.day($0.at) }).max(),
      day < last + days
    else { return nil }
    return (.gap(days: days), last, last + days)
  }

  /// `at_most 1 per 7d` looks at the day itself and the six before. A day that has one already may have another, so
  /// that two currencies can go on one day.
  private func cap(_ days: Set<Day>, on day: Day) -> (why: Ground.Frequency, last: Day, until: Day)? {
    let rule = policy.contact.atMost
    func isFull(_ day: Day) -> Bool { days.count { $0 > day - rule.days && $0 < day } >= rule.contacts }
    guard isFull(day), let last = days.filter({ $0 <= day }).max() else { return nil }
    var until = day + 1
    while isFull(until) { until = until + 1 }
    return (.cap(rule), last, until)
  }

  /// The first day at or after `day` on which a contact of that kind can really go.
  func firstDay(for kind: ContactKind, from day: Day) -> Day {
    var day = calendar.openDay(onOrAfter: day)
    guard kind != .invoice else { return day }
    // Each turn moves on by at least a day; a year is more than any cap, gap or deadline lasts.
    for _ in 0..<OpenDays.searchDaysMax {
      let next =
        kind == .notice
        ? deadlineRunning(on: day)?.until ?? tooSoon(kind, on: day)?.until : tooSoon(kind, on: day)?.until
      guard let next else { return day }
      day = calendar.openDay(onOrAfter: next)
    }
    return day
  }
}
