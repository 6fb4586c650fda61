import Decisions
import Delivery
import Units

/// The envelopes that are on their way, and the contacts that they belong to.
///
/// Copies wait until somebody whom the message is for took it, or may have: a message that did not arrive has no copies,
/// and a later attempt at it sends none twice.
struct Flight: Sendable {
  private struct Party: Sendable {
    /// To recipients of whom nothing was heard yet.
    var originalsOut = 0
    var copiesOut = 0
    var hasArrived = false
    /// Not handed over yet.
    var copies: [Envelope] = []
    var window: ContactWindow?
    var lane: Lane
    /// Its hours were seen to be over.
    var isLate = false
    /// Facts changed while it was on its way: what has not been handed over is not any more.
    var isRecalled = false
  }

  private var legs: [Int: Leg] = [:]
  private var parties: [String: Party] = [:]
  private var lastTicket = 0
  private var contactCounts: [Lane: Int] = [:]
  /// When it was looked whether somebody's hours are over; nil when somebody came since.
  private var lookedAt: Instant?

  var isEmpty: Bool { legs.isEmpty }
  /// Contacts with a recipient that nothing was heard of yet.
  func contacts(in lane: Lane) -> Int { contactCounts[lane] ?? 0 }
  /// Nil for a ticket that is not on its way.
  func lane(of ticket: Int) -> Lane? { legs[ticket]?.lane }

  /// Makes an envelope for the leg, under a ticket that is never given twice. Nil for a copy that has to wait.
  mutating func add(_ leg: Leg, sender: String, message: [UInt8], window: ContactWindow?) -> Envelope? {
    lastTicket += 1
    legs[lastTicket] = leg
    let envelope = Envelope(
      ticket: lastTicket, sender: sender, recipient: leg.address, message: message,
      webhookKey: leg.lane == .webhook ? leg.contact : nil)
    if parties[leg.contact] == nil { contactCounts[leg.lane, default: 0] += 1 }
    lookedAt = nil
    var party = parties[leg.contact] ?? Party(window: window, lane: leg.lane)
    defer { parties[leg.contact] = party }
    if leg.isCopy {
      party.copiesOut += 1
      party.copies.append(envelope)
      return nil
    }
    party.originalsOut += 1
    return envelope
  }

  /// Takes an envelope off; nil for a ticket that is not, or no longer, on its way.
  mutating func land(_ ticket: Int, _ verdict: DeliveryVerdict) -> Leg? {
    guard let leg = legs.removeValue(forKey: ticket) else { return nil }
    guard var party = parties[leg.contact] else { return leg }
    if leg.isCopy { party.copiesOut -= 1 } else { party.originalsOut -= 1 }
    if verdict == .accepted || verdict == .unknown { party.hasArrived = true }
    if party.originalsOut + party.copiesOut == 0 {
      parties[leg.contact] = nil
      contactCounts[party.lane, default: 0] -= 1
    } else {
      parties[leg.contact] = party
    }
    return leg
  }

  /// Whether the hours of a contact are over of which that was not known yet.
  mutating func outlastsHours(at now: Instant) -> Bool {
    // What was heard together comes with one time.
    if now == lookedAt { return false }
    lookedAt = now
    // Most have the same hours.
    var asked: (window: ContactWindow, isOpen: Bool)?
    var late: [String] = []
    for (contact, party) in parties where !party.isLate {
      guard let window = party.window else { continue }
      if asked?.window != window { asked = (window, window.contains(now)) }
      if asked?.isOpen == false { late.append(contact) }
    }
    for contact in late { parties[contact]?.isLate = true }
    return !late.isEmpty
  }

  /// Whether what was not handed over of a contact still may be: within its hours, and on the facts that it rests on.
  func mayGoOn(_ contact: String, at now: Instant) -> Bool {
    guard let party = parties[contact] else { return true }
    return !party.isRecalled && party.window?.contains(now) ?? true
  }

  /// What is to become of the copies of that contact, now that one of its envelopes landed.
  enum CopyOrder: Equatable {
    case wait
    case send([Envelope])
    /// Nobody took the message: these are never handed over.
    case drop([Envelope])
  }

  mutating func copies(of contact: String) -> CopyOrder {
    guard let party = parties[contact], !party.copies.isEmpty else { return .wait }
    guard party.hasArrived || party.originalsOut == 0 else { return .wait }
    parties[contact]?.copies = []
    return party.hasArrived ? .send(party.copies) : .drop(party.copies)
  }

  mutating func recallCopies() { for contact in parties.keys { parties[contact]?.isRecalled = true } }
}
