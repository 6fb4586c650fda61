import Delivery
import Units

/// The service behind the webhook, on the other side of a bad line. As with the mail server, what it did is told as libcurl
/// would tell it, and the real classification makes of it what it can.
package struct SimulatedService {
  /// What is wrong with it for a while.
  package enum Mood: CaseIterable, Sendable {
    case fair
    /// Nobody listens, or what answers has another certificate.
    case down, stranger
    case busy, refuses
    /// The line is cut while the request is on it, or before the answer.
    case cut
    /// Each thing now and then.
    case moody
  }

  var mood = Mood.fair
  /// How many messages it took.
  private(set) var taken = 0

  mutating func deliver(_ envelope: Envelope, _ chance: inout SplitMix64) -> SimulatedRelay.Landing {
    var mood = mood
    if mood == .moody { mood = chance.chance(600) ? .fair : chance.pick(Mood.allCases) }
    var transfer = WebhookTransfer(curlCode: CurlCode.ok, sent: envelope.message.count)
    var isTaken = false
    switch mood {
    case .fair, .moody:
      transfer.status = chance.pick([200, 201, 202, 204])
      isTaken = true
    case .down: transfer = WebhookTransfer(curlCode: chance.pick([7, 28, 6]), errorText: "simulated")
    case .stranger: transfer = WebhookTransfer(curlCode: 60, errorText: "simulated")
    case .busy:
      transfer.status = chance.pick([408, 425, 429, 500, 503])
      transfer.retryAfter = chance.pick([0, 30, 7200, 10_000_000])
    case .refuses: transfer.status = chance.pick([301, 400, 404, 422])
    case .cut:
      transfer.curlCode = chance.pick([CurlCode.timedOut, CurlCode.receiveError])
      isTaken = chance.chance(500)
    }
    if isTaken { taken += 1 }
    return SimulatedRelay.Landing(
      result: DeliveryResult(transfer, server: "https://service.example"), isTaken: isTaken, took: .zero)
  }

  /// The daemon died in the midst of this request: perhaps it had come through.
  mutating func loseTouch(_ chance: inout SplitMix64) -> Bool {
    guard mood != .down, mood != .stranger, chance.chance(500) else { return false }
    taken += 1
    return true
  }
}
