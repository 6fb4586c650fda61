/// The rules that many items follow at once, made once.
struct CommonRules: Sendable {
  let firstCycle: Rule
  let staleLedger: Rule
  let cashNotPosted: Rule
  let hours: Rule
  let days: Rule
  let holidays: Rule

  init(_ policy: Policy) {
    let places = policy.contact.places
    firstCycle = Rule("contact.first_cycle", places.firstCycle)
    staleLedger = Rule("ledger.max_age", policy.freshness.maxAgePlace)
    cashNotPosted = Rule("ledger.cash_through", policy.freshness.postedCashPlace)
    hours = Rule("contact.hours", places.hours)
    days = Rule("contact.days", places.days)
    holidays = Rule("contact.holidays", places.holidays)
  }
}
