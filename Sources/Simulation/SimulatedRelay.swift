import Delivery

/// A mail server on the other side of a bad line. Remembers what it took, whatever it answered.
struct SimulatedRelay {
  /// How often in a thousand each thing goes wrong; drawn anew for every seed, so that seeds differ in kind.
  struct Troubles {
    var busy = 0
    var refusesContent = 0
    var cutBefore = 0
    var cutAfterTaking = 0
    var cutWithoutTaking = 0
    var hangs = 0
    var isDown = 0
    var badLogin = 0

    static let none = Troubles()

    init() {}

    init(_ chance: inout SplitMix64) {
      func rare(_ most: Int) -> Int { chance.chance(500) ? chance.pick(1...most) : 0 }
      busy = rare(200)
      refusesContent = rare(60)
      cutBefore = rare(150)
      cutAfterTaking = rare(120)
      cutWithoutTaking = rare(120)
      hangs = rare(60)
      isDown = rare(80)
      badLogin = rare(20)
    }
  }

  var troubles: Troubles
  /// Mailboxes that do not exist.
  var unknown: Set<String> = []
  /// Every message that the server took: this is what customers got.
  private(set) var taken: [Envelope] = []
  /// How many more transactions find nobody at home.
  private var outage = 0

  init(_ troubles: Troubles) { self.troubles = troubles }

  /// One transaction, to its end.
  mutating func deliver(_ envelope: Envelope, _ chance: inout SplitMix64) -> DeliveryResult {
    if outage > 0 {
      outage -= 1
      return answer(.relayRefused, .connect, nil)
    }
    if chance.chance(troubles.isDown) {
      outage = chance.pick(1...12)
      return answer(.relayRefused, .connect, nil)
    }
    if chance.chance(troubles.badLogin) { return answer(.relayRefused, .auth, 535, isConfiguration: true) }
    if chance.chance(troubles.cutBefore) { return answer(.relayRefused, .mail, nil) }
    if unknown.contains(envelope.recipient) { return answer(.recipientRefused, .rcpt, 550) }
    if chance.chance(troubles.busy) { return answer(.deferred, .rcpt, 451) }
    if chance.chance(troubles.refusesContent) { return answer(.contentRefused, .dot, 554) }
    if chance.chance(troubles.cutWithoutTaking) { return answer(.unknown, .body, nil) }
    if chance.chance(troubles.cutAfterTaking) || chance.chance(troubles.hangs) {
      taken.append(envelope)
      return answer(.unknown, .dot, nil)
    }
    taken.append(envelope)
    return answer(.accepted, .dot, 250)
  }

  /// The daemon died in the midst of this transaction: perhaps it had come through.
  mutating func loseTouch(_ envelope: Envelope, _ chance: inout SplitMix64) {
    if chance.chance(500), !unknown.contains(envelope.recipient) { taken.append(envelope) }
  }

  private func answer(
    _ verdict: DeliveryVerdict, _ stage: DeliveryStage, _ code: Int?, isConfiguration: Bool = false
  ) -> DeliveryResult {
    DeliveryResult(
      verdict: verdict, stage: stage, code: code, reply: code.map { "\($0) simulated" } ?? "",
      detail: code == nil ? "the connection ended" : "", isConfiguration: isConfiguration, server: "relay.example:25")
  }
}
