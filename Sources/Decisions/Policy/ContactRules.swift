import Units

/// `[contact]`: whom, when and how often, for every schedule.
package struct ContactRules: Sendable {
  package enum Holidays: Sendable, Equatable {
    /// The customer's country and the company's.
    case country
    /// These calendars, whoever the customer is; none at all when empty.
    case calendars([String])
  }

  package enum FirstCycle: String, Sendable, CaseIterable { case approve, send }

  /// At most so many days with a notice (and as many with a reminder) in so many days.
  package struct Cap: Sendable, Equatable {
    package var contacts: Int
    package var days: Int

    package init(contacts: Int, days: Int) {
      self.contacts = contacts
      self.days = days
    }
  }

  /// Wall-clock hours in the customer's zone: from the first until before the second.
  package var opens = ClockTime(text: "10:00")!  // a literal that reads
  package var closes = ClockTime(text: "16:00")!  // a literal that reads
  package var weekdays: [Weekday] = [.monday, .tuesday, .wednesday, .thursday, .friday]
  package var holidays = Holidays.country
  package var atMost = Cap(contacts: 1, days: 7)
  /// Civil days between two notices to one group.
  package var minGapDays = 7
  /// For notices; a currency that is not listed has no minimum.
  package var minBalance: [Money] = []
  package var ignoreDueBefore: Day?
  package var firstCycle = FirstCycle.approve
  /// More contacts than this in one cycle wait for a person.
  package var maxPerCycle = 200
  /// Banking days between a rest that was lifted and the next contact.
  package var resumeAfterBankingDays = 2
  /// How long an answer rests a group.
  package var pauseOnReply = Span.days(3)
  /// Days before a step's day on which its approval is asked for.
  package var approvalAheadDays = 3
  package var places: Places = Places()

  /// Where the keys stand, so that a decision can name its rule.
  package struct Places: Sendable {
    package var hours: Place?
    package var days: Place?
    package var holidays: Place?
    package var atMost: Place?
    package var minGap: Place?
    package var minBalance: Place?
    package var ignoreDueBefore: Place?
    package var firstCycle: Place?
    package var maxPerCycle: Place?
    package var resumeAfter: Place?

    package init() {}
  }

  /// Days for which an approval holds.
  package static let approvalValidDays = 14

  package init() {}
}
