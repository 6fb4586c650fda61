import Decisions
import Journal
import Storage
import Testing
import Units

@testable import Daemon

@Suite("The daily look at the journal")
struct JournalWatchTests {
  private let rig = JournalRig()
  private static let segmentMax = 2000

  private func filled(_ key: JournalKey? = nil) throws -> JournalFile {
    let journal = try rig.open(key: key, segmentMax: Self.segmentMax)
    for index in 0..<30 {
      #expect(journal.append(Batch(events: [JournalRig.note("\(index)")]), now: JournalRig.start).isDurable)
    }
    #expect(journal.sealed > 2)
    return journal
  }

  /// What one whole look says.
  private func look(_ journal: JournalFile, isBroken: Bool = false) -> [Remark] {
    var watch = JournalWatch(journal, first: .zero)
    var remarks = watch.step(now: JournalRig.start, keepMessagesDays: 3650)
    #expect(watch.isBusy != isBroken)
    while watch.isBusy { remarks += watch.step(now: JournalRig.start, keepMessagesDays: 3650) }
    #expect(watch.step(now: JournalRig.start, keepMessagesDays: 3650) == [], "until tomorrow")
    return remarks
  }

  @Test("says the head, keyed or not, and records nothing")
  func whole() throws {
    for key in [nil, JournalKey(Array("sixteen bytes and more".utf8))] {
      let rig = JournalRig()
      let journal = try rig.open(key: key, segmentMax: Self.segmentMax)
      for index in 0..<30 {
        _ = journal.append(Batch(events: [JournalRig.note("\(index)")]), now: JournalRig.start)
      }
      let head = try #require(journal.head)
      #expect(look(journal) == [.journalVerified(records: 31, digest: head.digest)])
      #expect(try rig.read(.key(key)).head == head)
      #expect(
        Remark.journalVerified(records: 31, digest: head.digest).sentence.hasSuffix("seq 31 digest \(head.digest)"))
    }
  }

  @Test("damage in a sealed file is said, and the next start finds it too")
  func damage() throws {
    let journal = try filled()
    let path = JournalRig.state.segment(2, "jsonl")
    let bytes = try #require(rig.disk.bytes(path))
    var changed = bytes
    changed[300] ^= 1
    // As a disk does it that loses a bit: neither size nor time tells.
    rig.disk.put(path, changed)
    #expect(try rig.disk.status(path)?.modified == 0)
    guard case .journalDamaged(let words)? = look(journal).first else {
      Issue.record("not found")
      return
    }
    #expect(words.hasPrefix("journal/000002.jsonl:"))
    journal.close()
    let error = #expect(throws: JournalFault.self) { try rig.open(segmentMax: Self.segmentMax) }
    #expect(error?.exitCode == 65)
    rig.disk.put(path, bytes)
    #expect(try rig.open(segmentMax: Self.segmentMax).sealed > 2)
  }

  @Test("a damaged history is drawn again at once, and the daemon goes on with the new one")
  func damagedHistory() throws {
    let journal = try filled()
    let names = try rig.disk.list("/state/journal").filter { !$0.hasSuffix("jsonl") }
    let kept = Dictionary(uniqueKeysWithValues: names.map { ($0, rig.disk.bytes("/state/journal/" + $0)) })
    _ = journal.releaseHistory()
    #expect(try journal.slimmed() == nil, "nothing was sealed since")
    let path = JournalRig.state.segment(2, "history")
    var changed = try #require(rig.disk.bytes(path))
    changed[40] ^= 1
    rig.disk.put(path, changed)
    let remarks = look(journal)
    #expect(remarks.count == 2)
    #expect(remarks.last?.severity == .warning)
    for (name, bytes) in kept { #expect(rig.disk.bytes("/state/journal/" + name) == bytes, "\(name)") }
    let history = try #require(try journal.slimmed(), "what rests on the files as they are now")
    #expect(history == (try rig.read().history))
    #expect(journal.append(Batch(events: [JournalRig.note("on")]), now: JournalRig.start).isDurable)
    #expect(journal.takeWarnings() == [])
    journal.close()
    _ = try rig.open(segmentMax: Self.segmentMax)
  }

  @Test("a lost file is found by the next start too: what tells of it is not cleared away")
  func lostFile() throws {
    let journal = try filled()
    let last = try #require(try JournalRig.state.segments("jsonl", on: rig.disk).last)
    try rig.disk.remove(JournalRig.state.segment(last, "jsonl"))
    guard case .journalDamaged? = look(journal, isBroken: true).first else {
      Issue.record("not found")
      return
    }
    journal.close()
    let error = #expect(throws: JournalFault.self) { try rig.open(segmentMax: Self.segmentMax) }
    #expect(error?.exitCode == 65)
  }
}

/// Somebody's history that cannot be read.
private final class BrokenArchive: HistoryArchive {
  func person(_ id: String) -> PersonHistory? { nil }
  func people(with link: HistoryLink) -> [PersonHistory] { [] }
  func everyone(_ visit: (PersonHistory) -> Void) {}
  var fault: String? { "journal/000002.history cannot be read" }
  func distrust(because words: String) {}
}

@Suite("A history that cannot be read")
struct UnreadableHistoryTests {
  @Test("sends nothing, and says why")
  func nothingIsSent() {
    var rig = Rig([Rig.contact("a"), Rig.contact("b")], history: ContactHistory(BrokenArchive(), HistorySummary()))
    rig.run()
    #expect(rig.delivered.isEmpty)
    #expect(rig.report?.ending == .journalBroken("journal/000002.history cannot be read"))
  }
}
