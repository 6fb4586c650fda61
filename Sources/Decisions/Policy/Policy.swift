import Ledger
import Units

/// The written policy: who is contacted, by which steps, when and how often. A value; reading it is Settings' work.
package struct Policy: Sendable {
  package var company: CompanyDefaults
  /// In the order of the file; the first whose `match` fits wins.
  package var schedules: [Schedule]
  package var contact: ContactRules
  package var promise: PromiseRules
  package var plan: PlanRules
  package var owners: Owners
  package var statement: StatementRules
  package var freshness: LedgerFreshness
  /// What the step's `in_doubt` falls back to (`[mail] in_doubt`).
  package var inDoubt: InDoubtPolicy
  /// Holiday calendars by code, `DE` ... `US`, and extra ones that configuration names.
  package var calendars: [String: HolidayCalendar]
  /// Hex SHA-256 of the configuration, so that a record tells which policy it was made under.
  package var hash: String

  package init(
    company: CompanyDefaults, schedules: [Schedule], contact: ContactRules = ContactRules(),
    promise: PromiseRules = PromiseRules(), plan: PlanRules = PlanRules(),
    statement: StatementRules = StatementRules(), owners: Owners = Owners(),
    freshness: LedgerFreshness = LedgerFreshness(), inDoubt: InDoubtPolicy = .assumeSent,
    calendars: [String: HolidayCalendar] = [:], hash: String = ""
  ) {
    self.company = company
    self.schedules = schedules
    self.contact = contact
    self.promise = promise
    self.plan = plan
    self.owners = owners
    self.statement = statement
    self.freshness = freshness
    self.inDoubt = inDoubt
    self.calendars = calendars
    self.hash = hash
  }
}

extension Policy {
  /// Days on which contacts are made in that country: the weekdays of `[contact]`, less the holidays there and at the
  /// company, or those of the calendars that are named.
  package func contactDays(in country: String) -> OpenDays {
    let codes: [String] =
      switch contact.holidays {
      case .country: country == company.country ? [country] : [country, company.country]
      case .calendars(let list): list
      }
    var seen: Set<String> = []
    return OpenDays(
      weekdays: Set(contact.weekdays), calendars: codes.filter { seen.insert($0).inserted }.compactMap { calendars[$0] }
    )
  }
}

/// `[company]`: what holds for customers whose ledger row says nothing else.
package struct CompanyDefaults: Sendable {
  package var name: String
  package var zone: Zone
  /// Two capitals of ISO 3166.
  package var country: String
  /// Fallback language of templates, such as `en`.
  package var language: String
  package var currency: Currency

  package init(name: String, zone: Zone, country: String, language: String, currency: Currency) {
    self.name = name
    self.zone = zone
    self.country = country
    self.language = language
    self.currency = currency
  }
}

/// `[ledger] max_age` and `cash_through`: how old the facts may be.
package struct LedgerFreshness: Sendable {
  /// Older than this means `stale_ledger`; nil never does.
  package var maxAge: Span?
  package var maxAgePlace: Place?
  /// Whether a file tells the last posted bank day; then notices wait for the banking day before today.
  package var needsPostedCash: Bool
  package var postedCashPlace: Place?

  package init(
    maxAge: Span? = nil, maxAgePlace: Place? = nil, needsPostedCash: Bool = false, postedCashPlace: Place? = nil
  ) {
    self.maxAge = maxAge
    self.maxAgePlace = maxAgePlace
    self.needsPostedCash = needsPostedCash
    self.postedCashPlace = postedCashPlace
  }

  /// What to tell a person about a ledger of that age; nil while it is fresh enough.
  package func staleness(_ age: Span) -> String? {
    guard let maxAge, age > maxAge else { return nil }
    return "the ledger is \(age.rounded) old and max_age is \(maxAge): nothing is sent until it is exported again"
  }
}

/// What becomes of a contact whose outcome nobody knows.
package enum InDoubtPolicy: String, Sendable, CaseIterable {
  /// It counts as made and is listed for a person.
  case assumeSent = "assume-sent"
  /// It rests until a person resolves it.
  case ask
  /// It is sent once more, under the same Message-ID.
  case resend
}
