/// The history, in one place for all groups.
final class Past: Sendable {
  let history: ContactHistory
  /// Customers about whom something was recorded since the archive.
  private let customers: Set<String>
  private let hasArchive: Bool

  init(_ history: ContactHistory) {
    self.history = history
    customers = history.recentCustomers
    hasArchive = history.hasArchive
  }

  init(of other: Past) {
    history = other.history
    customers = other.customers
    hasArchive = other.hasArchive
  }

  /// Whether nothing was ever recorded about a customer: no contact, no rest, no word of a person. Asked once a group, it
  /// spares asking for each of its items.
  func isSilent(about customer: String) -> Bool {
    if !customers.isEmpty, customers.contains(customer) { return false }
    return !hasArchive || history.isArchiveSilent(about: customer)
  }
}
