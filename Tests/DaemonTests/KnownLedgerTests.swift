import Decisions
import Glibc
import Ledger
import Storage
import Synchronization
import Testing
import Units

@testable import Daemon
@testable import Settings

/// An engine whose verdict stands for an hour, and how often it made one.
private final class Court: Sendable {
  private let count = Mutex(0)
  let end: Instant?

  init(standing span: Span? = .hours(1)) { end = span.map { Rig.morning + $0 } }

  var sittings: Int { count.withLock { $0 } }

  func engine() -> Engine {
    var policy = Rig.policy
    policy.freshness.maxAge = .hours(2)
    return Engine(policy: policy, history: ContactHistory(), connections: 1) { _, _, _, _, _ in
      self.count.withLock { $0 += 1 }
      var verdict = Verdict()
      verdict.standsUntil = self.end
      return verdict
    }
  }
}

extension Engine {
  /// One cycle in which nothing is to be done.
  @discardableResult
  fileprivate mutating func cycle(_ ledger: Engine.Event, at now: Instant = Rig.morning) -> CycleReport? {
    var events: [Engine.Event] = [.start(now: now)]
    while !events.isEmpty {
      for effect in step(events.removeFirst()) {
        switch effect {
        case .lookAround: events.append(.surroundings(ledgerChanged: false, news: []))
        case .readLedger: events.append(ledger)
        case .append(let batch):
          events.append(.durable(news: [], written: batch.events.map { DatedEvent($0, at: now) }))
        case .finished(let report): return report
        default: break
        }
      }
    }
    return nil
  }
}

private let first = Engine.Event.ledger(Books(modified: Rig.morning), age: .zero)
private let same = Engine.Event.ledgerUnchanged(age: .zero)

@Suite("What was decided last is not decided again")
struct KnownLedgerTests {
  /// How often it was decided after a first cycle and another one.
  private func sittings(
    _ second: Engine.Event = same, of court: Court = Court(), at now: Instant = Rig.morning + .minutes(1),
    between: (inout Engine) -> Void = { _ in }
  ) -> Int {
    var engine = court.engine()
    engine.cycle(first)
    between(&engine)
    #expect(engine.cycle(second, at: now)?.ending == .completed)
    return court.sittings
  }

  @Test("while the ledger is the same and nothing happened")
  func unchanged() {
    #expect(sittings() == 1)
    #expect(sittings(at: Rig.morning + Span(milliseconds: 3_599_999)) == 1)
    let note = HistoryEvent.noteAdded(scope: .customer("C"), by: "a", text: nil)
    #expect(sittings(between: { $0.remember([DatedEvent(note, at: Rig.morning)]) }) == 1)
  }

  @Test("but it is when the ledger is another, or its age has passed the limit, or come back")
  func otherLedger() {
    #expect(sittings(first) == 2)
    #expect(sittings(.ledgerUnchanged(age: .hours(3))) == 2)
  }

  @Test("but it is when something was recorded that bears on it")
  func recorded() {
    let hold = HistoryEvent.restPlaced(Rest(kind: .hold, scope: .customer("C"), by: "a", text: nil))
    #expect(sittings(between: { $0.remember([DatedEvent(hold, at: Rig.morning)]) }) == 2)
  }

  @Test("but it is once it does not stand any more, or not yet, or nobody knows how long")
  func time() {
    #expect(sittings(at: Rig.morning + .hours(1)) == 2)
    #expect(sittings(at: Rig.morning + .seconds(-3)) == 2)
    #expect(sittings(of: Court(standing: nil)) == 2)
  }

  @Test("but it is under another policy")
  func policy() {
    #expect(sittings(between: { _ = $0.step(.policy(Rig.policy)) }) == 2)
  }

  @Test("and an unchanged ledger that was never read, or was let go, decides nothing")
  func never() {
    let court = Court()
    var engine = court.engine()
    let ending = engine.cycle(same)?.ending
    guard case .ledgerRejected = ending else {
      Issue.record("\(String(describing: ending))")
      return
    }
    engine.cycle(first)
    engine.forgetLedger()
    engine.cycle(same)
    #expect(court.sittings == 1)
  }
}

@Suite("A ledger's seal")
struct SealedLedgerTests {
  /// A ledger folder with one invoice, and a folder of documents.
  private struct Place {
    let path: String
    let folder: LedgerFolder

    init(document: String = "") throws {
      path = "/tmp/dunningd-seal-\(getpid())-\(UInt32.random(in: .min ... .max))"
      mkdir(path, 0o700)
      mkdir(path + "/documents", 0o700)
      var settings = LedgerSettings(format: IntakeFormat(currency: Rig.euro))
      settings.path = path
      settings.documents = path + "/documents"
      folder = LedgerFolder(settings, zones: Zones())
      try write("invoices.csv", "number,customer,due,amount,document\nR1,C,2026-03-02,10.00,\(document)\n")
    }

    /// Written so long ago.
    func write(_ name: String, _ text: String, age: Int = 60) throws {
      try PosixDisk().replace(path + "/" + name, with: Array(text.utf8))
      let then = timespec(tv_sec: time(nil) - age, tv_nsec: 0)
      #expect(utimensat(AT_FDCWD, path + "/" + name, [then, then], 0) == 0)
    }
  }

  @Test("holds as long as the files are the same")
  func same() throws {
    let place = try Place()
    let seal = try place.folder.read().seal
    #expect(place.folder.holds(seal))
    try place.write("payments.csv", "customer,date,amount\n")
    #expect(!place.folder.holds(seal))
    let next = try place.folder.read().seal
    #expect(place.folder.holds(next))
    try place.write("payments.csv", "customer,date,amount\n", age: 50)
    #expect(!place.folder.holds(next))
  }

  @Test("does not hold for files that were written just before: they may have been written again in the same moment")
  func young() throws {
    let place = try Place()
    try place.write("payments.csv", "customer,date,amount\n", age: 0)
    #expect(!place.folder.holds(try place.folder.read().seal))
  }

  @Test("holds no longer once a document that was missed is there, or one that was there is gone")
  func documents() throws {
    let place = try Place(document: "r1.pdf")
    let missed = try place.folder.read()
    #expect(missed.ledger.books.badRows.count == 1)
    #expect(place.folder.holds(missed.seal))
    try place.write("documents/r1.pdf", "%PDF")
    #expect(!place.folder.holds(missed.seal))
    let there = try place.folder.read()
    #expect(there.ledger.books.badRows.isEmpty && place.folder.holds(there.seal))
    unlink(place.path + "/documents/r1.pdf")
    #expect(!place.folder.holds(there.seal))
  }
}

@Suite("Threads")
struct ThreadTests {
  @Test("each part is done once and stands in its place, whatever there are more of", arguments: 1...5)
  func places(count: Int) {
    for parts in [0, 1, 2, 3, 7, 40] {
      #expect(Threads(count: count).map(parts) { $0 * $0 } == (0..<parts).map { $0 * $0 })
    }
    #expect(Threads(count: count).map(0..<10) { Array($0) }.flatMap { $0 } == Array(0..<10))
    #expect(Threads(count: count).map(5..<5) { $0.count } == [0])
  }

  @Test("what takes long is heard of while it does", arguments: 1...3)
  func heartbeat(count: Int) {
    let beats = Atomic(0)
    let threads = Threads(count: count) { beats.add(1, ordering: .relaxed) }
    #expect(threads.map(0..<10_000) { Array($0) }.flatMap { $0 } == Array(0..<10_000))
    #expect(beats.load(ordering: .relaxed) == 64 * count)
  }
}
