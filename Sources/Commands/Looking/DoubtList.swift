import Decisions
import Units

/// The contacts of which nobody knows whether they arrived, for the person who is to say so.
struct DoubtList {
  /// Nothing when there is none.
  let lines: [String]

  private static let shown = 10

  init(_ history: ContactHistory) {
    let contacts = history.doubtful.compactMap { history.contact($0) }.sorted { ($0.at, $0.id) < ($1.at, $1.id) }
    guard !contacts.isEmpty else {
      lines = []
      return
    }
    let count = contacts.count.of("contact is", "contacts are")
    var lines = ["\(count) in doubt; say what became of each: dunningd resolve CONTACT --sent|--not-sent"]
    for contact in contacts.prefix(Self.shown) {
      let numbers = contact.items.prefix(3).map(\.key.number).joined(separator: " ")
      lines.append(
        "  \(contact.id)  \(contact.payer), step \(contact.step): \(numbers)" + (contact.items.count > 3 ? " …" : ""))
    }
    if contacts.count > Self.shown { lines.append("  … and \(contacts.count - Self.shown) more") }
    self.lines = lines
  }
}
