import Decisions
import Delivery
import Ledger
import Testing
import Units

@testable import Daemon

@Suite("The engine")
struct EngineTests {
  @Test("one contact goes from the ledger to a recorded outcome, in this order and no other")
  func mainPath() {
    var rig = Rig([Rig.contact("a")])
    rig.run()
    #expect(
      rig.trace == [
        "hear", "read", "look", "compose 1", "append intended:a", "send a", "append sent:a0", "append cycle",
        "finished",
      ])
    #expect(rig.report?.ending == .completed)
    #expect(rig.report?.summary.contacts == 1)
  }

  @Test("nothing due reads, decides, and records the cycle")
  func nothingDue() {
    var rig = Rig([])
    rig.run()
    #expect(rig.trace == ["hear", "read", "append cycle", "finished"])
  }

  @Test("what people said before the cycle counts in it")
  func peopleFirst() {
    var rig = Rig { history in history.skips[.customer("a")] == nil ? [] : [Rig.contact("a")] }
    rig.people = [
      DatedEvent(
        .stepSkipped(scope: .customer("a"), step: "call", undone: false, by: "ann", text: nil), at: Rig.morning)
    ]
    rig.run()
    #expect(rig.delivered == ["a"])
    #expect(rig.report?.restarts == 0)
  }

  @Test("outcomes ride on the next append, before its intents")
  func outcomesRide() {
    var rig = Rig(["a", "b", "c", "d"].map { Rig.contact($0) })
    rig.run()
    #expect(
      rig.trace.filter { $0.hasPrefix("append") } == [
        "append intended:a", "append sent:a0 intended:b intended:c", "append sent:b0 intended:d",
        "append sent:c0 sent:d0", "append cycle",
      ])
  }

  @Test("outcomes wait no longer than a tick")
  func tick() {
    var rig = Rig(["a", "b", "c", "d"].map { Rig.contact($0) }, connections: 2)
    // The first goes alone. Then three are on the wire, so nothing is begun; one comes back, and a second passes.
    rig.handleUntilQuiet([.start(now: rig.now)])
    rig.handleUntilQuiet([.delivered(Delivered(ticket: 1, result: .accepted), at: rig.now)])
    rig.handleUntilQuiet([.delivered(Delivered(ticket: 2, result: .accepted), at: rig.now)])
    #expect(rig.journal.map(Rig.short) == ["intended:a", "sent:a0", "intended:b", "intended:c", "intended:d"])
    rig.handleUntilQuiet([.tick(now: rig.now + .seconds(1))])
    #expect(rig.journal.map(Rig.short).last == "sent:b0")
    // Nothing waits any more.
    rig.handleUntilQuiet([.tick(now: rig.now + .seconds(2))])
    #expect(rig.journal.count == 6)
  }

  @Test("no more than two contacts a connection are without a durable outcome", arguments: [1, 2, 5])
  func window(connections: Int) {
    var rig = Rig(
      (0..<40).map { Rig.contact("c\($0)", to: ["a@c\($0).example", "b@c\($0).example"]) },
      connections: connections)
    var open: Set<String> = []
    var heard: [String: Int] = [:]
    var most = 0
    rig.run()
    for event in rig.journal {
      switch event {
      case .contactIntended(let intended): open.insert(intended.contact)
      case .contactSent(let attempt):
        heard[attempt.contact, default: 0] += 1
        if heard[attempt.contact] == 2 { open.remove(attempt.contact) }
      default: break
      }
      most = max(most, open.count)
    }
    #expect(most == 2 * connections)
    #expect(rig.report?.summary.contacts == 40)
    #expect(rig.sent.count == 80)
  }

  @Test("a rejected ledger sends nothing and records nothing")
  func rejected() {
    var rig = Rig([Rig.contact("a")])
    rig.ledgerProblem = "invoices.csv: 12 bad rows of 20"
    rig.run()
    #expect(rig.trace == ["hear", "read", "finished"])
    #expect(rig.report?.ending == .ledgerRejected("invoices.csv: 12 bad rows of 20"))
  }

  @Test("a contact without a message gets no intent; the others go on")
  func notComposed() {
    var rig = Rig(["a", "b"].map { Rig.contact($0) })
    rig.compose = { contact in
      contact.payer.id == "a" ? .failed("first.mustache:3: unknown name") : .ready(Rig.prepared(contact))
    }
    rig.run()
    #expect(rig.journal.map(Rig.short) == ["intended:b", "sent:b0", "cycle"])
    let failure = CycleReport.Failure(payer: "a", step: "first", reason: "first.mustache:3: unknown name")
    #expect(rig.report?.failures == [failure])
    #expect(rig.report?.summary.failed == 1)
    #expect(rig.remarks.contains(.notComposed(failure)))
    #expect(rig.report?.ending == .completed)
  }

  @Test("a contact without a recipient is no contact")
  func noRecipient() {
    var rig = Rig([Rig.contact("a", to: [])])
    rig.run()
    #expect(rig.journal.map(Rig.short) == ["cycle"])
    #expect(rig.report?.summary.failed == 1)
  }

  @Test("what a person does is no contact of ours", arguments: [Channel.call, .statement, .handover])
  func otherChannels(channel: Channel) {
    var rig = Rig([Rig.contact("a", channel: channel), Rig.contact("b")])
    rig.run()
    #expect(rig.journal.map(Rig.short) == ["intended:b", "sent:b0", "cycle"])
  }

  @Test("every recipient has a transaction of its own, and an outcome")
  func recipients() {
    var rig = Rig([Rig.contact("a", to: ["x@a.example", "y@a.example"])])
    rig.deliver = { $0.recipient == "x@a.example" ? .noSuchUser : .accepted }
    rig.run()
    #expect(rig.journal.map(Rig.short) == ["intended:a", "failed:a0", "sent:a1", "cycle"])
    #expect(rig.report?.summary.contacts == 1)
    #expect(rig.engine.history.badAddresses["x@a.example"] != nil)
  }

  @Test("a copy goes out once the message has arrived, or may have", arguments: [DeliveryResult.accepted, .lost])
  func copy(original: DeliveryResult) {
    var rig = Rig([Rig.contact("a", to: ["x@a.example", "y@a.example"], cc: ["z@a.example"])])
    rig.deliver = { $0.recipient == "x@a.example" ? .tooBusy : $0.recipient == "y@a.example" ? original : .accepted }
    rig.run()
    #expect(rig.trace.filter { $0.hasPrefix("send") } == ["send a a", "send a"])
    #expect(rig.sent.values.filter { $0.recipient == "z@a.example" }.count == 1)
    #expect(rig.engine.history.unsettled.isEmpty)
  }

  @Test("a message that nobody took has no copies, so that the next attempt sends none twice")
  func noCopy() {
    var rig = Rig([Rig.contact("a", to: ["x@a.example", "y@a.example"], cc: ["z@a.example"])])
    rig.deliver = { _ in .tooBusy }
    rig.run()
    #expect(rig.sent.values.allSatisfy { $0.recipient != "z@a.example" })
    #expect(rig.journal.map(Rig.short) == ["intended:a", "deferred:a0", "deferred:a1", "deferred:a2", "cycle"])
    rig.deliver = { _ in .accepted }
    rig.run()
    #expect(rig.sent.values.filter { $0.recipient == "z@a.example" }.count == 1)
  }

  @Test("the next attempt has the same id, a higher number, and leaves out who took the first")
  func nextAttempt() {
    let contact = Rig.contact("a", to: ["x@a.example", "y@a.example"])
    var rig = Rig([contact])
    rig.deliver = { _ in .tooBusy }
    rig.run()
    rig.now = rig.now + .hours(1)
    rig.deliver = { _ in .accepted }
    rig.run()
    let attempts = rig.journal.compactMap { event -> Int? in
      if case .contactIntended(let intended) = event { intended.attempt } else { nil }
    }
    #expect(attempts == [1, 2])
    #expect(rig.engine.history.contact("a")?.standing == .made)
  }

  @Test("what may have reached its customer is not sent again, whatever was decided")
  func neverTwice() {
    var rig = Rig([Rig.contact("a")])
    rig.run()
    rig.run()
    #expect(rig.sent.count == 1)
    #expect(rig.remarks.contains(.refusedTwice(contact: "a")))
  }

  @Test("a doubt is sent again only where that was asked for", arguments: InDoubtPolicy.allCases)
  func doubt(policy: InDoubtPolicy) {
    var rig = Rig([Rig.contact("a", inDoubt: policy)])
    rig.deliver = { _ in .lost }
    rig.run()
    #expect(rig.report?.summary.inDoubt == 1)
    rig.run()
    #expect(rig.sent.count == (policy == .resend ? 2 : 1))
  }

  @Test("a doubt is sent again where the schedule that the item took the step in asks for that")
  func doubtOfAnotherSchedule() {
    var rig = Rig([Rig.contact("a", inDoubt: .assumeSent)])
    let step = Step(name: "first", day: 5, level: 1, inDoubt: .resend)
    rig.engine.policy.schedules = [Schedule(name: "consumer", steps: [step])]
    rig.compose = { contact in
      var prepared = Rig.prepared(contact)
      prepared.intended.invoices = [
        AdvancedItem(
          key: ItemKey(customer: "a", number: "1"), schedule: "consumer", step: "first", level: 1, anchor: .due,
          anchorDate: Day(number: 20_000), day: 5, repetition: 0, open: Money(minor: 100, Rig.euro), ledgerSchedule: nil
        )
      ]
      return .ready(prepared)
    }
    rig.deliver = { _ in .lost }
    rig.run()
    rig.run()
    #expect(rig.sent.count == 2)
  }
}
