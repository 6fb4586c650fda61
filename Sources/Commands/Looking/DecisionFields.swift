import Decisions
import Units

extension Decision {
  /// The decision as `explain --format json` prints it, without its history.
  ///
  /// - Parameter now: days past due count up to its day with the customer; before the due date they are negative.
  func fields(at now: Instant, risk: String? = nil) -> [(String, JSONValue)] {
    [
      ("invoice", .string(key.number)),
      ("item", key.item.isEmpty ? .null : .string(key.item)),
      ("customer", .string(key.customer)),
      ("payer", .string(payer)),
      ("currency", .string(currency.code)),
      ("open", open.map(JSONValue.money) ?? .null),
      ("dunnable", dunnable.map(JSONValue.money) ?? .null),
      ("due", due.map(JSONValue.day) ?? .null),
      ("days_past_due", due.map { .int((zone ?? .utc).day(now) - $0) } ?? .null),
      ("risk", risk.map(JSONValue.string) ?? .null),
      ("schedule", schedule.map(JSONValue.string) ?? .null),
      ("step", step.map { .string($0.name) } ?? .null),
      ("level", step.map { .int($0.level) } ?? .null),
      ("reason", .string(reason.rawValue)),
      ("until", until?.json ?? .null),
      ("rule", .string(rule.description)),
      ("sentence", .string(sentence)),
    ]
  }
}

extension Decision.Until {
  var json: JSONValue {
    switch self {
    case .day(let day): .day(day)
    case .instant(let instant): .instant(instant)
    }
  }
}
