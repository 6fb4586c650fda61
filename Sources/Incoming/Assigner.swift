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
    if [.reply, .unsubscribe].contains(arrival.kind) || arrival.list != nil, let sender = arrival.sender,
      own.contains(sender)
    {
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
    let addresses: [String]
    switch arrival.kind {
    case .bounce, .delay, .delivered, .complaint, .report:
      addresses = arrival.recipients.flatMap { [$0.original, $0.address].compactMap(\.self) }
    case .autoReply, .unsubscribe, .reply: addresses = [arrival.sender].compactMap(\.self)
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

  /// With the kind that it is once it is known whose it is: what a list passed on is a person's answer where it answers
  /// us, or where the list is a mailbox of ours.
  package func judged(_ arrival: Arrival, _ owner: Owner?) -> Arrival {
    guard let list = arrival.list, let owner else { return arrival }
    var arrival = arrival
    // RFC 2919 section 2: `ar@example.com` is `ar.example.com`.
    let isOwn = own.contains { String($0.map { $0 == "@" ? "." : $0 }) == list }
    if owner.way != .address || isOwn { arrival.kind = .reply }
    return arrival
  }

  /// The place of the failed address among the contact's recipients; nil when it cannot be told.
  package func recipient(_ recipient: Arrival.Recipient, of contact: String) -> (index: Int, isExact: Bool)? {
    guard let past = history.contact(contact) else { return nil }
    let all = (past.to + past.cc).map { $0.lowercased() }
    for address in [recipient.address, recipient.original].compactMap(\.self) {
      if let index = all.firstIndex(of: address) { return (index, true) }
    }
    // An earlier attempt went there, and what came of that is settled: the last one went elsewhere.
    let tried = Set(past.addressesTried.map { $0.lowercased() })
    if [recipient.address, recipient.original].contains(where: { $0.map(tried.contains) ?? false }) { return nil }
    // It went on to somewhere else, or the report names nobody: there is only one whom it can mean.
    return all.count <= 1 ? (0, recipient.address == nil) : nil
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
