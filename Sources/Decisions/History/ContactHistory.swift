import Ledger
import Units

/// What has happened so far: a fold over the journal's events, and all that deciding sees of them.
///
///     contact(id)         every contact with its standing
///     items[key]          ids of the contacts that moved the item on, oldest first
///     groups, payers,     ids of the contacts that count for caps, gaps and deadlines
///     addresses
///     rests, approvals    what people said
///
/// A value: applying the same events in the same order gives the same history. What is long past may lie in an archive,
/// which is asked only for what is asked for here; a history without one has everything in memory.
package struct ContactHistory: Sendable, Equatable {
  private var contacts: [String: PastContact] = [:]
  package private(set) var items = HistoryTable<ItemKey, [String]>(
    { archive, key in
      let own = archive.person(key.customer)
      let others = archive.people(with: .customer(key.customer)).filter { $0.id != key.customer }
      if others.isEmpty { return own?.items[key] }
      let past = ([own].compactMap(\.self) + others).flatMap { person in
        (person.items[key] ?? []).compactMap { person.contacts[$0] }
      }
      return past.sorted { ($0.began, $0.id) < ($1.began, $1.id) }.map(\.id).nonEmpty
    }, joined: +)
  package private(set) var groups = HistoryTable<GroupKey, [String]>(
    { $0.person($1.payer)?.groups[$1] }, joined: +)
  package private(set) var payers = HistoryTable<String, [String]>({ $0.person($1)?.order.nonEmpty }, joined: +)
  /// By address in lower case.
  package private(set) var addresses = HistoryTable<String, [String]>(
    { archive, address in
      archive.people(with: .address(address)).flatMap { $0.addresses[address] ?? [] }.nonEmpty
    }, joined: +)
  package private(set) var rests = HistoryTable<Scope, [PlacedRest]>({ $0.person($1.customer)?.rests[$1] })
  package private(set) var skips = HistoryTable<Scope, [SkippedStep]>({ $0.person($1.customer)?.skips[$1] })
  package private(set) var approvals = HistoryTable<ItemKey, [GivenApproval]>({ $0.person($1.customer)?.approvals[$1] })
  package private(set) var replies = HistoryTable<String, Instant>({ $0.person($1)?.reply })
  /// When a person last did something about a customer, by customer.
  package private(set) var attended = HistoryTable<String, Instant>({ $0.person($1)?.attended })
  package private(set) var summary = HistorySummary()
  private let archive: (any HistoryArchive)?

  package init() { archive = nil }

  /// Goes on where an archive ends.
  package init(_ archive: any HistoryArchive, _ summary: HistorySummary) {
    self.archive = archive
    self.summary = summary
    items.archive = archive
    groups.archive = archive
    payers.archive = archive
    addresses.archive = archive
    rests.archive = archive
    skips.archive = archive
    approvals.archive = archive
    replies.archive = archive
    attended.archive = archive
  }

  package var instance: String { summary.instance }
  /// Addresses that a server refused or that bounced, with the day since when.
  package var badAddresses: [String: Instant] { summary.badAddresses }
  /// Ids of contacts that one To recipient has, or may have, while another was put off.
  package var halfMade: Set<String> { summary.halfMade }
  /// Ids of contacts of which nobody knows whether they arrived.
  package var doubtful: Set<String> { summary.doubtful }
  /// Whether any contact was ever sent: before, the first cycle waits for a person.
  package var hasSentContact: Bool { summary.hasSentContact }
  /// Scopes with a rest that nobody ended and nothing was seen of: their rests may be over all the same.
  package var restingScopes: Set<Scope> { summary.restingScopes }
  /// Scopes with a promise or plan that was broken and that nobody has seen to since.
  package var brokenScopes: Set<Scope> { summary.brokenScopes }
  /// Customers who answered and whom nobody has seen to since.
  package var unanswered: [String: Unanswered] { summary.unanswered }
  /// Statements that somebody asked for, by payer and currency, with when.
  package var statementRequests: [GroupKey: Instant] { summary.statementRequests }
  /// Time of the last event.
  package var last: Instant? { summary.last }
  /// Why the archive could not be read: what was answered since must not be acted on. Nil as long as all is well.
  package var fault: String? { archive?.fault }

  /// The contact's present standing; nil for an id that was never intended.
  package func contact(_ id: String) -> PastContact? {
    if let past = found(id) { return past }
    guard let archive, summary.names(contact: id) else { return nil }
    // Not to find it is damage, and never "no such contact": it may have arrived.
    archive.distrust(because: "contact \(id) is in the summary of what is sealed, and in no record")
    if let past = found(id) { return past }
    archive.distrust(because: "contact \(id) is in the summary of what is sealed, and in no record")
    return nil
  }

  private func found(_ id: String) -> PastContact? {
    if let recent = contacts[id] { return recent }
    for person in archive?.people(with: .contact(id)) ?? [] {
      if let past = person.contacts[id] { return past }
    }
    return nil
  }

  /// The same, found sooner where the payer is known.
  package func contact(_ id: String, of payer: String) -> PastContact? {
    contacts[id] ?? archive?.person(payer)?.contacts[id]
  }

  /// Items of that invoice number that the history knows, of any customer. Sorted.
  package func items(ofInvoice number: String) -> [ItemKey] {
    var found = Set(items.recent.keys.filter { $0.number == number })
    for person in archive?.people(with: .invoice(number)) ?? [] {
      found.formUnion(person.items.keys.filter { $0.number == number })
    }
    return found.sorted()
  }

  /// The last word that was given under that name, line by line; empty where none was.
  package func lastWord(on subject: String) -> [GivenApproval] {
    // What was recorded of an item since has taken over what is sealed of it.
    let sealed = (archive?.people(with: .subject(subject)) ?? []).flatMap { person in
      person.approvals.filter { approvals.recent[$0.key] == nil }.values.joined()
    }
    let all = (approvals.recent.values.joined() + sealed).filter { $0.subject == subject }
    guard let last = all.map(\.at).max() else { return [] }
    return all.filter { $0.at == last }.sorted { $0.line.key < $1.line.key }
  }

  /// Customers about whom something was recorded since the archive.
  var recentCustomers: Set<String> {
    var customers = Set(payers.recent.keys)
    customers.formUnion(items.recent.keys.lazy.map(\.customer))
    customers.formUnion(groups.recent.keys.lazy.map(\.payer))
    customers.formUnion(rests.recent.keys.lazy.map(\.customer))
    customers.formUnion(skips.recent.keys.lazy.map(\.customer))
    customers.formUnion(approvals.recent.keys.lazy.map(\.customer))
    customers.formUnion(replies.recent.keys)
    return customers
  }

  var hasArchive: Bool { archive != nil }

  /// Whether the archive has nothing about a customer.
  func isArchiveSilent(about customer: String) -> Bool {
    archive.map { $0.person(customer) == nil && $0.people(with: .customer(customer)).isEmpty } ?? true
  }

  package mutating func apply(_ event: HistoryEvent, at time: Instant) {
    summary.last = time
    if let customer = event.attendedCustomer {
      attended.set(customer, time)
      summary.unanswered[customer] = nil
      summary.brokenScopes = summary.brokenScopes.filter { $0.customer != customer }
    }
    switch event {
    case .opened(let instance): summary.instance = instance
    case .contactIntended(let intended): intend(intended, at: time)
    case .contactSent(let attempt):
      summary.hasSentContact = true
      settle(attempt.contact, attempt.recipient, .sent, at: time)
    case .contactDeferred(let attempt, let next):
      settle(attempt.contact, attempt.recipient, .deferred(until: next), at: time)
    case .contactFailed(let attempt):
      settle(attempt.contact, attempt.recipient, .failed, at: time)
      if attempt.badAddress { markBad(attempt.contact, attempt.recipient, at: time) }
    case .contactInDoubt(let id, let recipient, _, _): settle(id, recipient, .inDoubt, at: time)
    case .contactResolved(let id, let sent, _):
      change(id) { $0.resolve(sent: sent, at: time) }
      if sent { summary.hasSentContact = true }
    case .contactCancelled(let id, _): change(id) { $0.cancel() }
    case .contactBounced(let id, let recipient, let attempt, _, let permanent, _, _):
      change(id) { $0.settle(recipient, .bounced, ofAttempt: attempt) }
      if permanent { markBad(id, recipient, attempt: attempt, at: time) }
    case .contactReplied(let reply):
      replies.set(reply.customer, time)
      let wish = reply.suggestions.contains { $0.kind == .doNotContact }
      let before = summary.unanswered[reply.customer]?.wantsNoContact ?? false
      summary.unanswered[reply.customer] = Unanswered(at: time, wantsNoContact: wish || before)
    case .addressCleared(let customer, let address, _):
      for id in payers[customer] ?? [] { change(id) { $0.forgive(address, at: time) } }
      clearAddresses(of: customer, only: address)
    case .restPlaced(let rest): place(rest, at: time)
    case .restEnded(let end): apply(end, at: time)
    case .callLogged(let call):
      if let contact = call.contact {
        // A person's call is no word on the first cycle's messages.
        intend(contact, at: time)
        settle(contact.contact, 0, .sent, at: time)
      }
      if let rest = call.rest { place(rest, at: time) }
    case .stepSkipped(let scope, let step, let undone, _, _):
      skips.change(scope, default: []) { skipped in
        if undone { skipped.removeAll { $0.step == step } } else { skipped.append(SkippedStep(step: step, at: time)) }
      }
    case .approvalGiven(let approval):
      for line in approval.lines {
        let given = GivenApproval(
          extent: approval.extent, subject: approval.subject, line: line, granted: approval.granted, at: time)
        approvals.change(line.key, default: []) { $0.append(given) }
      }
    case .statementRequested(let request): summary.note(request, at: time)
    case .noteAdded, .daemonStarted, .daemonStopped, .daemonReloaded, .cycleCompleted, .journalRecovered,
      .journalErased, .unknown:
      break
    }
  }

  /// Contacts with a recipient whose fate nobody knows yet: an intent without an outcome. After a crash these become
  /// `contact.in_doubt`. Sorted by id.
  package var unsettled: [PastContact] { pending.filter { !$0.isLetter } }

  /// Letters that wait for a person to post them: intended, and neither resolved nor called off. No crash makes them
  /// doubtful, since nothing leaves the house by itself. Sorted by id.
  package var outbox: [PastContact] { pending.filter(\.isLetter) }

  private var pending: [PastContact] { summary.pending.sorted().compactMap { contact($0) } }

  /// The history in which nobody has these contacts yet: what the rules would do with them today.
  func reopened(_ ids: [String]) -> ContactHistory {
    var history = self
    for id in ids {
      var contact = history.contact(id)
      contact?.reopen()
      history.contacts[id] = contact
    }
    return history
  }

  // MARK: - The fold

  private mutating func intend(_ intended: IntendedContact, at time: Instant) {
    let id = intended.contact
    // The archive is asked only where the contact can be in it: its first attempt is never.
    let isOld = intended.attempt > 1 || summary.halfMade.contains(id)
    let before = isOld ? contact(id, of: intended.customer) ?? contact(id) : contacts[id]
    if before == nil {
      for item in intended.invoices { items.change(item.key, default: []) { $0.append(id) } }
      let group = GroupKey(payer: intended.customer, currency: intended.currency)
      groups.change(group, default: []) { $0.append(id) }
      payers.change(intended.customer, default: []) { $0.append(id) }
    }
    let known = before?.channel == .email ? before?.to ?? [] : []
    for address in intended.channel == .email ? intended.to : [] where !known.contains(address) {
      addresses.change(address.lowercased(), default: []) { $0.append(id) }
    }
    let contact = PastContact(intended, at: time, after: before)
    contacts[id] = contact
    noteStanding(contact)
  }

  private mutating func change(_ id: String, _ body: (inout PastContact) -> Void) {
    // In place where it is in memory: a copy of every contact of a long journal would tell.
    if contacts[id] == nil { contacts[id] = contact(id) }
    guard let index = contacts.index(forKey: id) else { return }
    body(&contacts.values[index])
    noteStanding(contacts.values[index])
  }

  private mutating func noteStanding(_ contact: PastContact) {
    Self.note(contact.id, !contact.leftOut.isEmpty, in: &summary.halfMade)
    Self.note(contact.id, contact.standing == .inDoubt, in: &summary.doubtful)
    Self.note(contact.id, contact.isPending, in: &summary.pending)
  }

  private static func note(_ id: String, _ holds: Bool, in set: inout Set<String>) {
    if holds { set.insert(id) } else if !set.isEmpty { set.remove(id) }
  }

  private mutating func settle(_ id: String, _ recipient: Int, _ fate: PastContact.Fate, at time: Instant) {
    change(id) { $0.settle(recipient, fate) }
  }

  private mutating func markBad(_ id: String, _ recipient: Int, attempt: Int? = nil, at time: Instant) {
    guard let address = contacts[id]?.address(at: recipient, ofAttempt: attempt) else { return }
    summary.badAddresses[address.lowercased()] = time
  }

  private mutating func clearAddresses(of customer: String, only address: String?) {
    if let address {
      summary.badAddresses[address.lowercased()] = nil
      return
    }
    for id in payers[customer] ?? [] {
      for address in contacts[id]?.addressesTried ?? [] { summary.badAddresses[address.lowercased()] = nil }
    }
  }

  /// One of the same id takes the place of what it was: a proposal that was agreed to.
  private mutating func place(_ rest: Rest, at time: Instant) {
    rests.change(rest.scope, default: []) { placed in
      if !rest.id.isEmpty, let index = placed.firstIndex(where: { $0.rest.id == rest.id }) {
        placed[index] = PlacedRest(rest: rest, placed: placed[index].placed)
      } else {
        placed.append(PlacedRest(rest: rest, placed: time))
      }
    }
    noteResting(rest.scope)
  }

  private mutating func apply(_ end: RestEnd, at time: Instant) {
    guard rests[end.scope] != nil else { return }
    rests.change(end.scope, default: []) { placed in
      let meant = placed.indices.filter { index in
        placed[index].rest.kind == end.kind && (end.id.map { placed[index].rest.id == $0 } ?? true)
      }
      // Where one is in force it is meant, and none that ended before. One whose last day has passed may be, somewhere.
      let day = Day(number: time.seconds / 86_400) - 1
      let isInForce = meant.contains { placed[$0].ended == nil && placed[$0].rest.until.map { $0 >= day } ?? true }
      for index in meant where placed[index].ended == nil || !isInForce && placed[index].mayEnd(by: end) {
        // Seen before somebody agreed to it.
        if end.outcome == "lapsed", !placed[index].rest.isProposal { continue }
        placed[index].ended = time
        placed[index].end = end
      }
    }
    noteResting(end.scope)
    if end.isBroken { summary.brokenScopes.insert(end.scope) }
  }

  private mutating func noteResting(_ scope: Scope) {
    if rests[scope]?.contains(where: { $0.ended == nil }) ?? false {
      summary.restingScopes.insert(scope)
    } else {
      summary.restingScopes.remove(scope)
    }
  }
}

// MARK: - Sealing, and comparing

extension ContactHistory {
  /// What came since the archive, by person: a whole history for one without archive.
  package var parts: [String: PersonPart] {
    var parts: [String: PersonPart] = [:]
    let fresh = Set(payers.recent.values.flatMap(\.self))
    for id in contacts.keys.filter({ !fresh.contains($0) }).sorted() {
      if let contact = contacts[id] { parts[contact.payer, default: PersonPart()].contacts.append(contact) }
    }
    for (payer, ids) in payers.recent {
      parts[payer, default: PersonPart()].contacts += ids.compactMap { contacts[$0] }
    }
    for (scope, placed) in rests.recent { parts[scope.customer, default: PersonPart()].rests[scope] = placed }
    for (scope, skipped) in skips.recent { parts[scope.customer, default: PersonPart()].skips[scope] = skipped }
    for (key, given) in approvals.recent { parts[key.customer, default: PersonPart()].approvals[key] = given }
    for (customer, time) in replies.recent { parts[customer, default: PersonPart()].reply = time }
    for (customer, time) in attended.recent { parts[customer, default: PersonPart()].attended = time }
    return parts
  }

  /// The same things happened in both, wherever they lie.
  package static func == (a: ContactHistory, b: ContactHistory) -> Bool {
    a.summary == b.summary && a.people == b.people
  }

  private var people: [String: PersonPart] {
    let recent = parts
    var people = recent
    archive?.everyone { person in
      people[person.id] = PersonHistory(person.id, [person.whole] + [recent[person.id]].compactMap(\.self)).whole
    }
    return people.filter { $0.value != PersonPart() }
  }
}

extension [String] {
  /// Nil where there is nothing, as for a name that nobody ever bore.
  fileprivate var nonEmpty: [String]? { isEmpty ? nil : self }
}

extension PersonHistory {
  /// All of it as one part.
  package var whole: PersonPart {
    var part = PersonPart()
    part.contacts = order.compactMap { contacts[$0] }
    part.rests = rests
    part.skips = skips
    part.approvals = approvals
    part.reply = reply
    part.attended = attended
    return part
  }
}

/// A payer and a currency: what is contacted together.
package struct GroupKey: Hashable, Comparable, Sendable {
  package let payer: String
  package let currency: Currency

  package init(payer: String, currency: Currency) {
    self.payer = payer
    self.currency = currency
  }

  package static func < (a: GroupKey, b: GroupKey) -> Bool {
    (a.payer, a.currency) < (b.payer, b.currency)
  }
}
