import Receivables

/// Contacts that one To recipient has, or may have, while another was put off by the server.
struct HalfMadeContacts {
  /// The history in which nobody has them yet.
  let reopened: ContactHistory
  private let byGroup: [GroupKey: [PastContact]]

  init(_ history: ContactHistory, _ policy: Policy) {
    let contacts = history.halfMade.sorted().compactMap { history.contact($0) }
      .filter { Self.isTakenAsMade($0, policy) }
    byGroup = Dictionary(grouping: contacts) { GroupKey(payer: $0.payer, currency: $0.currency) }
    reopened = contacts.isEmpty ? history : history.reopened(contacts.map(\.id))
  }

  var isEmpty: Bool { byGroup.isEmpty }

  func contacts(of account: Account) -> [PastContact] {
    byGroup[GroupKey(payer: account.payer.id, currency: account.currency)] ?? []
  }

  /// A doubt that a person is to clear, or that is sent once more to all, is not completed.
  private static func isTakenAsMade(_ contact: PastContact, _ policy: Policy) -> Bool {
    contact.standing == .made || contact.items.allSatisfy { policy.inDoubt(of: $0) == .assumeSent }
  }
}

extension PlannedContact {
  /// Whether it takes the same steps on the same items: then both have the same id.
  func isSame(as past: PastContact) -> Bool {
    guard past.payer == payer.id, past.currency == currency, past.items.count == advancing.count else { return false }
    let byKey = past.items.sorted { $0.key < $1.key }
    return zip(byKey, advancing).allSatisfy { a, b in
      a.key == b.key && a.anchor == b.anchor && a.anchorDate == b.anchorDate && a.step == b.step
        && a.repetition == b.repetition
    }
  }
}
