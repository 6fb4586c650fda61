import Decisions
import Receivables
import Units

extension PlannedContact {
  /// Of a statement of account, as `--format json` prints it; empty for every other message.
  var statementFields: [(String, JSONValue)] {
    guard let statement else { return [] }
    let payments = statement.payments.map { payment in
      JSONValue.object(
        JSONObject([
          ("date", .day(payment.date)), ("amount", .money(payment.amount)),
          ("invoice", payment.invoice.map(JSONValue.string) ?? .null), ("id", .string(payment.id)),
          ("method", .string(payment.method)),
        ]))
    }
    let credits = statement.credits.map { credit in
      JSONValue.object(
        JSONObject([
          ("amount", .money(credit.amount)), ("date", credit.date.map(JSONValue.day) ?? .null),
          ("invoice", credit.reference.map(JSONValue.string) ?? .null),
        ]))
    }
    let ageing = statement.ageing.buckets.map { bucket in
      JSONValue.object(
        JSONObject([
          ("bucket", .string(bucket.name)), ("count", .int(bucket.count)), ("amount", .money(bucket.amount)),
        ]))
    }
    return [
      ("customer", .string(payer.id)), ("name", .string(payer.name)), ("currency", .string(currency.code)),
      ("as_of", .day(statement.day)), ("open", .money(statement.open)), ("overdue", .money(statement.overdue)),
      ("credits", .money(statement.ageing.credits)), ("balance", .money(statement.balance)),
      ("asked", .money(total)), ("items", .array(statement.lines.map { .object(JSONObject($0.fields)) })),
      ("ageing", .array(ageing)), ("credit_items", .array(credits)), ("payments_since", .day(statement.since)),
      ("payments", .array(payments)),
    ]
  }
}

extension Statement.Line {
  var fields: [(String, JSONValue)] {
    [
      ("invoice", .string(invoice.key.number)), ("item", .string(invoice.key.item)),
      ("for_customer", .string(invoice.key.customer)), ("issued", invoice.issued.map(JSONValue.day) ?? .null),
      ("due", .day(invoice.due)), ("amount", invoice.amount.map(JSONValue.money) ?? .null), ("open", .money(open)),
      ("disputed", .money(disputed)), ("days_past_due", .int(daysPastDue)),
      ("mark", mark.map { .string($0.rawValue) } ?? .null),
    ]
  }
}
