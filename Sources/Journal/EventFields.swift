import Decisions
import Ledger
import Units

/// An event as the members of its record: the business data in their fixed order, and the personal part.
///
/// `EventReader` is the way back; docs/journal.md describes both.
struct EventFields {
  let type: String
  var data = JSONMembers()
  private(set) var personal = JSONMembers()

  init(type: String) { self.type = type }

  init(_ event: HistoryEvent) {
    type = event.type
    switch event {
    case .opened(let instance): put("instance", instance)
    case .contactIntended(let intended): put(intended)
    case .contactSent(let attempt): put(attempt)
    case .contactDeferred(let attempt, let next):
      put(attempt)
      data.put("next", next)
    case .contactFailed(let attempt): put(attempt)
    case .contactInDoubt(let contact, let recipient, let attempt, let why):
      put("contact", contact)
      data.put("recipient", recipient)
      data.put("attempt", attempt)
      put("why", why)
    case .contactResolved(let contact, let sent, let by):
      put("contact", contact)
      put("outcome", sent ? "sent" : "not-sent")
      put("by", by)
    case .contactCancelled(let contact, let reason):
      put("contact", contact)
      put("reason", reason.rawValue)
    case .contactBounced(let contact, let recipient, let attempt, let status, let permanent, let mail, let excerpt):
      put("contact", contact)
      data.put("recipient", recipient)
      if let attempt { data.put("attempt", attempt) }
      put("status", status)
      data.put("permanent", permanent)
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
        data.put("paid", paid)
        put("currency", paid.currency.code)
      }
      if let until = end.until { data.put("until", until) }
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
      data.put("bytes", bytes)
      put("sha256", sha256)
      put("file", file)
    case .journalErased(let customer, let records, let messages, let by, let text):
      put("customer", customer)
      data.put("records", records)
      data.put("messages", messages)
      put("by", by)
      keep("reason", text)
    case .unknown: break
    }
  }

  private mutating func put(_ name: StaticString, _ text: String) { data.put(name, text) }

  /// Into the personal part.
  private mutating func keep(_ name: StaticString, _ text: String?) {
    if let text { personal.put(name, text) }
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
      data.put("amount", amount)
      put("currency", amount.currency.code)
    }
    if let until = rest.until { data.put("until", until) }
    if !rest.items.isEmpty {
      data.put("invoices", each: rest.items) { members, item in
        members.put(item.key)
        members.put("open", item.open)
        members.put("currency", item.open.currency.code)
      }
    }
    if !rest.instalments.isEmpty {
      data.put("instalments", each: rest.instalments) { members, instalment in
        members.put("due", instalment.due)
        members.put("amount", instalment.amount)
      }
    }
    if rest.isProposal { put("stage", rest.stage.rawValue) }
    if let credit = rest.credit, credit.isPositive { data.put("credit", credit) }
    if let owner = rest.owner { put("owner", owner) }
    if let deadline = rest.deadline { data.put("deadline", deadline) }
    put("by", rest.by)
  }

  /// The contact and the rest each stand in an object of their own, as they would in a record of their own.
  private mutating func put(_ call: LoggedCall) {
    put("customer", call.customer)
    put("outcome", call.outcome.rawValue)
    if let contact = call.contact {
      var inner = EventFields(type: type)
      inner.put(contact)
      data.put("made") { $0.put(all: inner.data) }
      personal = inner.personal
    }
    if let rest = call.rest {
      var inner = EventFields(type: type)
      inner.put("kind", rest.kind.rawValue)
      inner.put(rest)
      data.put("rest") { $0.put(all: inner.data) }
    }
    put("by", call.by)
    keep("note", call.text)
  }

  private mutating func put(_ attempt: Attempt) {
    put("contact", attempt.contact)
    data.put("recipient", attempt.recipient)
    data.put("attempt", attempt.attempt)
    if !attempt.stage.isEmpty { put("stage", attempt.stage) }
    if let code = attempt.code { data.put("code", code) }
    if !attempt.server.isEmpty { put("server", attempt.server) }
    if attempt.badAddress { data.put("bad_address", true) }
    keep("reply", attempt.reply)
  }

  private mutating func put(_ reply: Reply) {
    if let contact = reply.contact { put("contact", contact) }
    put("customer", reply.customer)
    if let mail = reply.mail { put("mail", mail) }
    keep("excerpt", reply.excerpt)
    guard !reply.suggestions.isEmpty else { return }
    data.put("suggestions", reply.suggestions.map(\.kind.rawValue))
    personal.put("evidence", each: reply.suggestions) { members, suggestion in
      if let line = suggestion.line { members.put("line", line) }
      members.put("days", suggestion.days.map(\.description))
      members.put("amounts", suggestion.amounts.map(\.description))
    }
  }

  private mutating func put(_ intended: IntendedContact) {
    let currency = intended.currency
    /// They stand without their currency.
    func checked(_ money: Money) -> Money {
      precondition(money.currency == currency, "a contact in \(currency) with an amount in \(money.currency)")
      return money
    }
    put("contact", intended.contact)
    data.put("attempt", intended.attempt)
    put("customer", intended.customer)
    put("currency", currency.code)
    data.put("amount", checked(intended.amount))
    put("kind", intended.kind.rawValue)
    put("schedule", intended.schedule)
    put("step", intended.step)
    data.put("level", intended.level)
    put("channel", intended.channel.rawValue)
    put("template", intended.template)
    if let deadline = intended.deadline { data.put("deadline", deadline) }
    data.put("invoices", each: intended.invoices) { members, item in
      members.put(item.key)
      members.put("schedule", item.schedule)
      members.put("step", item.step)
      members.put("level", item.level)
      members.put("anchor", item.anchor.rawValue)
      members.put("anchor_date", item.anchorDate)
      members.put("day", item.day)
      members.put("repetition", item.repetition)
      members.put("open", checked(item.open))
      if let schedule = item.ledgerSchedule { members.put("ledger_schedule", schedule) }
    }
    data.put("listed", each: intended.listed) { members, item in
      members.put(item.key)
      members.put("open", checked(item.open))
    }
    put("message_id", intended.messageID)
    put("sha256", intended.sha256)
    put("policy", intended.policy)
    data.put("to_count", intended.to.count)
    data.put("cc_count", intended.cc.count)
    personal.put("to", intended.to)
    personal.put("cc", intended.cc)
    personal.put("names", intended.names)
  }

  private mutating func put(_ approval: Approval) {
    put("extent", approval.extent.rawValue)
    put("subject", approval.subject)
    data.put("granted", approval.granted)
    data.put("invoices", each: approval.lines) { members, line in
      members.put(line.key)
      members.put("step", line.step)
      members.put("repetition", line.repetition)
      members.put("up_to", line.upTo)
      members.put("currency", line.upTo.currency.code)
    }
    put("by", approval.by)
    keep("reason", approval.text)
  }

  private mutating func put(_ summary: CycleSummary) {
    data.put("contacts", summary.contacts)
    data.put("by_reason", summary.reasons)
    data.put("failed", summary.failed)
    data.put("deferred", summary.deferred)
    data.put("in_doubt", summary.inDoubt)
  }
}

extension JSONMembers {
  fileprivate mutating func put(_ key: ItemKey) {
    put("number", key.number)
    put("item", key.item)
    put("customer", key.customer)
  }
}

extension CycleSummary {
  /// Number of invoices by reason code, in the order of the reasons.
  package var reasons: JSONObject { JSONObject(byReason.map { ($0.reason.rawValue, .int($0.count)) }) }
}
