import Ledger
import Units

/// What has happened so far: a fold over the journal's events, and all that deciding sees of them.
///
///     contacts[id]        every contact with its standing
///     items[key]          ids of the contacts that moved the item on, oldest first
///     groups, payers,     ids of the contacts that count for caps, gaps and deadlines
///     addresses
///     rests, approvals    what people said
///
/// A value: applying the same events in the same order gives the same history.
package struct ContactHistory: Sendable, Equatable {
  package private(set) var instance = ""
  package private(set) var contacts: [String: PastContact] = [:]
  package private(set) var items: [ItemKey: [String]] = [:]
  package private(set) var groups: [GroupKey: [String]] = [:]
  package private(set) var payers: [String: [String]] = [:]
  package private(set) var addresses: [String: [String]] = [:]
  /// Addresses that a server refused or that bounced, with the day since when.
  package private(set) var badAddresses: [String: Instant] = [:]
  package private(set) var rests: [Scope: [PlacedRest]] = [:]
  package private(set) var skips: [Scope: [SkippedStep]] = [:]
  package private(set) var approvals: [ItemKey: [GivenApproval]] = [:]
  package private(set) var replies: [String: Instant] = [:]
  /// Ids of contacts that one To recipient has, or may have, while another was put off.
  package private(set) var halfMade: Set<String> = []
  /// Ids of contacts of which nobody knows whether they arrived.
  package private(set) var doubtful: Set<String> = []
  /// Whether any contact was ever sent: before, the first cycle waits for a person.
  package private(set) var hasSentContact = false
  /// Time of the last event.
  package private(set) var last: Instant?

  package init() {}

  /// The contact's present standing; nil for an id that was never intended.
  package func contact(_ id: String) -> PastContact? { contacts[id] }

  package mutating func apply(_ event: HistoryEvent, at time: Instant) {
    last = time
    switch event {
    case .opened(let instance): self.instance = instance
    case .contactIntended(let intended): intend(intended, at: time)
    case .contactSent(let attempt):
      hasSentContact = true
      settle(attempt.contact, attempt.recipient, .sent, at: time)
    case .contactDeferred(let attempt, let next):
      settle(attempt.contact, attempt.recipient, .deferred(until: next), at: time)
    case .contactFailed(let attempt):
      settle(attempt.contact, attempt.recipient, .failed, at: time)
      if attempt.badAddress { markBad(attempt.contact, attempt.recipient, at: time) }
    case .contactInDoubt(let id, let recipient, _, _): settle(id, recipient, .inDoubt, at: time)
    case .contactResolved(let id, let sent, _):
      contacts[id]?.resolve(sent: sent)
      noteStanding(id)
      if sent { hasSentContact = true }
    case .contactCancelled(let id, _):
      contacts[id]?.cancel()
      noteStanding(id)
    case .contactBounced(let id, let recipient, _, let permanent, _):
      settle(id, recipient, .bounced, at: time)
      if permanent { markBad(id, recipient, at: time) }
    case .contactReplied(_, let customer, _): replies[customer] = time
    case .addressCleared(let customer, let address, _):
      for id in payers[customer] ?? [] { contacts[id]?.forgive(address, at: time) }
      clearAddresses(of: customer, only: address)
    case .restPlaced(let rest): rests[rest.scope, default: []].append(PlacedRest(rest: rest, placed: time))
    case .restEnded(let kind, let scope, _, _, _): end(kind, scope, at: time)
    case .stepSkipped(let scope, let step, _, _):
      skips[scope, default: []].append(SkippedStep(step: step, at: time))
    case .approvalGiven(let approval):
      for line in approval.lines {
        approvals[line.key, default: []].append(
          GivenApproval(
            extent: approval.extent, subject: approval.subject, line: line, granted: approval.granted, at: time))
      }
    case .noteAdded, .daemonStarted, .daemonStopped, .daemonReloaded, .cycleCompleted, .journalRecovered,
      .journalErased, .unknown:
      break
    }
  }

  /// Contacts with a recipient whose fate nobody knows yet: an intent without an outcome. After a crash these become
  /// `contact.in_doubt`. Sorted by id.
  package var unsettled: [PastContact] {
    contacts.values.filter { $0.recipients.contains(.pending) }.sorted { $0.id < $1.id }
  }

  /// The history in which nobody has these contacts yet: what the rules would do with them today.
  func reopened(_ ids: [String]) -> ContactHistory {
    var history = self
    for id in ids { history.contacts[id]?.reopen() }
    return history
  }

  // MARK: - The fold

  private mutating func intend(_ intended: IntendedContact, at time: Instant) {
    let id = intended.contact
    if contacts[id] == nil {
      for item in intended.invoices { items[item.key, default: []].append(id) }
      groups[GroupKey(payer: intended.customer, currency: intended.currency), default: []].append(id)
      payers[intended.customer, default: []].append(id)
    }
    let known = contacts[id].map { Set($0.to) } ?? []
    for address in intended.to where !known.contains(address) {
      addresses[address.lowercased(), default: []].append(id)
    }
    contacts[id] = PastContact(intended, at: time, after: contacts[id])
    noteStanding(id)
  }

  private mutating func noteStanding(_ id: String) {
    if contacts[id]?.leftOut.isEmpty == false { halfMade.insert(id) } else { halfMade.remove(id) }
    if contacts[id]?.standing == .inDoubt { doubtful.insert(id) } else { doubtful.remove(id) }
  }

  private mutating func settle(_ id: String, _ recipient: Int, _ fate: PastContact.Fate, at time: Instant) {
    contacts[id]?.settle(recipient, fate)
    noteStanding(id)
  }

  private mutating func markBad(_ id: String, _ recipient: Int, at time: Instant) {
    guard let contact = contacts[id] else { return }
    let all = contact.to + contact.cc
    guard all.indices.contains(recipient) else { return }
    badAddresses[all[recipient].lowercased()] = time
  }

  private mutating func clearAddresses(of customer: String, only address: String?) {
    if let address {
      badAddresses[address.lowercased()] = nil
      return
    }
    for id in payers[customer] ?? [] {
      for address in contacts[id]?.to ?? [] { badAddresses[address.lowercased()] = nil }
    }
  }

  private mutating func end(_ kind: Rest.Kind, _ scope: Scope, at time: Instant) {
    guard var placed = rests[scope] else { return }
    for index in placed.indices where placed[index].rest.kind == kind && placed[index].ended == nil {
      placed[index].ended = time
    }
    rests[scope] = placed
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

package struct SkippedStep: Sendable, Equatable {
  package var step: String
  package var at: Instant
}

package struct GivenApproval: Sendable, Equatable {
  package var extent: Approval.Extent
  /// The contact's id or the list's hash.
  package var subject: String
  package var line: Approval.Line
  package var granted: Bool
  package var at: Instant
}
