import Decisions
import Delivery
import Units

// What became of the envelopes, and whose fault it is.
extension Engine {
  mutating func take(_ delivered: Delivered, at time: Instant) -> [Effect] {
    now = time
    let lane = flight.lane(of: delivered.ticket) ?? .mail
    var effects = land(delivered.ticket, delivered.result)
    // Taken back because the facts changed: in this cycle it is decided once more.
    if delivered.result.stage == .queue, !breakers.isBarred(lane) { effects += startAnew(because: .waiting) }
    return effects + passTime(time)
  }

  mutating func land(_ ticket: Int, _ result: DeliveryResult) -> [Effect] {
    guard let leg = flight.land(ticket, result.verdict) else { return [] }
    if result.stage != .queue { cycle?.noteProgress() }
    var effects: [Effect] = []
    outcomes.append(Outcome.event(leg, result, at: now))

    if leg.lane == .webhook { return effects + heed(result, ticket) }
    let isRefused = result.verdict == .recipientRefused
    let notice = breakers.mail.record(result, ticket: ticket, domain: isRefused ? leg.domain : "")
    if isRefused { suspects[ticket] = leg }
    for acquitted in notice.acquitted {
      if let leg = suspects[acquitted] { acquit(leg, because: result) }
    }
    if !suspects.isEmpty {
      let stillSuspect = Set(breakers.mail.suspects)
      suspects = suspects.filter { stillSuspect.contains($0.key) }
    }
    if notice.hasOpened { effects += [.tell(.relayAtFault(result)), .recall] }

    if isRefusedAgain(result, .mail) {
      end(.contentRefused(result))
      effects.append(.recall)
    }
    return effects + orderCopies(of: leg.contact)
  }

  /// What a webhook's answer means for the next ones; mails are none of its business.
  private mutating func heed(_ result: DeliveryResult, _ ticket: Int) -> [Effect] {
    let notice = breakers.webhook.record(result, ticket: ticket, domain: "")
    if isRefusedAgain(result, .webhook) {
      cycle?.closeWebhook(because: result)
      return [.tell(.webhookAtFault(result))]
    }
    return notice.hasOpened ? [.tell(.webhookAtFault(result))] : []
  }

  /// So many in a row were refused for their content that the fault is probably ours.
  private mutating func isRefusedAgain(_ result: DeliveryResult, _ lane: Lane) -> Bool {
    switch result.verdict {
    case .contentRefused: contentRefusalsInRow[lane, default: 0] += 1
    case .accepted: contentRefusalsInRow[lane] = 0
    case .deferred, .recipientRefused, .relayRefused, .unknown: break
    }
    return contentRefusalsInRow[lane] ?? 0 >= Engine.contentRefusalsMax
  }

  /// A copy begins only after its original has ended: whether anything may still begin is asked anew.
  private mutating func orderCopies(of contact: String) -> [Effect] {
    switch flight.copies(of: contact) {
    case .wait: return []
    case .send(let envelopes):
      if mayRecord, !breakers.isBarred(.mail), flight.mayGoOn(contact, at: now) { return [.send(envelopes)] }
      return envelopes.flatMap { land($0.ticket, Outcome.takenBack) }
    case .drop(let envelopes): return envelopes.flatMap { land($0.ticket, Outcome.copyOfNothing) }
    }
  }

  /// A refused recipient was the relay's fault after all: it is deferred, and its address is good.
  mutating func acquit(_ leg: Leg, because result: DeliveryResult) {
    let deferred = HistoryEvent.contactDeferred(leg.told(result), next: now + Outcome.backOff(after: leg.attempt))
    let waiting = outcomes.firstIndex {
      if case .contactFailed(let attempt) = $0 {
        attempt.contact == leg.contact && attempt.recipient == leg.recipient
      } else {
        false
      }
    }
    if let waiting {
      outcomes[waiting] = deferred
    } else if isStillRefused(leg) {
      outcomes += [deferred, .addressCleared(customer: leg.customer, address: leg.address, by: "dunningd")]
    }
  }

  /// Nothing became of the contact since: it was not tried anew, nor went another way.
  private func isStillRefused(_ leg: Leg) -> Bool {
    guard let past = history.contact(leg.contact, of: leg.customer), past.attempt == leg.attempt,
      past.channel == .email, past.recipients.indices.contains(leg.recipient)
    else { return false }
    return past.recipients[leg.recipient] == .failed
  }
}
