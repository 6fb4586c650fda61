import Decisions
import Delivery
import Units

/// One recipient of one contact on its way.
struct Leg: Sendable, Equatable {
  var contact: String
  var customer: String
  /// Index over the contact's To, then its cc.
  var recipient: Int
  var attempt: Int
  var address: String
  var isCopy = false
  var lane = Lane.mail

  /// Lower case; what the breaker counts refusals by.
  var domain: String { address.split(separator: "@").last.map { $0.lowercased() } ?? "" }

  func told(_ result: DeliveryResult, badAddress: Bool = false) -> Attempt {
    let words = [result.reply, result.detail].first { !$0.isEmpty }
    return Attempt(
      contact: contact, recipient: recipient, attempt: attempt, stage: result.stage.rawValue, code: result.code,
      reply: words, server: result.server, badAddress: badAddress)
  }
}

/// From what the relay did to what is recorded: the outcome table of the design as one pure function.
enum Outcome {
  static func event(_ leg: Leg, _ result: DeliveryResult, at now: Instant) -> HistoryEvent {
    switch result.verdict {
    case .accepted: .contactSent(leg.told(result))
    // What was never begun tells nothing of the mailbox or the relay, and need not wait.
    case .deferred where result.stage == .queue: .contactDeferred(leg.told(result), next: now)
    case .deferred, .relayRefused: .contactDeferred(leg.told(result), next: now + wait(leg, result))
    case .recipientRefused: .contactFailed(leg.told(result, badAddress: true))
    case .contentRefused: .contactFailed(leg.told(result))
    case .unknown:
      .contactInDoubt(
        contact: leg.contact, recipient: leg.recipient, attempt: leg.attempt, why: result.ownSentence)
    }
  }

  /// Longer where the service asks for it, but not for more than a day: a slip there must not silence a customer.
  private static func wait(_ leg: Leg, _ result: DeliveryResult) -> Span {
    max(backOff(after: leg.attempt), .seconds(min(max(0, result.retryAfter), 86_400)))
  }

  /// How long the next attempt waits: 5 m, 15 m, 1 h, then 4 h each. `attempt` counts from 1.
  static func backOff(after attempt: Int) -> Span {
    switch attempt {
    case ...1: .minutes(5)
    case 2: .minutes(15)
    case 3: .hours(1)
    default: .hours(4)
    }
  }

  /// What stands for an envelope that was never handed over: its intent is durable, its first byte never left.
  static let takenBack = DeliveryResult(verdict: .deferred, stage: .queue, detail: "taken back before it was begun")
  static let copyOfNothing = DeliveryResult(
    verdict: .deferred, stage: .queue, detail: "a copy of a message that nobody took is not sent")
}
