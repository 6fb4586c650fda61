import Units

/// A group with items that are to be contacted now, before the size of the cycle is known.
struct DueGroup {
  /// Where it stands among the docket's payers, and among that payer's accounts.
  var payer = 0
  var account = 0
  /// Items that are due, and the messages that they make.
  var items: Int
  var contacts: Int
  /// Whether one of them stands on an approved list.
  var hasListed: Bool
  /// Where the group's decisions begin in the verdict's.
  var offset: Int

  /// With so many decisions before those of its part.
  func behind(_ count: Int) -> DueGroup {
    var due = self
    due.offset += count
    return due
  }
}

extension Docket {
  /// What is sent to these groups, and until when that stands.
  func contacts(
    of groups: ArraySlice<DueGroup>
  ) -> (contacts: [PlannedContact], standsUntil: Instant?) {
    let calendars = PayerCalendars(policy, now: now)
    var contacts: [PlannedContact] = []
    contacts.reserveCapacity(groups.count)
    for due in groups {
      let group = group(due, calendars)
      contacts += MessagePlan(group: group).contacts(for: group.dueItems)
    }
    return (contacts, calendars.horizon.end)
  }

  /// The group again, for its contacts: between the two looks at it only a few numbers are kept.
  func group(_ due: DueGroup, _ calendars: PayerCalendars) -> GroupCase {
    let calendar = accounts.readPayer(due.payer, calendars.calendar(of:))
    let all = accounts.accounts(of: due.payer, on: calendar.today, companyDay: companyDay)
    return GroupCase(all[due.account], calendar, self, otherCredits: Docket.credits(of: all, but: due.account))
  }
}
