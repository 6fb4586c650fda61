import Decisions
import Ledger
import Units

/// A document that stands in the ledger though no decision is made about it: a credit note, or an invoice of a later
/// day.
struct Beside {
  let document: Invoice
  private let isCredit: Bool

  /// Nil for anything else.
  init?(_ scope: Scope, _ books: Books, at now: Instant, in policy: Policy) {
    guard case .invoice(let customer, let number) = scope,
      let document = books.invoices.first(where: { $0.key.customer == customer && $0.key.number == number })
    else { return nil }
    let zone = books.customers.first { $0.id == customer }?.zone ?? policy.company.zone
    isCredit = document.kind == .creditNote
    guard isCredit || document.issued.map({ zone.day(now) < $0 }) ?? false else { return nil }
    self.document = document
  }

  var sentence: String {
    let number = document.key.number
    if isCredit {
      let reference = document.details?.reference ?? ""
      return "\(number) is a credit note of \(document.key.customer)"
        + (document.amount.map { " over \($0)" } ?? "")
        + (reference.isEmpty ? "" : " for \(reference)")
        + ": nothing is asked for on it; what is unapplied of it lowers what is asked for."
    }
    return "Invoice \(number) is dated \(document.issued?.description ?? "later") and does not exist yet."
  }

  var fields: [(String, JSONValue)] {
    let reason: ReasonCode = isCredit ? .settled : .notYet
    return [
      ("invoice", .string(document.key.number)), ("customer", .string(document.key.customer)),
      ("currency", .string(document.currency.code)), ("open", .null), ("due", .day(document.due)),
      ("days_past_due", .null), ("risk", .null), ("schedule", .null), ("step", .null), ("level", .null),
      ("reason", .string(reason.rawValue)), ("until", isCredit ? .null : document.issued.map(JSONValue.day) ?? .null),
      ("rule", .string("ledger row (\(document.place))")), ("sentence", .string(sentence)),
    ]
  }
}
