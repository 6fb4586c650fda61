import Decisions
import Delivery
import Ledger
import Testing
import Units

@testable import Daemon

@Suite("The engine, when things go wrong")
struct EngineFaultTests {
  private static func ids(_ count: Int) -> [PlannedContact] { (0..<count).map { Rig.contact("c\($0)") } }

  private static func intents(_ rig: Rig) -> Int {
    rig.journal.filter { if case .contactIntended = $0 { true } else { false } }.count
  }

  @Test("a failed append stops all sending at once, and in every later cycle")
  func failStop() {
    for failing in 0..<6 {
      var rig = Rig(Self.ids(8))
      rig.appends = Array(repeating: nil, count: failing) + [.notDurable(.broken("journal: no space left on device"))]
      var sentBefore: Int?
      rig.before = { rig, effect in
        if case .append = effect, rig.appends.count == 1 { sentBefore = rig.sent.count }
        return []
      }
      rig.run()
      #expect(rig.sent.count == sentBefore, "failing append \(failing)")
      #expect(rig.report?.ending == .journalBroken("journal: no space left on device"))
      #expect(rig.trace.filter { $0.hasPrefix("append") }.count == failing + 1, "nothing is written after it")
      let sent = rig.sent.count
      rig.report = nil
      rig.run()
      #expect(rig.sent.count == sent)
      #expect(rig.report?.ending == .journalBroken("journal: no space left on device"))
      #expect(rig.trace.filter { $0.hasPrefix("append") }.count == failing + 1)
    }
  }

  @Test("a journal that somebody else keeps ends the cycle, and nothing that is known is lost")
  func locked() {
    for failing in 0..<4 {
      var rig = Rig(Self.ids(8))
      rig.appends = Array(repeating: nil, count: failing) + [.notDurable(.locked("process 7 holds it"))]
      rig.run()
      #expect(rig.report?.ending == .journalLocked("process 7 holds it"), "failing append \(failing)")
      rig.report = nil
      rig.now = rig.now + .minutes(10)
      rig.run()
      #expect(rig.report?.ending == .completed)
      let told = rig.journal.filter { if case .contactSent = $0 { true } else { false } }.count
      #expect(told == 8, "failing append \(failing): every outcome is recorded")
    }
  }

  @Test("a journal that cannot be read on ends the cycle")
  func unreadable() {
    var rig = Rig(Self.ids(1))
    rig.lookFault = .broken("journal: replaced")
    rig.run()
    #expect(rig.sent.isEmpty)
    #expect(rig.report?.ending == .journalBroken("journal: replaced"))
  }

  @Test("a clock before the last record sends nothing, and reads nothing")
  func clockBack() {
    var history = ContactHistory()
    let last = Rig.morning + .hours(8)
    history.apply(.opened(instance: "x"), at: last)
    var rig = Rig(Self.ids(1), history: history)
    rig.run()
    #expect(rig.trace == ["finished"])
    #expect(rig.report?.ending == .clockWentBack(last: last, now: Rig.morning))
    rig.now = last - .seconds(5)
    rig.run()
    #expect(rig.report?.ending == .completed)
  }

  @Test("no copy goes out once the journal takes nothing for a clock that went back")
  func noCopyWithAWrongClock() {
    var rig = Rig([Rig.contact("first"), Rig.contact("a", cc: ["z@a.example"]), Rig.contact("b")])
    rig.handleUntilQuiet([.start(now: rig.now)])
    rig.landFirst(.accepted)
    #expect(rig.wire.map(Rig.name) == ["a", "b"])
    let begun = rig.wire.removeFirst()
    rig.appends = [.notDurable(.clockWentBack(last: rig.now, now: rig.now - .hours(30)))]
    rig.landFirst(.accepted)
    rig.handleUntilQuiet([.tick(now: rig.now)])
    rig.handleUntilQuiet([.delivered(Delivered(ticket: begun.ticket, result: .accepted), at: rig.now)])
    #expect(rig.sent.values.allSatisfy { $0.recipient != "z@a.example" })
    #expect(rig.wire.isEmpty)
    #expect(rig.trace.last == "finished")
  }

  @Test("a clock that goes back in the midst of a cycle loses no outcome: it is recorded when the clock is right again")
  func clockBackMidway() {
    var rig = Rig(Self.ids(4))
    let last = rig.now + .hours(1)
    rig.appends = [nil, nil, .notDurable(.clockWentBack(last: last, now: rig.now))]
    rig.run()
    #expect(rig.report?.ending == .clockWentBack(last: last, now: rig.now))
    #expect(rig.journal.map(Rig.short) == ["intended:c0", "sent:c00", "intended:c1", "intended:c2"])
    rig.now = last
    rig.run()
    #expect(rig.journal.map(Rig.short).dropFirst(4).first == "sent:c10")
    #expect(rig.report?.ending == .completed)
    // The third was taken back from the wire, so it goes again.
    #expect(rig.delivered == ["c0", "c1", "c2", "c3"])
  }

  @Test("a refused login opens the breaker: what is not begun gets no intent")
  func badLogin() {
    var rig = Rig(Self.ids(20))
    rig.deliver = { _ in .badLogin }
    rig.run()
    #expect(Self.intents(rig) == 1)
    #expect(rig.report?.ending == .relayAtFault)
    #expect(rig.report?.relayFault == .badLogin)
    #expect(rig.report?.summary.deferred == 1)
    #expect(rig.trace.contains("recall"))
    #expect(rig.engine.history.badAddresses.isEmpty)
  }

  @Test("five relay faults in a row open it; in the next cycle one probe closes it")
  func probe() {
    var rig = Rig(Self.ids(20))
    rig.deliver = { _ in .noConnection }
    rig.run()
    #expect(rig.report?.relayFault == .noConnection)
    #expect(Self.intents(rig) <= 6)

    rig.trace = []
    rig.run()
    #expect(rig.trace.filter { $0.hasPrefix("send") }.count == 1, "one probe, and no more")
    #expect(rig.report?.ending == .relayAtFault)

    rig.deliver = { _ in .accepted }
    rig.run()
    #expect(rig.report?.ending == .completed)
    #expect(rig.report?.relayFault == nil)
    #expect(rig.report?.summary.contacts == 20)
  }

  @Test("a contact without a message does not use up the probe")
  func probeWithoutMessage() {
    var rig = Rig(Self.ids(3))
    rig.deliver = { _ in .badLogin }
    rig.run()
    rig.deliver = { _ in .accepted }
    rig.compose = { $0.payer.id == "c0" ? .failed("no template") : .ready(Rig.prepared($0)) }
    rig.run()
    #expect(rig.report?.summary.contacts == 2)
    #expect(rig.report?.relayFault == nil)
  }

  @Test("a probe that others overtook is not lost")
  func probeOvertaken() {
    var rig = Rig(Self.ids(2))
    rig.deliver = { _ in .badLogin }
    rig.run()
    rig.deliver = { _ in .accepted }
    rig.appends = [.overtaken([DatedEvent(.noteAdded(scope: .customer("c"), by: "ann", text: nil), at: rig.now)])]
    rig.run()
    #expect(rig.report?.relayFault == nil)
    #expect(rig.report?.summary.contacts == 2)
  }

  @Test("each attempt waits longer than the one before, over cycles and whoever was at fault")
  func backOff() {
    var rig = Rig(Self.ids(1))
    var waits: [Span] = []
    for result in [DeliveryResult.tooBusy, .tooBusy, .tooBusy, .tooBusy, .tooBusy, .noConnection] {
      rig.deliver = { _ in result }
      rig.run()
      if case .deferred(let next)? = rig.engine.history.contact("c0")?.standing { waits.append(next - rig.now) }
    }
    #expect(waits == [.minutes(5), .minutes(15), .hours(1), .hours(4), .hours(4), .hours(4)])
  }

  @Test("three refused recipients of three domains in a row are the relay's fault: nobody is marked")
  func acquittal() {
    var rig = Rig(Self.ids(9))
    rig.deliver = { _ in .noSuchUser }
    rig.run()
    #expect(rig.engine.history.badAddresses.isEmpty)
    #expect(rig.report?.summary.failed == 0)
    #expect(rig.report?.summary.deferred ?? 0 >= 3)
    #expect(rig.report?.ending == .relayAtFault)
    // The first were recorded as failed before the third was known: they are taken back.
    #expect(rig.journal.map(Rig.short).contains("cleared:c0"))
  }

  /// One contact a cycle, and each mailbox refused; `again` is tried once more in the second cycle, and lost.
  private static func refusedOneByOne(again: String? = nil) -> Rig {
    var rig = Rig { history in
      let ids = ["c0", "c1", "c2"]
      if let again, history.contact(again)?.attempt == 1 { return [Rig.contact(again)] }
      return ids.first { history.contact($0) == nil }.map { [Rig.contact($0)] } ?? []
    }
    rig.deliver = { _ in .noSuchUser }
    for cycle in 0..<(again == nil ? 3 : 4) {
      if again != nil { rig.deliver = { _ in cycle == 1 ? .lost : .noSuchUser } }
      rig.report = nil
      rig.run()
      rig.now = rig.now + .minutes(30)
    }
    return rig
  }

  @Test("one refused recipient a cycle: the third takes the two before back")
  func acquittalOverCycles() {
    let rig = Self.refusedOneByOne()
    #expect(rig.engine.history.badAddresses.isEmpty)
    #expect(rig.report?.relayFault != nil)
    #expect(["cleared:c0", "cleared:c1"].allSatisfy(rig.journal.map(Rig.short).contains))
  }

  @Test("what became of a contact since it was refused is not overwritten")
  func staleSuspect() {
    let rig = Self.refusedOneByOne(again: "c0")
    #expect(rig.engine.history.contact("c0")?.attempt == 2)
    #expect(rig.engine.history.contact("c0")?.recipients == [.inDoubt])
    #expect(!rig.journal.map(Rig.short).contains("cleared:c0"))
    #expect(rig.journal.map(Rig.short).contains("cleared:c1"))
  }

  @Test("single refused recipients are marked, and stop nobody")
  func refused() {
    var rig = Rig(Self.ids(9))
    rig.deliver = { $0.recipient == "ar@c4.example" ? .noSuchUser : .accepted }
    rig.run()
    #expect(rig.engine.history.badAddresses.keys.sorted() == ["ar@c4.example"])
    #expect(rig.report?.summary.contacts == 8)
    #expect(rig.report?.summary.failed == 1)
  }

  @Test("three messages in a row refused for their content stop the run")
  func content() {
    var rig = Rig(Self.ids(20))
    rig.deliver = { _ in .spam }
    rig.run()
    #expect(rig.report?.ending == .contentRefused(.spam))
    #expect(Self.intents(rig) <= 4)

    var mixed = Rig(Self.ids(20))
    mixed.deliver = { ["ar@c3.example", "ar@c4.example", "ar@c9.example"].contains($0.recipient) ? .spam : .accepted }
    mixed.run()
    #expect(mixed.report?.ending == .completed)
    #expect(mixed.report?.summary.failed == 3)
  }

  @Test("told to stop, it begins nothing more, hears what is on the wire, records it, and finishes")
  func stop() {
    // At every effect of the cycle in turn.
    for moment in 0..<24 {
      var rig = Rig(Self.ids(6), connections: 2)
      var effects = 0
      var stopped: (sent: Int, intents: Int)?
      rig.before = { rig, _ in
        effects += 1
        guard effects == moment + 1 else { return [] }
        stopped = (rig.sent.count, Self.intents(rig))
        return [.stop]
      }
      rig.run()
      guard stopped != nil else { continue }
      #expect(rig.report != nil, "moment \(moment)")
      #expect(rig.engine.history.unsettled.isEmpty, "moment \(moment)")
      // One effect may have been on its way when the word came.
      #expect(rig.sent.count - (stopped?.sent ?? 0) <= 4, "moment \(moment)")
    }
  }

  @Test("told to stop while intents become durable, it does not send them, and says so")
  func stopWhileSyncing() {
    var rig = Rig(Self.ids(2))
    rig.before = { _, effect in if case .append = effect { [.stop] } else { [] } }
    rig.run()
    #expect(rig.sent.isEmpty)
    #expect(rig.journal.map(Rig.short) == ["intended:c0", "deferred:c00", "cycle"])
    #expect(rig.report?.ending == .stopped)
  }

  @Test("a new policy holds from the next cycle on")
  func policy() {
    var rig = Rig(Self.ids(1))
    var other = Rig.policy
    other.hash = "new"
    rig.before = { _, effect in if case .readLedger = effect { [.policy(other)] } else { [] } }
    rig.run()
    #expect(rig.engine.policy.hash == "")
    rig.run()
    #expect(rig.engine.policy.hash == "new")
  }
}
