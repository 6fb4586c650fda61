import Ledger
import Units

/// A contact that is thought of, and which earlier ones it need not mind.
struct Prospect {
  var kind: ContactKind
  /// The doubtful contact that it repeats: what is to be sent once more must not stand in its own way.
  var again: String?
  /// With one message an invoice, the day's messages about other invoices do not count.
  var only: ItemKey?
}

/// How often a group may be contacted: caps, gaps and deadlines, counted over what was sent or may have been sent.
struct ContactFrequency {
  private struct Past {
    let contact: PastContact
    let day: Day
  }

  let calendar: PayerCalendar
  let policy: Policy
  /// Contacts to the group.
  private let toGroup: [Past]
  /// Contacts to the payer or one of its addresses, in any currency; some stand here twice.
  private let toAnyone: [Past]

  init(_ group: GroupKey, addresses: [String], _ history: ContactHistory, _ calendar: PayerCalendar, _ policy: Policy) {
    self.calendar = calendar
    self.policy = policy
    func reached(_ ids: [String]?) -> [Past] {
      (ids ?? []).compactMap { history.contact($0) }.filter(\.mayHaveReached).map {
        Past(contact: $0, day: calendar.zone.day($0.at))
      }
    }
    toGroup = reached(history.groups[group])
    toAnyone = reached(history.payers[group.payer]) + addresses.flatMap { reached(history.addresses[$0.lowercased()]) }
  }

  /// A deadline that was given to the group and has not passed, banking days for the money to post included.
  func deadlineRunning(for prospect: Prospect, on day: Day) -> (deadline: Day, until: Day)? {
    guard prospect.kind == .notice,
      let deadline = toGroup(prospect, on: day).compactMap(\.contact.deadline).max()
    else { return nil }
    let posted = calendar.bankingDay(Self.postingDays, after: deadline)
    return day <= posted ? (deadline, calendar.openDay(onOrAfter: posted + 1)) : nil
  }

  /// Banking days that money which was paid on the deadline takes to be posted.
  static let postingDays = 2

  /// Why a contact would come too soon on `day`, and the first day on which it would not.
  func tooSoon(_ prospect: Prospect, on day: Day) -> (why: Ground.Frequency, last: Day, until: Day)? {
    if prospect.kind == .invoice { return nil }
    if let last = toGroup(prospect, on: day).map(\.day).max() {
      let gap = policy.contact.minGapDays
      if prospect.kind == .notice, day < last + gap { return (.gap(days: gap), last, last + gap) }
      if last == day { return (.sameDay, day, day + 1) }
    }
    return cap(prospect, on: day)
  }

  /// The group's contacts of that kind which the prospect minds.
  private func toGroup(_ prospect: Prospect, on day: Day) -> [Past] {
    toGroup.filter { past in
      guard past.contact.kind == prospect.kind, past.contact.id != prospect.again else { return false }
      guard let only = prospect.only, past.day == day else { return true }
      return past.contact.items.contains { $0.key == only }
    }
  }

  /// `at_most 1 per 7d` looks at the day itself and the six before. A day that has one already may have another, so
  /// that two currencies can go on one day.
  private func cap(_ prospect: Prospect, on day: Day) -> (why: Ground.Frequency, last: Day, until: Day)? {
    let rule = policy.contact.atMost
    let days = Set(
      toAnyone.lazy.filter { $0.contact.kind == prospect.kind && $0.contact.id != prospect.again }.map(\.day))
    func isFull(_ day: Day) -> Bool { days.count { $0 > day - rule.days && $0 < day } >= rule.contacts }
    guard isFull(day), let last = days.filter({ $0 < day }).max() else { return nil }
    var until = day + 1
    while isFull(until) { until = until + 1 }
    return (.cap(rule), last, until)
  }

  /// The first day at or after `day` on which the contact can really go.
  func firstDay(for prospect: Prospect, from day: Day) -> Day {
    var day = calendar.openDay(onOrAfter: day)
    // Each turn moves on by at least a day; a year is more than any cap, gap or deadline lasts.
    for _ in 0..<OpenDays.searchDaysMax {
      guard let next = deadlineRunning(for: prospect, on: day)?.until ?? tooSoon(prospect, on: day)?.until else {
        return day
      }
      day = calendar.openDay(onOrAfter: next)
    }
    return day
  }
}
