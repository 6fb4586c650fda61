import Decisions
import Ledger
import Units

/// An event as the members of its record: the business data in their fixed order, and the personal part.
///
/// `EventReader` is the way back; docs/journal.md describes both.
struct EventFields {
  let type: String
  private(set) var data = JSONObject()
  private(set) var personal = JSONObject()

  init(type: String, data: [(String, JSONValue)]) {
    self.type = type
    self.data = JSONObject(data)
  }

  init(_ event: HistoryEvent) {
    type = event.type
    switch event {
    case .opened(let instance): put("instance", instance)
    case .contactIntended(let intended): put(intended)
    case .contactSent(let attempt): put(attempt)
    case .contactDeferred(let attempt, let next):
      put(attempt)
      data["next"] = .instant(next)
    case .contactFailed(let attempt): put(attempt)
    case .contactInDoubt(let contact, let recipient, let attempt, let why):
      put("contact", contact)
      data["recipient"] = .int(recipient)
      data["attempt"] = .int(attempt)
      put("why", why)
    case .contactResolved(let contact, let sent, let by):
      put("contact", contact)
      put("outcome", sent ? "sent" : "not-sent")
      put("by", by)
    case .contactCancelled(let contact, let reason):
      put("contact", contact)
      put("reason", reason.rawValue)
    case .contactBounced(let contact, let recipient, let status, let permanent, let mail, let excerpt):
      put("contact", contact)
      data["recipient"] = .int(recipient)
      put("status", status)
      data["permanent"] = .bool(permanent)
      if let mail { put("mail", mail) }
      keep("excerpt", excerpt)
    case .contactReplied(let reply): put(reply)
    case .addressCleared(let customer, let address, let by):
      put("customer", customer)
      put("by", by)
      keep("address", address)
    case .restPlaced(let rest):
      put(rest)
      keep("reason", rest.text)
    case .restEnded(let end):
      put(end.scope)
      if let id = end.id { put("id", id) }
      put("by", end.by)
      if let outcome = end.outcome { put("outcome", outcome) }
      if let paid = end.paid {
        data["paid"] = .money(paid)
        put("currency", paid.currency.code)
      }
      if let until = end.until { data["until"] = .day(until) }
      keep("reason", end.text)
    case .callLogged(let call): put(call)
    case .stepSkipped(let scope, let step, _, let by, let text):
      put(scope)
      put("step", step)
      put("by", by)
      keep("reason", text)
    case .noteAdded(let scope, let by, let text):
      put(scope)
      put("by", by)
      keep("text", text)
    case .statementRequested(let request):
      put("customer", request.customer)
      put("currency", request.currency.code)
      put("by", request.by)
      keep("reason", request.text)
    case .approvalGiven(let approval): put(approval)
    case .daemonStarted(let version, let policy), .daemonReloaded(let version, let policy):
      put("version", version)
      put("policy", policy)
    case .daemonStopped(let version): put("version", version)
    case .cycleCompleted(let summary): put(summary)
    case .journalRecovered(let bytes, let sha256, let file):
      data["bytes"] = .int(bytes)
      put("sha256", sha256)
      put("file", file)
    case .journalErased(let customer, let records, let messages, let by, let text):
      put("customer", customer)
      data["records"] = .int(records)
      data["messages"] = .int(messages)
      put("by", by)
      keep("reason", text)
    case .unknown: break
    }
  }

  private mutating func put(_ name: String, _ text: String) { data[name] = .string(text) }

  /// Into the personal part.
  private mutating func keep(_ name: String, _ text: String?) {
    if let text { personal[name] = .string(text) }
  }

  private mutating func put(_ scope: Scope) {
    switch scope {
    case .customer(let id): put("customer", id)
    case .invoice(let customer, let number):
      put("customer", customer)
      put("invoice", number)
    }
  }

  private mutating func put(_ rest: Rest) {
    put(rest.scope)
    if !rest.id.isEmpty { put("id", rest.id) }
    if let amount = rest.amount {
      data["amount"] = .money(amount)
      put("currency", amount.currency.code)
    }
    if let until = rest.until { data["until"] = .day(until) }
    if !rest.items.isEmpty {
      data["invoices"] = .array(
        rest.items.map { item in
          .object(
            JSONObject(
              EventFields.key(item.key) + [
                ("open", .money(item.open)), ("currency", .string(item.open.currency.code)),
              ]))
        })
    }
    if !rest.instalments.isEmpty {
      data["instalments"] = .array(
        rest.instalments.map { .object(JSONObject([("due", .day($0.due)), ("amount", .money($0.amount))])) })
    }
    if rest.isProposal { put("stage", rest.stage.rawValue) }
    if let credit = rest.credit, credit.isPositive { data["credit"] = .money(credit) }
    if let owner = rest.owner { put("owner", owner) }
    if let deadline = rest.deadline { data["deadline"] = .day(deadline) }
    put("by", rest.by)
  }

  /// The contact and the rest each stand in an object of their own, as they would in a record of their own.
  private mutating func put(_ call: LoggedCall) {
    put("customer", call.customer)
    put("outcome", call.outcome.rawValue)
    if let contact = call.contact {
      var inner = EventFields(type: type, data: [])
      inner.put(contact)
      data["made"] = .object(inner.data)
      personal = inner.personal
    }
    if let rest = call.rest {
      var inner = EventFields(type: type, data: [("kind", .string(rest.kind.rawValue))])
      inner.put(rest)
      data["rest"] = .object(inner.data)
    }
    put("by", call.by)
    keep("note", call.text)
  }

  private mutating func put(_ attempt: Attempt) {
    put("contact", attempt.contact)
    data["recipient"] = .int(attempt.recipient)
    data["attempt"] = .int(attempt.attempt)
    if !attempt.stage.isEmpty { put("stage", attempt.stage) }
    if let code = attempt.code { data["code"] = .int(code) }
    if !attempt.server.isEmpty { put("server", attempt.server) }
    if attempt.badAddress { data["bad_address"] = .bool(true) }
    keep("reply", attempt.reply)
  }

  private mutating func put(_ reply: Reply) {
    if let contact = reply.contact { put("contact", contact) }
    put("customer", reply.customer)
    if let mail = reply.mail { put("mail", mail) }
    keep("excerpt", reply.excerpt)
    guard !reply.suggestions.isEmpty else { return }
    data["suggestions"] = .strings(reply.suggestions.map(\.kind.rawValue))
    personal["evidence"] = .array(
      reply.suggestions.map { suggestion in
        var object = JSONObject()
        if let line = suggestion.line { object["line"] = .string(line) }
        object["days"] = .array(suggestion.days.map(JSONValue.day))
        object["amounts"] = .strings(suggestion.amounts.map(\.description))
        return .object(object)
      })
  }

  private mutating func put(_ intended: IntendedContact) {
    let currency = intended.currency
    func amount(_ money: Money) -> JSONValue {
      precondition(money.currency == currency, "a contact in \(currency) with an amount in \(money.currency)")
      return .money(money)
    }
    put("contact", intended.contact)
    data["attempt"] = .int(intended.attempt)
    put("customer", intended.customer)
    put("currency", currency.code)
    data["amount"] = amount(intended.amount)
    put("kind", intended.kind.rawValue)
    put("schedule", intended.schedule)
    put("step", intended.step)
    data["level"] = .int(intended.level)
    put("channel", intended.channel.rawValue)
    put("template", intended.template)
    if let deadline = intended.deadline { data["deadline"] = .day(deadline) }
    data["invoices"] = .array(
      intended.invoices.map { item in
        var object = JSONObject(EventFields.key(item.key))
        object["schedule"] = .string(item.schedule)
        object["step"] = .string(item.step)
        object["level"] = .int(item.level)
        object["anchor"] = .string(item.anchor.rawValue)
        object["anchor_date"] = .day(item.anchorDate)
        object["day"] = .int(item.day)
        object["repetition"] = .int(item.repetition)
        object["open"] = amount(item.open)
        if let schedule = item.ledgerSchedule { object["ledger_schedule"] = .string(schedule) }
        return .object(object)
      })
    data["listed"] = .array(
      intended.listed.map { .object(JSONObject(EventFields.key($0.key) + [("open", amount($0.open))])) })
    put("message_id", intended.messageID)
    put("sha256", intended.sha256)
    put("policy", intended.policy)
    data["to_count"] = .int(intended.to.count)
    data["cc_count"] = .int(intended.cc.count)
    personal["to"] = .strings(intended.to)
    personal["cc"] = .strings(intended.cc)
    personal["names"] = .strings(intended.names)
  }

  private mutating func put(_ approval: Approval) {
    put("extent", approval.extent.rawValue)
    put("subject", approval.subject)
    data["granted"] = .bool(approval.granted)
    data["invoices"] = .array(
      approval.lines.map { line in
        .object(
          JSONObject(
            EventFields.key(line.key) + [
              ("step", .string(line.step)), ("repetition", .int(line.repetition)), ("up_to", .money(line.upTo)),
              ("currency", .string(line.upTo.currency.code)),
            ]))
      })
    put("by", approval.by)
    keep("reason", approval.text)
  }

  private mutating func put(_ summary: CycleSummary) {
    data["contacts"] = .int(summary.contacts)
    data["by_reason"] = .object(summary.reasons)
    data["failed"] = .int(summary.failed)
    data["deferred"] = .int(summary.deferred)
    data["in_doubt"] = .int(summary.inDoubt)
  }

  private static func key(_ key: ItemKey) -> [(String, JSONValue)] {
    [("number", .string(key.number)), ("item", .string(key.item)), ("customer", .string(key.customer))]
  }
}

extension CycleSummary {
  /// Number of invoices by reason code, in the order of the reasons.
  package var reasons: JSONObject { JSONObject(byReason.map { ($0.reason.rawValue, .int($0.count)) }) }
}
