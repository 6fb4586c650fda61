import Ledger
import Units

/// A contact that is thought of, and which earlier ones it need not mind.
struct Prospect {
  var kind: ContactKind
  /// The doubtful contact that it repeats: what is to be sent once more must not stand in its own way.
  var again: String?
  /// With one message an invoice, today's messages about other invoices do not count: the contacts about this one.
  var only: [String]?
  /// A person wants it now, so that it waits for no cap; it counts for later ones.
  var isAskedFor = false
}

/// How often a group may be contacted: caps, gaps and deadlines, counted over what was sent or may have been sent.
final class ContactFrequency {
  private struct Counted {
    let id: String
    let kind: ContactKind
    let day: Day
    let deadline: Day?
  }

  /// What counts of some contacts: a group may have thousands, and each of its items asks.
  private struct Sum {
    var last: Day?
    var deadline: Day?

    mutating func add(_ past: Counted) {
      last = max(last ?? past.day, past.day)
      if let new = past.deadline { deadline = max(deadline ?? new, new) }
    }
  }

  let calendar: PayerCalendar
  private var rules: ContactRules { calendar.rules }
  /// Contacts to the group.
  private let toGroup: [Counted]
  /// Contacts to the payer or one of its addresses, in any currency; some stand here twice.
  private let toAnyone: [Counted]
  private var sums: [ContactKind: Sum] = [:]
  /// Without today's.
  private var earlierSums: [ContactKind: Sum] = [:]
  private var days: [ContactKind: Set<Day>] = [:]

  init(
    _ group: GroupKey, addresses: [String], _ past: Past, _ calendar: PayerCalendar
  ) {
    self.calendar = calendar
    func reached(_ ids: [String]?, byMail: Bool = false) -> [Counted] {
      guard let ids else { return [] }
      return ids.compactMap { id in
        // A letter in the outbox may go any moment.
        guard let contact = past.history.contact(id), contact.mayHaveReached || contact.standing == .outbox else {
          return nil
        }
        // Where the mail failed and a letter went instead, nobody at that address has it.
        if byMail, contact.channel != .email { return nil }
        return Counted(id: id, kind: contact.kind, day: calendar.zone.day(contact.at), deadline: contact.deadline)
      }
    }
    toGroup = reached(past.history.groups[group])
    var toAnyone = reached(past.history.payers[group.payer])
    for address in addresses { toAnyone += reached(past.history.addresses[address.lowercasedAddress], byMail: true) }
    self.toAnyone = toAnyone
    for contact in toGroup {
      sums[contact.kind, default: Sum()].add(contact)
      if contact.day != calendar.today { earlierSums[contact.kind, default: Sum()].add(contact) }
    }
    for contact in toAnyone { days[contact.kind, default: []].insert(contact.day) }
  }

  /// A deadline that was given to the group and has not passed, banking days for the money to post included.
  func deadlineRunning(for prospect: Prospect, on day: Day) -> (deadline: Day, until: Day)? {
    guard prospect.kind == .notice, !toGroup.isEmpty,
      let deadline = sum(prospect, on: day).deadline
    else { return nil }
    let posted = calendar.bankingDay(Self.postingDays, after: deadline)
    return day <= posted ? (deadline, calendar.openDay(onOrAfter: posted + 1)) : nil
  }

  /// Banking days that money which was paid on the deadline takes to be posted.
  static let postingDays = 2

  /// Why a contact would come too soon on `day`, and the first day on which it would not.
  func tooSoon(_ prospect: Prospect, on day: Day) -> (why: Ground.Frequency, last: Day, until: Day)? {
    if prospect.kind == .invoice || prospect.isAskedFor || toAnyone.isEmpty && toGroup.isEmpty { return nil }
    if let last = sum(prospect, on: day).last {
      let gap = rules.minGapDays
      if prospect.kind == .notice, day < last + gap { return (.gap(days: gap), last, last + gap) }
      if last == day { return (.sameDay, day, day + 1) }
    }
    return prospect.kind == .thanks ? nil : cap(prospect, on: day)
  }

  /// The group's contacts of that kind which the prospect minds on `day`.
  private func sum(_ prospect: Prospect, on day: Day) -> Sum {
    let only = day == calendar.today ? prospect.only : nil
    if prospect.again == nil {
      guard let only else { return sums[prospect.kind] ?? Sum() }
      if only.isEmpty { return earlierSums[prospect.kind] ?? Sum() }
    }
    var sum = Sum()
    for past in toGroup where past.kind == prospect.kind && past.id != prospect.again {
      if past.day != calendar.today || only?.contains(past.id) ?? true { sum.add(past) }
    }
    return sum
  }

  /// `at_most 1 per 7d` looks at the day itself and the six before. A day that has one already may have another, so
  /// that two currencies can go on one day.
  private func cap(_ prospect: Prospect, on day: Day) -> (why: Ground.Frequency, last: Day, until: Day)? {
    let rule = rules.atMost
    var days = days[prospect.kind] ?? []
    if let again = prospect.again {
      days = Set(toAnyone.filter { $0.kind == prospect.kind && $0.id != again }.map(\.day))
    }
    func isFull(_ day: Day) -> Bool { days.count { $0 > day - rule.days && $0 < day } >= rule.contacts }
    guard isFull(day), let last = days.filter({ $0 < day }).max() else { return nil }
    var until = day + 1
    while isFull(until) { until = until + 1 }
    return (.cap(rule), last, until)
  }

  /// The first day at or after `day` on which the contact can really go.
  func firstDay(for prospect: Prospect, from day: Day) -> Day {
    var day = calendar.openDay(onOrAfter: day)
    if toAnyone.isEmpty, toGroup.isEmpty { return day }
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
