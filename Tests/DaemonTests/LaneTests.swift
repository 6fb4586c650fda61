import Decisions
import Delivery
import Testing
import Units

@testable import Daemon

/// Letters and webhooks beside mails: each has its own way.
@Suite("The lanes of the engine")
struct LaneTests {
  private static func letter(_ id: String) -> PlannedContact {
    Rig.contact(id, to: ["Alpha", "Berlin"], channel: .letter)
  }
  private static func webhook(_ id: String) -> PlannedContact { Rig.contact(id, to: [], channel: .webhook) }

  @Test("a letter is recorded with its page kept, and goes no further")
  func letter() {
    var rig = Rig([Self.letter("a")])
    rig.run()
    #expect(rig.journal.map(Rig.short) == ["intended:a", "cycle"])
    #expect(rig.sent.isEmpty)
    #expect(rig.report?.letters == 1 && rig.report?.ending == .completed)
    #expect(rig.engine.history.outbox.map(\.id) == ["a"])
    // Decided again, it is not made again.
    rig.run()
    #expect(rig.journal.map(Rig.short) == ["intended:a", "cycle", "cycle"])
  }

  @Test("a letter does not wait for a mail server that is at fault")
  func letterBesideMail() {
    var rig = Rig([Rig.contact("m1"), Rig.contact("m2"), Self.letter("a"), Self.letter("b")])
    rig.deliver = { _ in .badLogin }
    rig.run()
    #expect(rig.engine.history.outbox.map(\.id) == ["a", "b"])
    #expect(rig.report?.ending == .relayAtFault)
  }

  @Test("a letter that must not be posted is recorded as called off, and then everything is decided afresh")
  func recall() {
    var history = ContactHistory()
    history.apply(.contactIntended(Rig.intended(Self.letter("a"), attempt: 1)), at: Rig.morning)
    var rig = Rig([], history: history)
    rig.engine = Engine(policy: Rig.policy, history: history, connections: 1) { _, history, _, _, _ in
      var verdict = Verdict()
      let isWaiting = !history.outbox.isEmpty
      if isWaiting { verdict.recalls = [LetterRecall(contact: "a", reason: .settled)] }
      // As long as it is there, nothing else of what was decided may go.
      verdict.contacts = [Rig.contact(isWaiting ? "too-early" : "b")]
      return verdict
    }
    rig.run()
    #expect(rig.journal.first == .contactCancelled(contact: "a", reason: .settled))
    #expect(rig.journal.dropFirst().map(Rig.short) == ["intended:b", "sent:b0", "cycle"])
    #expect(rig.trace.filter { $0 == "read" }.count == 2)
  }

  @Test("a webhook has an intent, an outcome, and its contact's id as key")
  func webhook() {
    var rig = Rig([Self.webhook("a")])
    rig.run()
    #expect(rig.journal.map(Rig.short) == ["intended:a", "sent:a0", "cycle"])
    #expect(rig.sent.values.map(\.webhookKey) == ["a"])
    #expect(rig.report?.summary.contacts == 1)
  }

  @Test("what was heard on a look for one lane takes back what waits in another")
  func newsForAnotherLane() throws {
    let hold = DatedEvent(
      .restPlaced(Rest(kind: .hold, scope: .customer("m3"), by: "ann", text: nil)), at: Rig.morning)
    var rig = Rig { history in
      let all = ["m1", "m2", "m3"].map { Rig.contact($0) } + ["w1", "w2", "w3", "w4"].map { Self.webhook($0) }
      return all.filter {
        history.contact($0.payer.id)?.standing != .made && history.rests[.customer($0.payer.id)] == nil
      }
    }
    func land(_ name: String) throws {
      let envelope = rig.wire.remove(at: try #require(rig.wire.firstIndex { Rig.name($0) == name }))
      rig.handleUntilQuiet([.delivered(Delivered(ticket: envelope.ticket, result: .accepted), at: rig.now)])
    }
    rig.handleUntilQuiet([.start(now: rig.now)])
    try land("w1")
    try land("m1")
    #expect(rig.wire.map(Rig.name).sorted() == ["m2", "m3", "w2", "w3"])
    // m2 is with the server, m3 waits for its connection; a webhook ends, so there is room for another.
    let begun = rig.wire.remove(at: try #require(rig.wire.firstIndex { Rig.name($0) == "m2" }))
    rig.surroundings = [(false, [hold])]
    try land("w2")
    #expect(rig.wire.isEmpty)
    rig.handle([.delivered(Delivered(ticket: begun.ticket, result: .accepted), at: rig.now)])
    #expect(!rig.delivered.contains("m3"))
    #expect(rig.journal.map(Rig.short).contains("deferred:m30"))
  }

  @Test("a webhook at fault neither opens the mails' breaker nor holds them up")
  func webhookAtFault() {
    let fault = DeliveryResult(verdict: .relayRefused, stage: .http, code: 503, reply: "503 no", server: "gateway:443")
    var rig = Rig((0..<20).map { Self.webhook("w\($0)") } + (0..<20).map { Rig.contact("m\($0)") })
    rig.deliver = { $0.webhookKey == nil ? .accepted : fault }
    rig.run()
    #expect(rig.report?.summary.contacts == 20)
    #expect(rig.report?.relayFault == nil && rig.report?.webhookFault == fault)
    #expect(rig.journal.count { Rig.short($0).hasPrefix("intended:w") } == Breaker.faultsMax)
    #expect(!rig.trace.contains("recall"))
    #expect(rig.report?.trouble?.contains("webhook") == true)
    #expect(rig.remarks.contains(.webhookAtFault(fault)))
    // Also in the next cycle one probe, and the service is known to be back.
    rig.deliver = { _ in .accepted }
    rig.run()
    #expect(rig.report?.webhookFault == nil && rig.report?.ending == .completed)
  }

  @Test("mails at fault do not hold up webhooks")
  func mailAtFault() {
    var rig = Rig((0..<3).map { Rig.contact("m\($0)") } + (0..<3).map { Self.webhook("w\($0)") })
    rig.deliver = { $0.webhookKey == nil ? .badLogin : .accepted }
    rig.run()
    #expect(rig.report?.summary.contacts == 3)
    #expect(rig.report?.ending == .relayAtFault && rig.report?.webhookFault == nil)
  }

  @Test("three messages in a row that a service refuses end its lane, and no other")
  func refusedContent() {
    let refused = DeliveryResult(
      verdict: .contentRefused, stage: .http, code: 422, reply: "422 no", server: "gateway:443")
    var rig = Rig((0..<9).map { Self.webhook("w\($0)") } + (0..<9).map { Rig.contact("m\($0)") })
    rig.deliver = { $0.webhookKey == nil ? .accepted : refused }
    rig.run()
    #expect(rig.report?.summary.contacts == 9)
    #expect(rig.report?.ending == .completed && rig.report?.webhookFault == refused)
    #expect(rig.journal.count { Rig.short($0).hasPrefix("failed:w") } <= Engine.contentRefusalsMax + 1)
  }

  @Test("no more than two webhooks are without a durable outcome")
  func window() {
    var rig = Rig((0..<9).map { Self.webhook("w\($0)") }, connections: 4)
    rig.handleUntilQuiet([.start(now: rig.now)])
    rig.landFirst(.accepted)
    for _ in 0..<4 {
      let open = rig.engine.history.unsettled.count
      #expect(open <= 2, "\(open)")
      rig.landFirst(.accepted)
    }
  }

  @Test("a service's fault waits longer each time")
  func backOff() {
    let fault = DeliveryResult(verdict: .relayRefused, stage: .http, code: 500)
    for (attempt, span) in [(1, Span.minutes(5)), (2, .minutes(15)), (3, .hours(1)), (9, .hours(4))] {
      let leg = Leg(contact: "a", customer: "a", recipient: 0, attempt: attempt, address: "", lane: .webhook)
      guard case .contactDeferred(_, let next) = Outcome.event(leg, fault, at: Rig.morning) else {
        Issue.record("not deferred")
        continue
      }
      #expect(next == Rig.morning + span)
    }
  }

  @Test("a service that names a time is not asked before it, nor left alone for more than a day")
  func retryAfter() {
    for (seconds, span) in [
      (0, Span.minutes(5)), (60, .minutes(5)), (7200, .hours(2)), (9_000_000, .days(1)), (-5, .minutes(5)),
    ] {
      let busy = DeliveryResult(verdict: .relayRefused, stage: .http, code: 429, retryAfter: seconds)
      let leg = Leg(contact: "a", customer: "a", recipient: 0, attempt: 1, address: "", lane: .webhook)
      guard case .contactDeferred(_, let next) = Outcome.event(leg, busy, at: Rig.morning) else {
        Issue.record("not deferred")
        continue
      }
      #expect(next == Rig.morning + span, "\(seconds)")
    }
  }

  @Test("the log says of a service's answer no more than its code")
  func logged() {
    let result = DeliveryResult(
      verdict: .contentRefused, stage: .http, code: 422, reply: "422 no such number +49 30 1 of Anna", server: "g:443")
    #expect(!Remark.webhookAtFault(result).sentence.contains("Anna"))
    let leg = Leg(contact: "a", customer: "a", recipient: 0, attempt: 1, address: "", lane: .webhook)
    let outcome = Remark.outcome(Outcome.event(leg, result, at: Rig.morning)).sentence
    #expect(outcome.contains("422") && !outcome.contains("Anna"))
  }
}
