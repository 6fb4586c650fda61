import Ledger
import Units

/// What a stretch of the journal did to one person's history: a payer, or a customer that somebody acted on.
///
/// Parts of one person, oldest first, add up to a `PersonHistory`: a later part's contact takes the place of an earlier
/// one of the same id, and what it says of a scope or an item takes the place of all that was said before.
package struct PersonPart: Sendable, Equatable {
  /// Those that stood in earlier parts, by id; then the new ones, oldest first.
  package var contacts: [PastContact] = []
  package var rests: [Scope: [PlacedRest]] = [:]
  package var skips: [Scope: [SkippedStep]] = [:]
  package var approvals: [ItemKey: [GivenApproval]] = [:]
  package var reply: Instant?
  /// When a person last did something about this one.
  package var attended: Instant?

  package init() {}

  /// Addresses that contacts of this part went to, in lower case.
  package var addresses: Set<String> { Set(contacts.flatMap(\.addresses).map { $0.lowercased() }) }

  /// Customers whose items contacts of this part moved on, where they are not the payer.
  package var customers: Set<String> {
    Set(contacts.flatMap { contact in contact.items.map(\.key.customer).filter { $0 != contact.payer } })
  }
}

/// All that is sealed of one person.
package final class PersonHistory: Sendable {
  package let id: String
  package let contacts: [String: PastContact]
  /// Ids of contacts, oldest first.
  package let order: [String]
  package let items: [ItemKey: [String]]
  package let groups: [GroupKey: [String]]
  /// By address in lower case.
  package let addresses: [String: [String]]
  package let rests: [Scope: [PlacedRest]]
  package let skips: [Scope: [SkippedStep]]
  package let approvals: [ItemKey: [GivenApproval]]
  package let reply: Instant?
  package let attended: Instant?

  /// - Parameter parts: oldest first.
  package init(_ id: String, _ parts: [PersonPart]) {
    var contacts: [String: PastContact] = [:]
    var order: [String] = []
    var rests: [Scope: [PlacedRest]] = [:]
    var skips: [Scope: [SkippedStep]] = [:]
    var approvals: [ItemKey: [GivenApproval]] = [:]
    var reply: Instant?
    var attended: Instant?
    for part in parts {
      for contact in part.contacts {
        if contacts.updateValue(contact, forKey: contact.id) == nil { order.append(contact.id) }
      }
      rests.merge(part.rests) { $1 }
      skips.merge(part.skips) { $1 }
      approvals.merge(part.approvals) { $1 }
      reply = part.reply ?? reply
      attended = part.attended ?? attended
    }
    var items: [ItemKey: [String]] = [:]
    var groups: [GroupKey: [String]] = [:]
    var addresses: [String: [String]] = [:]
    for contact in order.compactMap({ contacts[$0] }) {
      for item in contact.items { items[item.key, default: []].append(contact.id) }
      groups[GroupKey(payer: contact.payer, currency: contact.currency), default: []].append(contact.id)
      for address in contact.addresses { addresses[address.lowercased(), default: []].append(contact.id) }
    }
    self.id = id
    self.contacts = contacts
    self.order = order
    self.items = items
    self.groups = groups
    self.addresses = addresses
    self.rests = rests
    self.skips = skips
    self.approvals = approvals
    self.reply = reply
    self.attended = attended
  }
}

extension PersonPart {
  package func write(to writer: inout HistoryWriter) {
    writer.write(contacts) { $1.write(to: &$0) }
    writer.write(rests.sorted { $0.key.order < $1.key.order }) { writer, entry in
      writer.write(entry.key)
      writer.write(entry.value) { writer, placed in
        writer.write(placed)
      }
    }
    writer.write(skips.sorted { $0.key.order < $1.key.order }) { writer, entry in
      writer.write(entry.key)
      writer.write(entry.value) { writer, skipped in
        writer.write(skipped.step)
        writer.write(skipped.at)
      }
    }
    writer.write(approvals.sorted { $0.key < $1.key }) { writer, entry in
      writer.write(entry.key)
      writer.write(entry.value) { writer, given in
        writer.write(given.extent.rawValue)
        writer.write(given.subject)
        writer.write(given.line.step)
        writer.write(count: given.line.repetition)
        writer.write(given.line.upTo)
        writer.write(given.granted)
        writer.write(given.at)
      }
    }
    writer.write(reply) { $0.write($1) }
    writer.write(attended) { $0.write($1) }
  }

  package init(from reader: inout HistoryReader) throws(HistoryReader.Damage) {
    contacts = try reader.list(PastContact.init(from:))
    for _ in 0..<(try reader.count()) {
      let scope = try reader.scope()
      rests[scope] = try reader.list { reader throws(HistoryReader.Damage) in
        try reader.placedRest(on: scope)
      }
    }
    for _ in 0..<(try reader.count()) {
      let scope = try reader.scope()
      skips[scope] = try reader.list { reader throws(HistoryReader.Damage) in
        SkippedStep(step: try reader.text(), at: try reader.instant())
      }
    }
    for _ in 0..<(try reader.count()) {
      let key = try reader.key()
      approvals[key] = try reader.list { reader throws(HistoryReader.Damage) in
        let extent: Approval.Extent = try reader.word()
        let subject = try reader.text()
        let line = Approval.Line(
          key: key, step: try reader.text(), repetition: try reader.count(), upTo: try reader.money())
        return GivenApproval(
          extent: extent, subject: subject, line: line, granted: try reader.flag(), at: try reader.instant())
      }
    }
    reply = try reader.optional { r throws(HistoryReader.Damage) in try r.instant() }
    attended = try reader.optional { r throws(HistoryReader.Damage) in try r.instant() }
  }
}

extension Scope {
  /// A customer before all of its invoices.
  fileprivate var order: ScopeOrder {
    switch self {
    case .customer(let id): ScopeOrder(customer: id, isInvoice: 0, number: "")
    case .invoice(let id, let number): ScopeOrder(customer: id, isInvoice: 1, number: number)
    }
  }
}

private struct ScopeOrder: Comparable {
  let customer: String
  let isInvoice: Int
  let number: String

  static func < (a: ScopeOrder, b: ScopeOrder) -> Bool {
    (a.customer, a.isInvoice, a.number) < (b.customer, b.isInvoice, b.number)
  }
}
