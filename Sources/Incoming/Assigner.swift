import Decisions
import Ledger

/// Finds out whom a message belongs to, by what cannot be guessed first: the bounce address of one contact, then our
/// Message-ID in what came back or was answered, then the addresses that we know.
package struct Assigner {
  /// Whose it is, and by what we know.
  package struct Owner: Sendable, Equatable {
    package enum Way: String, Sendable {
      case bounceAddress = "bounce_address"
      case messageID = "message_id"
      case address
    }

    package var way: Way
    /// The contact; nil when only the ledger knows the address.
    package var contact: String?
    /// Whom an answer rests. Several where customers share a mailbox.
    package var customers: [String]
  }

  /// Whom a bounce of a contact is about.
  package enum Place: Sendable, Equatable {
    /// The place among the recipients of the last attempt. Where it is not exact, the report names the mailbox by another
    /// name, and nothing is known of the one that we wrote to.
    case last(Int, isExact: Bool)
    /// Of an earlier one, whose recipient the last was not for.
    case earlier(attempt: Int, Int)
    /// Somebody to whom one of them passed it on: the others behind that address may have it.
    case passedOn
    case unnamed
  }

  private let history: ContactHistory
  private let bounce: BounceAddress?
  /// Who answers for a mailbox, by address in lower case; ids sorted.
  private let customers: [String: [String]]
  /// Our own addresses, in lower case: what we write ourselves is nobody's answer.
  private let own: Set<String>

  package init(
    _ history: ContactHistory, bounce: BounceAddress?, customers: [Customer], own: some Sequence<String> = []
  ) {
    self.history = history
    self.bounce = bounce
    self.own = Set(own)
    var owners: [String: Set<String>] = [:]
    for customer in customers {
      for address in customer.emails + customer.cc + customer.escalationEmails {
        owners[address.lowercased(), default: []].insert(customer.payer ?? customer.id)
      }
    }
    self.customers = owners.mapValues { $0.sorted() }
  }

  /// Nil when it belongs to nobody that we know.
  package func owner(of arrival: Arrival) -> Owner? {
    let sender = sender(of: arrival)
    if [.reply, .unsubscribe].contains(arrival.kind) || arrival.list != nil, sender.map(own.contains) ?? false {
      return nil
    }
    for address in arrival.addressees {
      if let id = contactID(inBounceAddress: address), let contact = history.contact(id) {
        return Owner(way: .bounceAddress, contact: id, customers: [contact.payer])
      }
    }
    for reference in arrival.references {
      if let contact = contact(of: reference) {
        return Owner(way: .messageID, contact: contact.id, customers: [contact.payer])
      }
    }
    if isForeign(arrival) { return nil }
    let addresses: [String]
    switch arrival.kind {
    case .bounce, .delay, .delivered, .complaint, .report:
      addresses = arrival.recipients.flatMap { [$0.original, $0.address].compactMap(\.self) }
    case .autoReply, .unsubscribe, .reply: addresses = [sender].compactMap(\.self)
    }
    for address in addresses {
      let contact = history.addresses[address]?.last.flatMap(history.contact)
      var found = customers[address] ?? []
      // A contact of a customer that is gone, or of another address then, still is one.
      if let contact, !found.contains(contact.payer) { found.insert(contact.payer, at: 0) }
      if !found.isEmpty { return Owner(way: .address, contact: contact?.id, customers: found) }
    }
    return nil
  }

  /// Whether a mail system says which message came back, and nothing in that is ours. What bears our address may be ours all
  /// the same: relays put ids of their own in the place of ours.
  private func isForeign(_ arrival: Arrival) -> Bool {
    arrival.saysWhatCameBack && !(arrival.returnedFrom.map(own.contains) ?? false)
  }

  /// Who wrote it; of what bears our own address whoever else is named: a group of ours writes in its writers' place.
  private func sender(of arrival: Arrival) -> String? {
    guard let sender = arrival.sender, own.contains(sender) else { return arrival.sender }
    return arrival.otherSenders.first { !own.contains($0) } ?? sender
  }

  /// With the kind and the writer that it has once it is known whose it is: what a list passed on is a person's answer where
  /// it answers us, or where the list is a mailbox of ours.
  package func judged(_ arrival: Arrival, _ owner: Owner?) -> Arrival {
    guard let owner else { return arrival }
    var arrival = arrival
    arrival.sender = sender(of: arrival)
    guard let list = arrival.list else { return arrival }
    // RFC 2919 section 2: `ar@example.com` is `ar.example.com`.
    let isOwn = own.contains { String($0.map { $0 == "@" ? "." : $0 }) == list }
    if owner.way != .address || isOwn { arrival.kind = .reply }
    return arrival
  }

  /// Whom a bounce of that contact is about; nil where there is no such contact.
  package func place(of recipient: Arrival.Recipient, in contact: String) -> Place? {
    guard let past = history.contact(contact) else { return nil }
    let names = [recipient.original, recipient.address].compactMap(\.self)
    guard let first = names.first, let last = names.last else { return .unnamed }
    guard Self.isSameMailbox(first, last) else { return .passedOn }
    let all = past.channel == .email ? (past.to + past.cc).map { $0.lowercased() } : []
    for name in names {
      if let index = all.firstIndex(of: name) { return .last(index, isExact: true) }
    }
    for name in names {
      if let place = past.earlierPlace(of: name) { return .earlier(attempt: place.attempt, place.recipient) }
    }
    if let index = all.firstIndex(where: { Self.isSameMailbox($0, last) }) { return .last(index, isExact: false) }
    return .passedOn
  }

  /// Whether a server may have written one for the other on its way into the very same mailbox: another host of the same
  /// domain, an extension behind a plus.
  private static func isSameMailbox(_ one: String, _ other: String) -> Bool {
    func parts(_ address: String) -> (local: Substring, domain: Substring) {
      let at = address.lastIndex(of: "@") ?? address.endIndex
      return (address[..<at].prefix { $0 != "+" }, address[at...].dropFirst())
    }
    let (a, b) = (parts(one), parts(other))
    guard a.local == b.local else { return false }
    return a.domain == b.domain || a.domain.hasSuffix(".\(b.domain)") || b.domain.hasSuffix(".\(a.domain)")
      || !a.domain.contains(".") || !b.domain.contains(".")
  }

  private func contact(of reference: String) -> PastContact? {
    let id = reference.prefix { $0 != "." && $0 != "@" }.lowercased()
    guard id.utf8.count == 16, let contact = history.contact(id) else { return nil }
    let own = contact.messageID.lowercased().filter { $0 != "<" && $0 != ">" }
    return own == reference.lowercased() ? contact : nil
  }

  private func contactID(inBounceAddress address: String) -> String? {
    guard let pattern = bounce?.pattern.lowercased(), let mark = pattern.firstRange(of: "{contact}") else { return nil }
    let before = pattern[..<mark.lowerBound]
    let after = pattern[mark.upperBound...]
    let address = address.lowercased()
    guard address.hasPrefix(before), address.hasSuffix(after),
      address.utf8.count == before.utf8.count + 16 + after.utf8.count
    else { return nil }
    return String(address.dropFirst(before.count).prefix(16))
  }
}
