import Decisions
import Delivery
import Ledger
import Testing
import Units

@testable import Daemon

// What changes while a cycle is under way: facts, and the hour.
extension EngineTests {
  @Test("a changed ledger or journal ends the batch: the ledger is read again before anything else")
  func changed() {
    for ledger in [true, false] {
      let hold = DatedEvent(
        .restPlaced(Rest(kind: .hold, scope: .customer("z"), by: "ann", text: nil)), at: Rig.morning)
      var rig = Rig([Rig.contact("a")])
      rig.surroundings = [(ledger, ledger ? [] : [hold])]
      rig.run()
      #expect(Array(rig.trace.prefix(5)) == ["hear", "read", "look", "read", "look"])
      #expect(rig.report?.restarts == 1)
      #expect(rig.report?.summary.contacts == 1)
      #expect(rig.remarks.first == .startedAnew(because: ledger ? .ledger : .journal))
    }
  }

  @Test("what comes to its turn after the customer's hours is decided afresh")
  func hoursEnd() throws {
    let closes = try #require(ClockTime(text: "09:01"))
    var rig = Rig { history in
      ["a", "b", "c"].filter { history.contact($0) == nil }.map {
        var contact = Rig.contact($0)
        contact.window.closes = closes
        return contact
      }
    }
    let late = Rig.morning + .minutes(1)
    rig.before = { rig, effect in
      if case .send = effect { rig.now = late }
      return []
    }
    rig.run()
    #expect(rig.delivered == ["a"])
    #expect(rig.remarks.contains(.startedAnew(because: .hours)))
    #expect(rig.report?.restarts ?? 0 > 0)
  }

  @Test("what waits for a connection when its hours end does not begin any more, and goes on another day")
  func hoursEndOnTheDesk() throws {
    let closes = try #require(ClockTime(text: "09:01"))
    var rig = Rig { history in
      ["a", "b", "c"].filter { history.contact($0) == nil }.map {
        var contact = Rig.contact($0)
        contact.window.closes = closes
        return contact
      }
    }
    rig.handleUntilQuiet([.start(now: rig.now)])
    rig.landFirst(.accepted)
    // Two are handed over; the connection takes one of them, and the server thinks until after the hours.
    #expect(rig.wire.map(Rig.name) == ["b", "c"])
    let begun = rig.wire.removeFirst()
    rig.now = rig.now + .minutes(2)
    rig.handleUntilQuiet([.tick(now: rig.now)])
    rig.handleUntilQuiet([.delivered(Delivered(ticket: begun.ticket, result: .accepted), at: rig.now)])
    #expect(rig.wire.isEmpty)
    #expect(rig.journal.map(Rig.short).contains("deferred:c0"))
    #expect(rig.remarks.contains(.startedAnew(because: .hours)))
  }

  @Test("a copy does not begin after the hours either, however long the message took to arrive")
  func hoursEndBeforeTheCopy() throws {
    var contact = Rig.contact("a", cc: ["z@a.example"])
    contact.window.closes = try #require(ClockTime(text: "09:01"))
    var rig = Rig([contact])
    rig.handleUntilQuiet([.start(now: rig.now)])
    // The time is known before the message, which is on the wire, comes to its end.
    let begun = rig.wire.removeFirst()
    rig.now = rig.now + .minutes(2)
    rig.handleUntilQuiet([.tick(now: rig.now)])
    rig.handleUntilQuiet([.delivered(Delivered(ticket: begun.ticket, result: .accepted), at: rig.now)])
    #expect(rig.wire.isEmpty)
    #expect(rig.sent.values.map(\.recipient) == ["ar@a.example"])
    #expect(rig.journal.map(Rig.short).contains("deferred:a1"))
    #expect(rig.engine.history.unsettled.isEmpty)
  }

  @Test("a sync that outlasts the hours lets nothing go")
  func hoursEndInTheSync() throws {
    var rig = Rig { history in history.contact("a") == nil ? [Rig.contact("a")] : [] }
    rig.syncTakes = .days(1)
    rig.run()
    #expect(rig.delivered.isEmpty)
    #expect(rig.journal.map(Rig.short) == ["intended:a", "deferred:a0", "cycle"])
  }

  @Test("what outlasts the hours before it is recorded is not recorded: a letter is made by its record alone")
  func hoursEndBeforeTheRecord() throws {
    let late = Rig.morning + .days(1)
    for channel in [Channel.letter, .email] {
      var rig = Rig([])
      rig.engine = Engine(policy: Rig.policy, history: ContactHistory(), connections: 1) { _, _, _, now, _ in
        var verdict = Verdict()
        verdict.contacts = Rig.window.contains(now) ? [Rig.contact("a", channel: channel)] : []
        return verdict
      }
      rig.before = { rig, effect in
        if case .append = effect { rig.now = late }
        return []
      }
      rig.run()
      #expect(rig.journal.map(Rig.short) == ["cycle"])
      #expect(rig.delivered.isEmpty)
      #expect(rig.remarks == [.startedAnew(because: .hours)])
      #expect(rig.report?.ending == .completed && rig.report?.restarts == 1)
    }
  }

  @Test("what others record while messages wait for a connection takes them back")
  func newsWhileWaiting() {
    var rig = Rig { history in ["a", "b", "c"].filter { history.contact($0) == nil }.map { Rig.contact($0) } }
    rig.handleUntilQuiet([.start(now: rig.now)])
    rig.landFirst(.accepted)
    rig.landFirst(.tooBusy)
    let hold = DatedEvent(
      .restPlaced(Rest(kind: .hold, scope: .customer("c"), by: "ann", text: nil)), at: rig.now)
    rig.appends = [.overtaken([hold])]
    rig.handleUntilQuiet([.tick(now: rig.now)])
    #expect(rig.wire.isEmpty)
    #expect(rig.journal.map(Rig.short).contains("deferred:c0"))
  }

  @Test("what the world took back, since facts changed, is decided again in the same cycle")
  func takenBackAndAgain() {
    var rig = Rig { history in
      ["a", "b"].filter { history.contact($0)?.standing != .made }.map { Rig.contact($0) }
    }
    rig.handleUntilQuiet([.start(now: rig.now)])
    rig.landFirst(.accepted)
    let waiting = rig.wire.removeFirst()
    rig.handle([.delivered(Delivered(ticket: waiting.ticket, result: Outcome.takenBack), at: rig.now)])
    #expect(rig.delivered == ["b"])
    #expect(rig.report?.summary.contacts == 2)
  }

  @Test("a note of somebody's changes nothing of what was decided: it goes on")
  func noteWhileSending() {
    let note = DatedEvent(.noteAdded(scope: .customer("a"), by: "ann", text: nil), at: Rig.morning)
    var rig = Rig([Rig.contact("a"), Rig.contact("b")])
    rig.surroundings = [(false, [note])]
    rig.appends = [.overtaken([note])]
    rig.run()
    #expect(rig.report?.restarts == 0)
    #expect(rig.trace.filter { $0 == "append intended:a" }.count == 2)
    #expect(rig.journal.map(Rig.short) == ["intended:a", "sent:a0", "intended:b", "sent:b0", "cycle"])
  }

  @Test("a copy that waits for its original does not go once its customer is on hold")
  func holdBeforeTheCopy() throws {
    let hold = DatedEvent(
      .restPlaced(Rest(kind: .hold, scope: .customer("b"), by: "ann", text: nil)), at: Rig.morning)
    var rig = Rig(connections: 2) { history in
      ["a", "b", "c", "d", "e", "f"].filter { history.contact($0) == nil }.map {
        Rig.contact($0, cc: ["boss@\($0).example"])
      }
    }
    rig.handleUntilQuiet([.start(now: rig.now)])
    while !rig.wire.contains(where: { Rig.name($0) == "b" }) { rig.landFirst(.accepted) }
    // b is with the server; others end, and the look for the next ones tells of the hold.
    let begun = rig.wire.remove(at: try #require(rig.wire.firstIndex { Rig.name($0) == "b" }))
    rig.surroundings = [(false, [hold])]
    while !rig.trace.contains("recall"), !rig.wire.isEmpty { rig.landFirst(.accepted) }
    rig.handleUntilQuiet([.delivered(Delivered(ticket: begun.ticket, result: .accepted), at: rig.now)])
    #expect(rig.trace.contains("recall"))
    #expect(!rig.sent.values.contains { $0.recipient == "boss@b.example" })
    #expect(rig.journal.map(Rig.short).contains("sent:b0"))
    #expect(rig.journal.map(Rig.short).contains("deferred:b1"))
  }

  @Test("what is on the wire is heard and recorded, and what waits is taken back, before it decides afresh")
  func drained() {
    var rig = Rig { history in
      ["a", "b", "c", "d"].filter { history.contact($0)?.standing != .made }.map { Rig.contact($0) }
    }
    rig.surroundings = [(false, []), (false, []), (true, [])]
    rig.run()
    #expect(
      rig.trace == [
        "hear", "read", "look", "compose 2", "append intended:a", "send a", "look", "compose 2",
        "append sent:a0 intended:b intended:c", "send b c", "look", "recall", "append sent:b0 deferred:c0", "read",
        "look", "compose 2", "append intended:c intended:d", "send c d", "append sent:c0 sent:d0", "append cycle",
        "finished",
      ])
    #expect(rig.report?.summary.contacts == 4)
  }

  @Test("a world that changes again and again is left to the next cycle")
  func keepsChanging() {
    var rig = Rig([Rig.contact("a")])
    rig.surroundings = Array(repeating: (true, []), count: 100)
    rig.run()
    #expect(rig.report?.ending == .keepsChanging)
    #expect(rig.report?.restarts == Engine.restartsMax)
    #expect(rig.trace.filter { $0 == "read" }.count == 1 + Engine.restartsMax)
    #expect(rig.sent.isEmpty)
  }

  @Test("as long as something goes between two changes, the cycle goes on: a busy morning costs nobody the reminder")
  func keepsChangingAndSending() {
    let names = (0..<40).map { "c\($0)" }
    var rig = Rig { history in names.filter { history.contact($0)?.standing != .made }.map { Rig.contact($0) } }
    rig.surroundings = (0..<200).map { ($0 % 3 == 2, []) }
    rig.run()
    #expect(rig.report?.ending == .completed)
    #expect(rig.report?.restarts ?? 0 > Engine.restartsMax)
    #expect(Set(rig.delivered).count == names.count && rig.delivered.count == names.count)
  }

  @Test("intents that others came before are not written, and are decided afresh")
  func overtaken() {
    let hold = DatedEvent(
      .restPlaced(Rest(kind: .hold, scope: .customer("a"), by: "ann", text: nil)), at: Rig.morning)
    var rig = Rig { history in
      history.rests[.customer("a")] == nil ? [Rig.contact("a"), Rig.contact("b")] : [Rig.contact("b")]
    }
    rig.appends = [.overtaken([hold])]
    rig.run()
    #expect(rig.journal.map(Rig.short) == ["intended:b", "sent:b0", "cycle"])
    #expect(rig.report?.summary.contacts == 1)
  }

  @Test("news that come with a mere outcome stop what was decided before them")
  func newsWithOutcome() {
    let note = DatedEvent(
      .restPlaced(Rest(kind: .hold, scope: .customer("z"), by: "ann", text: nil)), at: Rig.morning)
    var rig = Rig(["a", "b", "c", "d", "e", "f"].map { Rig.contact($0) }, connections: 2)
    rig.handleUntilQuiet([.start(now: rig.now)])
    rig.handleUntilQuiet([.delivered(Delivered(ticket: 1, result: .accepted), at: rig.now)])
    #expect(rig.sent.count == 5)
    // One result comes, a second passes; the append of that outcome brings the news.
    rig.handleUntilQuiet([.delivered(Delivered(ticket: 2, result: .accepted), at: rig.now)])
    rig.appends = [
      .durable(
        news: [note],
        written: [DatedEvent(.contactSent(Attempt(contact: "b", recipient: 0, attempt: 1)), at: rig.now)])
    ]
    // All of them have begun, so there is nothing to take back.
    rig.wire = []
    rig.handleUntilQuiet([.tick(now: rig.now)])
    #expect(rig.trace.suffix(2) == ["append sent:b0", "recall"])
    #expect(rig.remarks.contains(.startedAnew(because: .journal)))
    for ticket in 3...5 {
      rig.handleUntilQuiet([.delivered(Delivered(ticket: ticket, result: .accepted), at: rig.now)])
    }
    #expect(rig.trace.contains("append sent:c0 sent:d0 sent:e0"))
    #expect(rig.trace.filter { $0 == "read" }.count == 2)
  }
}
