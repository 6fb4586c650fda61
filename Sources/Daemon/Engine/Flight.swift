/// The envelopes that are on their way, and the contacts that they belong to.
struct Flight: Sendable {
  private var legs: [Int: Leg] = [:]
  private var recipientsOut: [String: Int] = [:]
  private var lastTicket = 0

  var isEmpty: Bool { legs.isEmpty }
  /// Contacts with a recipient that nothing was heard of yet.
  var contacts: Int { recipientsOut.count }

  /// The ticket that its result comes back with; never given twice.
  mutating func add(_ leg: Leg) -> Int {
    lastTicket += 1
    legs[lastTicket] = leg
    recipientsOut[leg.contact, default: 0] += 1
    return lastTicket
  }

  /// Nil for a ticket that is not, or no longer, on its way.
  mutating func land(_ ticket: Int) -> Leg? {
    guard let leg = legs.removeValue(forKey: ticket) else { return nil }
    let left = (recipientsOut[leg.contact] ?? 1) - 1
    recipientsOut[leg.contact] = left == 0 ? nil : left
    return leg
  }
}
