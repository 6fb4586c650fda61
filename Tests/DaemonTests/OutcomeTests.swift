import Decisions
import Delivery
import Testing
import Units

@testable import Daemon

@Suite("Outcomes")
struct OutcomeTests {
  private static let leg = Leg(contact: "c", customer: "p", recipient: 1, attempt: 2, address: "Ann@Firm.Example")
  private static let now = Rig.morning

  /// The outcome table of the design, section 9: what was seen, what is recorded.
  private static let table: [(DeliveryResult, String, badAddress: Bool)] = [
    (.accepted, "sent:c1", false),
    (.tooBusy, "deferred:c1", false),
    (.noConnection, "deferred:c1", false),
    (.badLogin, "deferred:c1", false),
    // 5.7.x to RCPT: the relay, or a block list, refuses us.
    (.reply(.relayRefused, .rcpt, 550), "deferred:c1", false),
    (.noSuchUser, "failed:c1", true),
    (.spam, "failed:c1", false),
    (.lost, "doubt:c1", false),
  ]

  @Test("what libcurl saw becomes what is recorded", arguments: table)
  func mapping(result: DeliveryResult, record: String, badAddress: Bool) {
    let event = Outcome.event(Self.leg, result, at: Self.now)
    #expect(Rig.short(event) == record)
    if case .contactFailed(let attempt) = event { #expect(attempt.badAddress == badAddress) }
  }

  @Test(
    "each attempt waits longer than the one before, whoever was at fault",
    arguments: [DeliveryResult.tooBusy, .noConnection, .badLogin, .reply(.relayRefused, .rcpt, 550)])
  func waits(result: DeliveryResult) {
    let waits = (1...5).map { attempt -> Span? in
      var leg = Self.leg
      leg.attempt = attempt
      guard case .contactDeferred(_, let next) = Outcome.event(leg, result, at: Self.now) else { return nil }
      return next - Self.now
    }
    #expect(waits == [.minutes(5), .minutes(15), .hours(1), .hours(4), .hours(4)])
  }

  @Test("the record tells stage, code, words and server")
  func facts() {
    guard case .contactSent(let attempt) = Outcome.event(Self.leg, .accepted, at: Self.now) else {
      Issue.record("not sent")
      return
    }
    #expect(
      attempt
        == Attempt(
          contact: "c", recipient: 1, attempt: 2, stage: "dot", code: 250, reply: "250 words", server: "mail:25"))
  }

  @Test("the domain is what stands after the @, in lower case")
  func domain() { #expect(Self.leg.domain == "firm.example") }

  @Test("a remark names no address and quotes no reply")
  func remarks() {
    let told = Self.leg.told(
      DeliveryResult(verdict: .recipientRefused, stage: .rcpt, code: 550, reply: "550 no ann@firm.example here"))
    for event: HistoryEvent in [.contactFailed(told), .contactDeferred(told, next: Self.now), .contactSent(told)] {
      #expect(!Remark.outcome(event).sentence.contains("@"))
    }
  }
}
