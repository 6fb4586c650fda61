/// How a contact reaches its customer. The raw values are the words of configuration, ledger and journal.
package enum Channel: String, CaseIterable, Sendable, Comparable {
  case email, call, letter, statement, handover, webhook

  package static func < (a: Channel, b: Channel) -> Bool { a.rawValue < b.rawValue }
}

/// What a customer asked not to be used for it.
package enum DoNotContact: Hashable, Sendable {
  case nothing
  case everything
  /// Sorted.
  case channels([Channel])

  package func forbids(_ channel: Channel) -> Bool {
    switch self {
    case .nothing: false
    case .everything: true
    case .channels(let list): list.contains(channel)
    }
  }
}
