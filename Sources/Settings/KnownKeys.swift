/// Every table that configuration may have and every key in it. docs/configuration.md documents each, in this order.
///
/// A reader that asks for a key that is not here, or leaves one out that is, stops in debug builds: so this list and
/// what is read cannot part ways.
enum KnownKeys {
  static let tables: [(path: String, keys: [String])] = [
    (
      "",
      [
        "company", "ledger", "cycle", "mail", "letter", "webhook", "pay", "owner", "contact", "approval", "digest",
        "journal", "http", "schedule", "promise", "plan", "statement",
      ]
    ),
    ("company", ["name", "time_zone", "country", "language", "currency"]),
    (
      "ledger",
      [
        "source", "path", "name", "documents", "preset", "files", "columns", "date_format", "decimal", "encoding",
        "delimiter", "max_bad_rows", "max_shrink", "max_age", "cash_through",
      ]
    ),
    ("ledger.files", ["invoices", "customers", "payments"]),
    ("ledger.columns", ["invoices", "customers", "payments"]),
    (
      "ledger.columns.invoices",
      [
        "number", "item", "customer", "due", "amount", "open", "currency", "issued", "kind", "terms", "reference",
        "purchase_order", "link", "document", "disputed", "autopay", "settled", "email", "name",
      ]
    ),
    (
      "ledger.columns.customers",
      [
        "id", "payer", "name", "email", "cc", "escalation_email", "phone", "address", "language", "time_zone",
        "country",
        "kind", "tags", "credit_limit", "terms", "schedule", "owner", "max_level", "do_not_contact",
      ]
    ),
    ("ledger.columns.payments", ["customer", "date", "amount", "id", "invoice", "currency", "method"]),
    ("cycle", ["every", "at"]),
    (
      "mail",
      [
        "url", "security", "insecure", "username", "password", "ca_file", "helo", "from", "reply_to", "redirect_to",
        "bounce_address", "list_unsubscribe", "connections", "max_per_minute", "in_doubt",
      ]
    ),
    ("letter", ["outbox", "sender", "place", "footer"]),
    ("webhook", ["url", "insecure", "secret", "ca_file", "timeout"]),
    ("pay", ["kind", "name", "iban", "bic", "reference", "url", "label", "currency", "country"]),
    ("owner", ["id", "name", "email", "phone", "from", "backup", "away"]),
    ("owner.away", ["from", "until"]),
    (
      "contact",
      [
        "hours", "days", "holidays", "at_most", "min_gap", "min_balance", "ignore_due_before", "first_cycle",
        "max_per_cycle", "resume_after", "pause_on_reply", "approval_ahead",
      ]
    ),
    ("contact.at_most", ["contacts", "per"]),
    ("approval", ["levels", "cycle", "plans"]),
    ("approval.levels", ["from", "group"]),
    ("digest", ["at", "to", "alerts", "overdue"]),
    ("journal", ["directory", "key", "keep_messages"]),
    ("http", ["listen"]),
    ("schedule", ["name", "match", "steps", "catch_up", "grace", "consolidate", "on_broken_promise"]),
    (
      "schedule.match",
      ["kind", "country", "currency", "language", "tags", "risk", "owner", "schedule", "balance_over"]
    ),
    (
      "schedule.steps",
      [
        "name", "day", "anchor", "level", "channel", "template", "deadline", "approval", "in_doubt", "repeat",
        "fallback", "attach", "offer_plan", "within", "cc_owner", "escalate",
      ]
    ),
    ("schedule.steps.repeat", ["every", "times"]),
    ("promise", ["grace", "steps"]),
    ("plan", ["steps", "grace", "max_amount", "max_months", "proposal", "proposal_template"]),
    ("statement", ["day", "match", "only_if", "template", "within"]),
    // `mail.password`, `webhook.secret` and `journal.key` are tables of this form.
    ("secret", ["credential", "file", "env"]),
  ]

  /// Tables that the design names and that a later version reads: whoever writes one is told so.
  static let laterTables = ["templates"]

  /// Tables with the keys of another one.
  private static let likeSteps = ["plan.steps", "promise.steps"]

  static func keys(of path: String) -> [String] {
    var path = path
    for like in likeSteps where path == like || path.hasPrefix(like + ".") {
      path = "schedule.steps" + path.dropFirst(like.count)
    }
    if path == "statement.match" { path = "schedule.match" }
    return tables.first { $0.path == path }?.keys ?? []
  }

  /// The tables other than `path` that have such a key.
  static func homes(of key: String, besides path: String) -> [String] {
    tables.filter { $0.path != path && !$0.path.isEmpty && $0.path != "secret" && $0.keys.contains(key) }.map(\.path)
  }
}
