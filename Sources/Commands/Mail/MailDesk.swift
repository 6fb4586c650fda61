import Daemon
import Decisions
import Incoming
import Journal
import Ledger
import Storage
import Units

/// Finds out whom messages belong to, and records what they say: that an address refused, or that somebody answered.
/// Nothing else is ever done because of them.
struct MailDesk {
  /// What became of a message.
  enum Result: String {
    case recorded
    /// It was recorded before.
    case known
    /// It says nothing that is recorded.
    case counted
    /// It belongs to nobody that we know, or it cannot be told to whom.
    case left
    case unreadable
  }

  let session: Session
  /// Shows, and records nothing.
  let isDry: Bool

  /// One object a message, in their order: what `--format json` prints.
  func take(_ mails: [FoundMail]) throws(CommandFailure) -> [JSONObject] {
    let lock = isDry ? nil : try self.lock()
    defer { lock?.release() }
    let history = try session.history()
    let mail = session.site.configuration.mail?.identity
    let assigner = Assigner(
      history, bounce: mail?.bounce, customers: customers(),
      own: ([mail?.from.address, mail?.replyTo?.address]
        + session.policy.owners.all.flatMap { [$0.email, $0.from?.address] }).compactMap { $0?.lowercased() })
    let owners = mails.map { assigner.owner(of: $0.arrival) }
    var mails = mails
    for index in mails.indices { mails[index].arrival = assigner.judged(mails[index].arrival, owners[index]) }
    var known = try self.known(of: Set(owners.flatMap { $0?.customers ?? [] }), mails)
    var events: [HistoryEvent] = []
    var rows: [JSONObject] = []
    for (mail, owner) in zip(mails, owners) {
      let outcome = outcome(of: mail, owner, assigner)
      var result = outcome.result
      if result == .recorded, known.contains(mail.mail) { result = .known }
      if result == .recorded {
        events += outcome.events
        known.insert(mail.mail)
      }
      rows.append(row(mail, owner, result, outcome))
    }
    if !isDry, !events.isEmpty { _ = try session.append(events) }
    return rows
  }

  private func lock() throws(CommandFailure) -> any HeldLock {
    do throws(JournalFault) { return try session.state.lockForIntake(on: PosixDisk()) } catch {
      throw CommandFailure(error)
    }
  }

  /// An answer rests its customer on a day on which the ledger is bad, too: then only the journal tells whose it is.
  private func customers() -> [Customer] {
    do throws(CommandFailure) { return try session.ledger().books.customers } catch {
      Output.error("warning: the ledger cannot be read, so only the journal says whose a message is: \(error.message)")
      return []
    }
  }

  /// Which of these messages the journal has already.
  private func known(of customers: Set<String>, _ mails: [FoundMail]) throws(CommandFailure) -> Set<String> {
    let asked = Set(mails.map(\.mail))
    var known: Set<String> = []
    for entry in try session.records(about: customers) {
      switch entry.event {
      case .contactBounced(_, _, _, _, _, let mail?, _) where asked.contains(mail): known.insert(mail)
      case .contactReplied(let reply): if let mail = reply.mail, asked.contains(mail) { known.insert(mail) }
      default: break
      }
    }
    return known
  }

  // MARK: - One message

  private struct Outcome {
    var result: Result
    var events: [HistoryEvent] = []
    /// Of the first recipient that is recorded, else of the first that is told.
    var recipient: Arrival.Recipient?
    /// What we think of it; where empty, what it says itself.
    var suggestions: [Suggestion] = []
    var note: String?
  }

  private func outcome(of mail: FoundMail, _ owner: Assigner.Owner?, _ assigner: Assigner) -> Outcome {
    let arrival = mail.arrival
    let told = [.bounce, .delay].contains(arrival.kind) ? arrival.recipients.first : nil
    guard let owner else {
      return Outcome(
        result: .left, recipient: told,
        note: arrival.saysWhatCameBack
          ? "the message that it is about is not one of ours" : "it belongs to nobody that we know")
    }
    switch arrival.kind {
    case .autoReply, .delay, .delivered, .report: return Outcome(result: .counted, recipient: told)
    case .reply, .unsubscribe, .complaint:
      let events = owner.customers.map { customer in
        HistoryEvent.contactReplied(
          Reply(
            contact: customer == owner.customers.first ? owner.contact : nil, customer: customer, mail: mail.mail,
            excerpt: arrival.excerpt, suggestions: arrival.suggestions))
      }
      return Outcome(result: .recorded, events: events)
    case .bounce:
      guard let contact = owner.contact else {
        return Outcome(result: .left, recipient: told, note: "nothing was ever sent to that address")
      }
      // Anybody can write that who knows the address.
      if owner.way == .address {
        return forPerson(
          mail, owner,
          arrival.saysWhatCameBack
            ? "what came back is from our address and bears an id that is not ours"
            : "it does not say which message came back")
      }
      return bounced(mail, owner, contact, assigner)
    }
  }

  private func bounced(
    _ mail: FoundMail, _ owner: Assigner.Owner, _ contact: String, _ assigner: Assigner
  ) -> Outcome {
    var outcome = Outcome(result: .recorded)
    var seen: [Assigner.Place] = []
    var why: String?
    for recipient in mail.arrival.recipients {
      guard let place = assigner.place(of: recipient, in: contact), !seen.contains(place) else { continue }
      seen.append(place)
      var recipient = recipient
      let index: Int
      var attempt: Int?
      switch place {
      case .last(let place, let isExact):
        index = place
        recipient.diagnosis.isPermanent = recipient.diagnosis.isPermanent && isExact
      case .earlier(let earlier, let place): (attempt, index) = (earlier, place)
      case .passedOn:
        why = why ?? "it failed at an address to which ours was passed on, and others behind ours may have it"
        continue
      case .unnamed:
        why = why ?? "it does not say which of the contact's addresses refused"
        continue
      }
      if outcome.recipient == nil { outcome.recipient = recipient }
      outcome.events.append(
        .contactBounced(
          contact: contact, recipient: index, attempt: attempt, status: recipient.diagnosis.status,
          permanent: recipient.diagnosis.isPermanent, mail: mail.mail,
          excerpt: recipient.words.isEmpty ? nil : recipient.words))
    }
    guard outcome.events.isEmpty || why != nil else { return outcome }
    let person = forPerson(mail, owner, why ?? "it does not say which of the contact's addresses refused")
    outcome.events += person.events
    outcome.suggestions = person.suggestions
    outcome.note = person.note
    outcome.recipient = outcome.recipient ?? person.recipient
    return outcome
  }

  /// A bounce that proves nothing of an address that we wrote to: it undoes no contact and marks no address. The customer
  /// rests, and somebody looks.
  private func forPerson(_ mail: FoundMail, _ owner: Assigner.Owner, _ why: String) -> Outcome {
    var told = mail.arrival.recipients.first
    told?.diagnosis.isPermanent = false
    let address = (told?.original ?? told?.address).map { " to \($0)" } ?? ""
    let words = told?.words.isEmpty ?? true ? mail.arrival.subject : told?.words ?? ""
    let suggestion = Suggestion(.wrongContact, line: words)
    let events = owner.customers.map { customer in
      HistoryEvent.contactReplied(
        Reply(
          contact: customer == owner.customers.first ? owner.contact : nil, customer: customer, mail: mail.mail,
          excerpt: "bounce, no answer: mail\(address) was not delivered: \(words)",
          suggestions: [suggestion]))
    }
    return Outcome(
      result: .recorded, events: events, recipient: told, suggestions: [suggestion],
      note:
        "\(why): nothing is undone and no address is marked; the customer rests, and `dunningd tasks` has it for a person"
    )
  }

  // MARK: - What is said of it

  /// Of a message of which nothing is known.
  static let emptyRow = JSONObject(
    [
      "file", "kind", "result", "contact", "customer", "customers", "found_by", "address", "status", "permanent",
      "reason",
      "recipients", "suggestions", "evidence", "subject", "excerpt", "mail", "note",
    ].map { ($0, ["customers", "recipients", "suggestions", "evidence"].contains($0) ? .array([]) : .null) })

  private func row(_ mail: FoundMail, _ owner: Assigner.Owner?, _ result: Result, _ outcome: Outcome) -> JSONObject {
    let arrival = mail.arrival
    let suggestions = outcome.suggestions.isEmpty ? arrival.suggestions : outcome.suggestions
    func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
    return JSONObject([
      ("file", .string(mail.file)), ("kind", .string(arrival.kind.rawValue)), ("result", .string(result.rawValue)),
      ("contact", text(owner?.contact)), ("customer", text(owner?.customers.first)),
      ("customers", .strings(owner?.customers ?? [])), ("found_by", text(owner?.way.rawValue)),
      ("address", text(outcome.recipient.map { $0.address ?? $0.original } ?? arrival.sender)),
      ("status", text(outcome.recipient?.diagnosis.status)),
      ("permanent", outcome.recipient.map { .bool($0.diagnosis.isPermanent) } ?? .null),
      ("reason", text(outcome.recipient?.diagnosis.reason.rawValue)),
      (
        "recipients",
        [.bounce, .delay].contains(arrival.kind)
          ? .array(arrival.recipients.map { .object(FoundMail.fields(of: $0)) }) : .array([])
      ),
      ("suggestions", .strings(suggestions.map(\.kind.rawValue))),
      ("evidence", .array(suggestions.map { .object(FoundMail.fields(of: $0)) })),
      ("subject", .string(arrival.subject)), ("excerpt", text(arrival.excerpt)), ("mail", .string(mail.mail)),
      ("note", text(outcome.note)),
    ])
  }
}
