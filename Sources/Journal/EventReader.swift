import Decisions
import Ledger
import Units

/// Reads an event from the members of its record. Members that it does not know are passed over.
struct EventReader {
  private let data: RecordMembers
  private let personal: RecordMembers

  /// - Throws: `LineFault.content` when a member of a known type is missing or is not what it should be.
  static func event(type: RecordType?, word: String, of record: LineObject) throws(LineFault) -> HistoryEvent {
    guard let type else { return .unknown(type: word) }
    let data = RecordMembers(record)
    return try EventReader(data: data, personal: data.inner("personal")).event(type)
  }

  private func event(_ type: RecordType) throws(LineFault) -> HistoryEvent {
    switch type {
    case .placed(let kind): return .restPlaced(try rest(kind))
    case .proposed: return .restPlaced(try rest(.plan))
    case .ended(let kind): return .restEnded(try end(of: kind))
    case .call: return .callLogged(try call())
    case .opened: return .opened(instance: try data.text("instance"))
    case .intended: return .contactIntended(try intended())
    case .sent: return .contactSent(try attempt())
    case .deferred: return .contactDeferred(try attempt(), next: try data.instant("next"))
    case .failed: return .contactFailed(try attempt())
    case .inDoubt:
      return .contactInDoubt(
        contact: try data.text("contact"), recipient: try data.int("recipient"), attempt: try data.int("attempt"),
        why: try data.text("why"))
    case .resolved:
      let outcome = try data.text("outcome")
      guard outcome == "sent" || outcome == "not-sent" else {
        throw .content("found \"outcome\" \"\(outcome)\", expected sent or not-sent")
      }
      return .contactResolved(contact: try data.text("contact"), sent: outcome == "sent", by: try data.text("by"))
    case .cancelled:
      return .contactCancelled(contact: try data.text("contact"), reason: try data.word("reason"))
    case .bounced:
      return .contactBounced(
        contact: try data.text("contact"), recipient: try data.int("recipient"),
        attempt: data.has("attempt") ? try data.int("attempt") : nil, status: try data.text("status"),
        permanent: try data.bool("permanent"), mail: try data.optionalText("mail"),
        excerpt: try personal.optionalText("excerpt"))
    case .replied: return .contactReplied(try reply())
    case .addressCleared:
      return .addressCleared(
        customer: try data.text("customer"), address: try personal.optionalText("address"), by: try data.text("by"))
    case .stepSkipped, .stepRestored:
      var undone = false
      if case .stepRestored = type { undone = true }
      return .stepSkipped(
        scope: try scope(), step: try data.text("step"), undone: undone, by: try data.text("by"),
        text: try personal.optionalText("reason"))
    case .noteAdded:
      return .noteAdded(scope: try scope(), by: try data.text("by"), text: try personal.optionalText("text"))
    case .statementRequested: return .statementRequested(try statement(isWithdrawn: false))
    case .statementWithdrawn: return .statementRequested(try statement(isWithdrawn: true))
    case .approval: return .approvalGiven(try approval())
    case .started: return .daemonStarted(version: try data.text("version"), policy: try data.text("policy"))
    case .stopped: return .daemonStopped(version: try data.text("version"))
    case .reloaded: return .daemonReloaded(version: try data.text("version"), policy: try data.text("policy"))
    case .cycle: return .cycleCompleted(try summary())
    case .recovered:
      return .journalRecovered(
        bytes: try data.int("bytes"), sha256: try data.text("sha256"), file: try data.text("file"))
    case .erased:
      return .journalErased(
        customer: try data.text("customer"), records: try data.int("records"), messages: try data.int("messages"),
        by: try data.text("by"), text: try personal.optionalText("reason"))
    }
  }

  private func scope() throws(LineFault) -> Scope {
    let customer = try data.text("customer")
    guard let number = try data.optionalText("invoice") else { return .customer(customer) }
    return .invoice(customer: customer, number: number)
  }

  private func statement(isWithdrawn: Bool) throws(LineFault) -> StatementRequest {
    StatementRequest(
      customer: try data.text("customer"), currency: try data.currency(), isWithdrawn: isWithdrawn,
      by: try data.text("by"), text: try personal.optionalText("reason"))
  }

  private func rest(_ kind: Rest.Kind) throws(LineFault) -> Rest {
    var rest = Rest(
      kind: kind, id: try data.optionalText("id") ?? "", scope: try scope(), until: try data.optionalDay("until"),
      stage: data.has("stage") ? try data.word("stage") : .agreed, owner: try data.optionalText("owner"),
      deadline: try data.optionalDay("deadline"),
      by: try data.text("by"), text: try personal.optionalText("reason"))
    if data.has("amount") { rest.amount = try data.money("amount", try data.currency()) }
    if data.has("credit") { rest.credit = try data.money("credit", try data.currency()) }
    if data.has("invoices") {
      for item in try data.objects("invoices") {
        rest.items.append(ListedItem(key: try item.key(), open: try item.money("open", try item.currency())))
      }
    }
    if data.has("instalments") {
      let currency = try data.currency()
      for instalment in try data.objects("instalments") {
        rest.instalments.append(
          Instalment(due: try instalment.day("due"), amount: try instalment.money("amount", currency)))
      }
    }
    return rest
  }

  private func end(of kind: Rest.Kind) throws(LineFault) -> RestEnd {
    var end = RestEnd(
      kind: kind, scope: try scope(), id: try data.optionalText("id"), by: try data.text("by"),
      outcome: try data.optionalText("outcome"), until: try data.optionalDay("until"),
      text: try personal.optionalText("reason"))
    if data.has("paid") { end.paid = try data.money("paid", try data.currency()) }
    return end
  }

  private func call() throws(LineFault) -> LoggedCall {
    var call = LoggedCall(
      customer: try data.text("customer"), outcome: try data.word("outcome"), by: try data.text("by"),
      text: try personal.optionalText("note"))
    if data.has("made") {
      call.contact = try EventReader(data: data.inner("made"), personal: personal).intended()
    }
    if data.has("rest") {
      let inner = data.inner("rest")
      call.rest = try EventReader(data: inner, personal: personal.inner("rest")).rest(try inner.word("kind"))
      call.rest?.text = call.text
    }
    return call
  }

  private func attempt() throws(LineFault) -> Attempt {
    Attempt(
      contact: try data.text("contact"), recipient: try data.int("recipient"), attempt: try data.int("attempt"),
      stage: try data.optionalText("stage") ?? "", code: try data.optionalInt("code"),
      reply: try personal.optionalText("reply"), server: try data.optionalText("server") ?? "",
      badAddress: data.has("bad_address") ? try data.bool("bad_address") : false)
  }

  private func reply() throws(LineFault) -> Reply {
    let evidence = personal.has("evidence") ? try personal.objects("evidence") : []
    var suggestions: [Suggestion] = []
    // A kind that a later version has is of no use to this one, and does no harm.
    for (index, word) in (try data.optionalTexts("suggestions") ?? []).enumerated() {
      guard let kind = Suggestion.Kind(rawValue: word) else { continue }
      guard evidence.indices.contains(index) else {
        suggestions.append(Suggestion(kind, line: nil))
        continue
      }
      let found = evidence[index]
      suggestions.append(
        Suggestion(
          kind, line: try found.optionalText("line"),
          days: (try found.optionalTexts("days") ?? []).compactMap(Day.init(iso:)),
          amounts: (try found.optionalTexts("amounts") ?? []).compactMap(Money.init(text:))))
    }
    return Reply(
      contact: try data.optionalText("contact"), customer: try data.text("customer"),
      mail: try data.optionalText("mail"), excerpt: try personal.optionalText("excerpt"), suggestions: suggestions)
  }

  private func intended() throws(LineFault) -> IntendedContact {
    let currency = try data.currency()
    var invoices: [AdvancedItem] = []
    for item in try data.objects("invoices") {
      invoices.append(
        AdvancedItem(
          key: try item.key(), schedule: try item.text("schedule"), step: try item.text("step"),
          level: try item.int("level"), anchor: try item.word("anchor"), anchorDate: try item.day("anchor_date"),
          day: try item.int("day"), repetition: try item.int("repetition"), open: try item.money("open", currency),
          ledgerSchedule: try item.optionalText("ledger_schedule")))
    }
    var listed: [ListedItem] = []
    for item in try data.objects("listed") {
      listed.append(ListedItem(key: try item.key(), open: try item.money("open", currency)))
    }
    return IntendedContact(
      contact: try data.text("contact"), attempt: try data.int("attempt"), customer: try data.text("customer"),
      currency: currency, kind: try data.word("kind"), schedule: try data.text("schedule"),
      step: try data.text("step"), level: try data.int("level"), channel: try data.word("channel"),
      template: try data.text("template"), invoices: invoices, listed: listed,
      amount: try data.money("amount", currency), deadline: try data.optionalDay("deadline"),
      messageID: try data.text("message_id"), sha256: try data.text("sha256"), policy: try data.text("policy"),
      to: try recipients("to", "to_count"), cc: try recipients("cc", "cc_count"),
      names: try personal.optionalTexts("names") ?? [])
  }

  /// Addresses that were erased leave empty ones, since outcomes count recipients by their place.
  private func recipients(_ name: StaticString, _ countName: StaticString) throws(LineFault) -> [String] {
    if let list = try personal.optionalTexts(name) { return list }
    let count = try data.int(countName)
    guard (0...1000).contains(count) else { throw .content("found \"\(countName)\" \(count), expected at most 1000") }
    return Array(repeating: "", count: count)
  }

  private func approval() throws(LineFault) -> Approval {
    var lines: [Approval.Line] = []
    for item in try data.objects("invoices") {
      lines.append(
        Approval.Line(
          key: try item.key(), step: try item.text("step"), repetition: try item.int("repetition"),
          upTo: try item.money("up_to", try item.currency())))
    }
    return Approval(
      extent: try data.word("extent"), subject: try data.text("subject"), lines: lines,
      granted: try data.bool("granted"), by: try data.text("by"), text: try personal.optionalText("reason"))
  }

  private func summary() throws(LineFault) -> CycleSummary {
    var summary = CycleSummary()
    summary.contacts = try data.int("contacts")
    // A reason that a later version has is of no use to this one, and does no harm.
    for member in try data.counts("by_reason") {
      guard let reason = ReasonCode(rawValue: member.name) else { continue }
      summary.byReason.append(CycleSummary.ReasonCount(reason: reason, count: member.count))
    }
    summary.failed = try data.int("failed")
    summary.deferred = try data.int("deferred")
    summary.inDoubt = try data.int("in_doubt")
    return summary
  }
}
