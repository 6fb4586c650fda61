import Units

/// An archive in memory: for who has to do without the sealed files, and for tests.
package final class MemoryArchive: HistoryArchive {
  private let byID: [String: PersonHistory]
  private let links: [HistoryLink: Set<String>]

  /// - Parameter parts: those of each person, oldest first.
  package init(_ parts: [String: [PersonPart]]) {
    var links: [HistoryLink: Set<String>] = [:]
    for (id, parts) in parts {
      for part in parts {
        for link in part.links { links[link, default: []].insert(id) }
      }
    }
    byID = Dictionary(uniqueKeysWithValues: parts.map { ($0.key, PersonHistory($0.key, $0.value)) })
    self.links = links
  }

  package convenience init(_ history: ContactHistory) { self.init(history.parts.mapValues { [$0] }) }

  package func person(_ id: String) -> PersonHistory? { byID[id] }
  package func people(with link: HistoryLink) -> [PersonHistory] {
    (links[link] ?? []).sorted().compactMap { byID[$0] }
  }
  package func everyone(_ visit: (PersonHistory) -> Void) { byID.values.forEach(visit) }
  package var fault: String? { nil }
  /// There is nothing else that it could go over to; what it was folded from knows whether it lacks something.
  package func distrust(because words: String) {}
}

extension PersonPart {
  /// By what the person of this part is found.
  package var links: Set<HistoryLink> {
    var links: Set<HistoryLink> = []
    for address in addresses { links.insert(.address(address)) }
    for customer in customers { links.insert(.customer(customer)) }
    for contact in contacts {
      links.insert(.contact(contact.id))
      for item in contact.items { links.insert(.invoice(item.key.number)) }
    }
    for scope in Array(rests.keys) + Array(skips.keys) {
      if case .invoice(_, let number) = scope { links.insert(.invoice(number)) }
    }
    for (key, given) in approvals {
      links.insert(.invoice(key.number))
      for approval in given { links.insert(.subject(approval.subject)) }
    }
    return links
  }
}
