import Ledger
import Units

/// `[statement]`: statements of account, each month or when a person asks for one.
package struct StatementRules: Sendable {
  /// When a statement of the month has something to say.
  package enum Occasion: String, Sendable, CaseIterable {
    /// Something is open, or was paid since the last one.
    case activity
    case open
    case overdue
  }

  /// Day of the month; nil sends none without being asked.
  package var day: Int?
  /// Who gets one each month; nil is everyone who is contacted at all.
  package var match: Match?
  package var occasion = Occasion.activity
  package var template = StatementRules.scheduleName
  /// Civil days after the first one on which it could go; later it is left out.
  package var withinDays = 7
  package var place: Place?

  package init() {}

  package static let scheduleName = "statement"

  /// Money that is older is no reason to write to somebody who owes nothing.
  static let recentDays = 62

  /// Somebody thought of it: then its template must be there.
  package var isConfigured: Bool { day != nil || template != Self.scheduleName }

  /// One step, on the day of the statement.
  package var schedule: Schedule {
    let step = Step(name: Self.scheduleName, day: 0, level: 0, template: template, place: place)
    return Schedule(name: Self.scheduleName, steps: [step], place: place)
  }

  /// What the history knows a statement by: its month, or the day on which it was asked for.
  package static func key(_ payer: String, _ currency: Currency, _ name: String) -> ItemKey {
    ItemKey(customer: payer, number: "\(scheduleName)-\(name)", item: currency.code)
  }

  /// The last day of a statement up to `today`; nil where none goes by itself.
  func lastPlanned(_ today: Day) -> Day? {
    guard let day else { return nil }
    let date = today.components
    guard let thisMonth = Day(year: date.year, month: date.month, day: day) else { return nil }
    return thisMonth <= today ? thisMonth : thisMonth.adding(months: -1)
  }
}

/// Somebody asked for a statement, or takes that back.
package struct StatementRequest: Sendable, Equatable {
  /// The payer.
  package var customer: String
  package var currency: Currency
  package var isWithdrawn: Bool
  package var by: String
  /// Personal, so nil once erased.
  package var text: String?

  package init(customer: String, currency: Currency, isWithdrawn: Bool = false, by: String, text: String?) {
    self.customer = customer
    self.currency = currency
    self.isWithdrawn = isWithdrawn
    self.by = by
    self.text = text
  }
}
