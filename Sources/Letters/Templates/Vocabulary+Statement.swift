extension Vocabulary {
  /// Names of statements and thanks; empty and off in every other message.
  static let statement: [Term] =
    [
      Term("is_thanks", .flag, "the message gives thanks for a payment: `anchor = \"paid\"`"),
      Term("is_statement", .flag, "the message is a statement of account"),
      Term("open_items", .list(item + mark), "of a statement: all that is open, by due date"),
      Term("has_open_items", .flag, "there is one at least"),
      Term("open_total", .text, "what is open in all, before credit"),
      Term("overdue_total", .text, "what of it is past its due date; empty when nothing is"),
      Term("ageing", .list(bucket), "what is open by its age, the youngest first"),
      Term("credits", .list(credit), "credit that is used for no invoice yet"),
      Term("has_credits", .flag, "there is one at least"),
      Term("credits_total", .text, "what they come to; empty without"),
      Term("balance", .text, "what is open less credit; what the customer has to get where credit is more"),
      Term("is_balance_credit", .flag, "credit is more than what is open"),
      Term("payments", .list(payment), "money that came in since the last statement, by date"),
      Term("has_payments", .flag, "there is one at least"),
      Term("payments_since", .text, "the day of the last statement, or a month ago without one"),
    ]

  /// Names of an open item of a statement: why it is not asked for.
  static let mark: [Term] =
    [
      Term("is_disputed", .flag, "all of it is disputed"),
      Term("disputed", .text, "the part that is disputed; empty when none or all is"),
      Term("is_promised", .flag, "its payment is promised"),
      Term("is_in_plan", .flag, "it is paid by instalments"),
      Term("is_held", .flag, "it is on hold"),
      Term("is_collected", .flag, "a direct debit is under way"),
    ]

  /// Names of an age.
  static let bucket: [Term] =
    [
      Term("is_current", .flag, "due today or later"),
      Term("days", .text, "days past due, such as 1–30; empty for the first and the last"),
      Term("beyond", .text, "for the last: more days past due than these; empty otherwise"),
      Term("count", .text, "how many items"),
      Term("amount", .text, "what they come to"),
    ]

  /// Names of a credit.
  static let credit: [Term] =
    [
      Term("amount", .text, "the credit"),
      Term("date", .text, "its date, written out; empty when the ledger has none"),
      Term("invoice", .text, "the invoice that it names; empty otherwise"),
    ]

  /// Names of a payment.
  static let payment: [Term] =
    [
      Term("date", .text, "its date, written out"),
      Term("date_short", .text, "the same, short"),
      Term("amount", .text, "without a sign"),
      Term("is_returned", .flag, "it went back"),
      Term("invoice", .text, "the invoice that it pays; empty for none in particular"),
      Term("method", .text, "the ledger's column `method`"),
    ]
}
