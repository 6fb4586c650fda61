import Decisions
import Ledger
import Units

/// What a webhook is told of one contact, as JSON with its members in one order.
struct WebhookBody {
  let bytes: [UInt8]

  init(
    _ contact: PlannedContact, id: String, at: Instant, language: String, subject: String, text: String,
    email: String, phone: String, payLink: String?
  ) {
    let invoices = contact.listed.map { line in
      JSONValue.object(
        JSONObject([
          ("number", .string(line.invoice.key.number)), ("item", .string(line.invoice.key.item)),
          ("due", .day(line.invoice.due)), ("open", .money(line.open)), ("days_past_due", .int(line.daysPastDue)),
        ]))
    }
    let body = JSONObject([
      ("contact", .string(id)), ("time", .instant(at)), ("customer", .string(contact.payer.id)),
      ("name", .string(contact.payer.name)), ("phone", .string(phone)), ("email", .string(email)),
      ("language", .string(language)), ("currency", .string(contact.currency.code)), ("amount", .money(contact.total)),
      ("step", .string(contact.step.name)), ("level", .int(contact.step.level)),
      ("deadline", contact.deadline.map(JSONValue.day) ?? .null), ("subject", .string(subject)),
      ("text", .string(text.hasSuffix("\n") ? String(text.dropLast()) : text)), ("invoices", .array(invoices)),
      ("pay_link", payLink.map(JSONValue.string) ?? .null),
    ])
    bytes = Array(body.text.utf8)
  }
}
