import Decisions
import Journal
import Ledger
import Storage
import Testing
import Units

@testable import Daemon

@Suite("The journal after any crash")
struct JournalCrashTests {
  /// A few lives of a daemon that appends random batches and loses power in the middle of one, by the seed.
  @Test("what was durable is there, the chain holds, and every intent without outcome is in doubt", arguments: 1...150)
  func lives(seed: UInt64) throws {
    let rig = JournalRig()
    var random = SeededGenerator(seed: seed)
    var promised: [HistoryEvent] = []
    var kept: [KeptMessage] = []
    var now = JournalRig.start
    for life in 0..<4 {
      let journal: JournalFile
      do { journal = try rig.open(now: now) } catch {
        Issue.record("seed \(seed), life \(life): \(error)")
        return
      }
      try check(rig, promised, kept, seed)
      // The power fails before, in, or after some batch: the sync never comes back.
      let batches = random.below(5)
      for index in 0...batches {
        now = now + .seconds(1)
        let messages = (0..<random.below(3)).map {
          JournalRig.message("\(seed) \(life) \(index) \($0) \(random.below(9))")
        }
        var events = messages.indices.map { JournalRig.intent("c\(life)-\(index)-\($0)", sha256: messages[$0].sha256) }
        events += (0..<random.below(4)).map {
          JournalRig.note(String(repeating: "n", count: random.below(900)) + "\($0)")
        }
        if index == batches {
          let fails = random.below(3)
          rig.disk.fault = { call, path in
            guard call == .sync else { return nil }
            if fails == 0, path.contains("messages") { return .errno(5) }
            return fails < 2 && path.contains("jsonl") ? .errno(5) : nil
          }
        }
        if journal.append(Batch(events: events, messages: messages), now: now).isDurable {
          promised += events
          kept += messages
        }
      }
      rig.disk.fault = { _, _ in nil }
      if random.below(4) == 0 { rig.disk.kill() } else { rig.disk.crash(seed: random.next()) }
    }
    _ = try rig.open(now: now)
    try check(rig, promised, kept, seed)
  }

  private func check(
    _ rig: JournalRig, _ promised: [HistoryEvent], _ kept: [KeptMessage], _ seed: UInt64
  ) throws {
    var found: [HistoryEvent] = []
    let reading = try JournalReading(of: JournalRig.state, on: rig.disk, trust: .key(nil)) { entry, _ in
      found.append(entry.event)
    }
    #expect(reading.tail == nil)
    #expect(reading.history.unsettled.isEmpty, "seed \(seed)")
    var missing = promised[...]
    for event in found where event == missing.first { missing.removeFirst() }
    #expect(missing.isEmpty, "seed \(seed): a durable record is gone")
    let store = MessageStore(JournalRig.state.messages, on: rig.disk)
    for message in kept { #expect(try store.read(message.sha256) == message.bytes, "seed \(seed)") }
  }

  @Test("messages are found over several files, and one that was changed is not shown")
  func messages() throws {
    let disk = MemoryDisk()
    let messages = (0..<10).map { JournalRig.message(String(repeating: "line \($0)\n", count: 10)) }
    let store = MessageStore("m", on: disk, segmentMax: 300)
    disk.put("m/x", [])
    for message in messages { try store.keep([message, message]) }
    #expect(try disk.list("m").filter { $0.hasSuffix(".mail") }.count > 2)
    let other = MessageStore("m", on: disk, segmentMax: 300)
    for message in messages { #expect(try other.read(message.sha256) == message.bytes) }
    #expect(try other.read(String(repeating: "0", count: 64)) == nil)
    try other.keep(messages)
    var bytes = try #require(disk.bytes("m/000001.mail"))
    bytes[120] ^= 1
    disk.put("m/000001.mail", bytes)
    #expect(throws: JournalFault.messageChanged(sha256: messages[0].sha256)) { try other.read(messages[0].sha256) }
  }

  @Test("what a crash left of a message hides none of those after it")
  func tornMessages() throws {
    let disk = MemoryDisk()
    disk.put("m/x", [])
    let (first, second) = (JournalRig.message("first"), JournalRig.message("second"))
    try MessageStore("m", on: disk).keep([first])
    let whole = try #require(disk.bytes("m/000001.mail"))
    for cut in 0...whole.count {
      disk.put("m/000001.mail", Array(whole[..<cut]))
      try MessageStore("m", on: disk).keep([second])
      #expect(try MessageStore("m", on: disk).read(second.sha256) == second.bytes, "cut at \(cut)")
      let left = try MessageStore("m", on: disk).read(first.sha256)
      #expect(left == nil || left == first.bytes)
    }
  }
}
