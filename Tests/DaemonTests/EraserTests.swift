import Decisions
import Journal
import Ledger
import Storage
import Testing
import Units

@testable import Daemon

@Suite("Erasing a customer")
struct EraserTests {
  private let rig = JournalRig()
  private let start = JournalRig.start
  private static let segmentMax = 6000

  /// Words by which somebody could be recognised: of Ada, whom the customer K-7 employs, and of others.
  private static let hers = ["ada@k7.example", "Ada Byron", "her-typed-words", "her-reply", "her-letter"]
  private static let others = ["bob@k8.example", "Bob Cook", "his-typed-words", "his-reply", "his-letter"]

  private func fill() throws {
    let journal = try rig.open(segmentMax: Self.segmentMax)
    for index in 0..<12 {
      for (customer, words) in [("K-7", Self.hers), ("K-8", Self.others)] {
        let message = JournalRig.message("To: \(words[0])\r\n\r\nDear \(words[1]), \(words[4]) \(index)")
        var intended = Rig.intended(Rig.contact("\(customer)-\(index)"), attempt: 1)
        intended.customer = customer
        intended.to = [words[0]]
        intended.names = [words[1]]
        intended.sha256 = message.sha256
        let batch = Batch(events: [.contactIntended(intended)], messages: [message])
        #expect(journal.append(batch, now: start + .seconds(index)).isDurable)
        let attempt = Attempt(
          contact: intended.contact, recipient: 0, attempt: 1, stage: "rcpt", code: 550,
          reply: "\(words[3]) <\(words[0])>", badAddress: index == 3)
        let more: [HistoryEvent] = [
          index == 3 ? .contactFailed(attempt) : .contactSent(attempt),
          .restPlaced(Rest(kind: .hold, scope: .customer(customer), by: "anna", text: words[2])),
          .noteAdded(scope: .invoice(customer: customer, number: "R-\(index)"), by: "anna", text: words[2]),
          .contactReplied(Reply(contact: intended.contact, customer: customer, excerpt: words[3])),
        ]
        #expect(journal.append(Batch(events: more), now: start + .seconds(index)).isDurable)
      }
    }
    #expect(journal.sealed > 2)
    rig.disk.kill()
    // What crashes left behind: half a record, half a message, a draft, and a whole message that was kept before its
    // intent could be recorded.
    let unrecorded = JournalRig.message("To: ada@k7.example\r\n\r\nDear Ada Byron, never recorded")
    try MessageStore(JournalRig.state.messages, on: rig.disk).keep([unrecorded])
    let path = "/state/messages/000001.mail"
    rig.disk.put(path, (rig.disk.bytes(path) ?? []) + Array("dunningd-message 1 77\nTo: ada@k7.example".utf8))
    rig.disk.put("/state/journal/000001.99.torn", Array(#"{"seq":9,"personal":{"to":["ada@k7.example"]"#.utf8))
    rig.disk.put("/state/journal/000001.checkpoint.tmp", Array("Ada Byron".utf8))
  }

  /// Every byte of the state directory.
  private func everything() throws -> String {
    var all: [UInt8] = []
    for folder in ["/state", "/state/journal", "/state/messages"] {
      for name in try rig.disk.list(folder) {
        all += Array("\(folder)/\(name)\n".utf8) + (rig.disk.bytes(folder + "/" + name) ?? [])
      }
    }
    return String(decoding: all, as: UTF8.self)
  }

  private func erase(_ customer: String = "K-7", key: JournalKey? = nil) throws -> JournalEraser.Result {
    try JournalEraser(JournalRig.state, on: rig.disk, key: key).erase(
      customer: customer, by: "anna", reason: "asked for it", now: start + .days(1), segmentMax: Self.segmentMax
    ) { [UInt8](repeating: 7, count: $0) }
  }

  @Test("leaves no trace of the person anywhere, all of the others, and a chain that holds")
  func noTrace() throws {
    try fill()
    let before = try everything()
    for words in Self.hers + Self.others {
      #expect(before.contains(words), "the test looks in the right place: \(words)")
    }
    let head = try rig.read().head
    let result = try erase()
    #expect(result.records == 60 && result.messages == 13 && result.asides >= 2)

    let after = try everything()
    for words in Self.hers { #expect(!after.contains(words), "\(words) is still there") }
    for words in Self.others { #expect(after.contains(words), "\(words) is gone") }
    let check = try JournalCheck.whole(of: JournalRig.state, on: rig.disk, trust: .key(nil))
    #expect(check.count == (head?.seq ?? 0) + 1)
    #expect(check.damagedHistories == [])
    var last: HistoryEvent?
    var isHead = false
    let whole = try JournalReading(of: JournalRig.state, on: rig.disk, trust: .key(nil)) { entry, line in
      last = entry.event
      isHead = isHead || String(decoding: line, as: UTF8.self).contains(head?.digest ?? "?")
    }
    #expect(isHead, "no digest changed: the record of the erasure follows the head as it was")
    #expect(
      last == .journalErased(customer: "K-7", records: 60, messages: 13, by: "anna", text: "asked for it"))
    #expect(try rig.read().history == whole.history)
    #expect(whole.history.payers["K-7"]?.count == 12, "what was done, and when, stays")
    let store = MessageStore(JournalRig.state.messages, on: rig.disk)
    #expect(try store.read(JournalRig.message("To: bob@k8.example\r\n\r\nDear Bob Cook, his-letter 4").sha256) != nil)
    #expect(try erase().records == 0, "again it finds nothing")
  }

  @Test("not beside a daemon")
  func locked() throws {
    try fill()
    let daemon = try rig.open(now: start + .days(1), segmentMax: Self.segmentMax)
    let error = #expect(throws: JournalFault.self) { try erase() }
    #expect(error?.exitCode == 75)
    daemon.close()
    _ = try erase()
  }

  @Test("broken off anywhere it leaves a journal that verifies, and the second time does the rest", arguments: 0..<30)
  func brokenOff(at call: Int) throws {
    try fill()
    var calls = 0
    rig.disk.fault = { kind, _ in
      guard kind == .replace || kind == .remove || kind == .append else { return nil }
      calls += 1
      return calls > call ? .errno(5) : nil
    }
    _ = try? erase()
    rig.disk.fault = { _, _ in nil }
    rig.disk.crash(seed: UInt64(call))
    _ = try JournalCheck.whole(of: JournalRig.state, on: rig.disk, trust: .key(nil))
    _ = try erase()
    let after = try everything()
    for words in Self.hers { #expect(!after.contains(words), "\(words) is still there") }
    _ = try JournalCheck.whole(of: JournalRig.state, on: rig.disk, trust: .key(nil))
    #expect(try proofs().first == .init(records: 60, messages: 13), "the proof names what both did")
    #expect(try erase() == .init(), "again it finds nothing")
  }

  /// What the records of erasures say, oldest first.
  private func proofs() throws -> [JournalEraser.Result] {
    var proofs: [JournalEraser.Result] = []
    _ = try JournalReading(of: JournalRig.state, on: rig.disk, trust: .key(nil)) { entry, _ in
      if case .journalErased(_, let records, let messages, _, _) = entry.event {
        proofs.append(JournalEraser.Result(records: records, messages: messages))
      }
    }
    return proofs
  }

  @Test("broken off before its record, another customer erased between: each proof names its own")
  func brokenOffBetween() throws {
    try fill()
    rig.disk.fault = { kind, path in kind == .append && path.hasSuffix("jsonl") ? .errno(5) : nil }
    #expect(throws: JournalFault.self) { try erase() }
    rig.disk.fault = { _, _ in nil }
    rig.disk.kill()
    _ = try erase("K-8")
    _ = try erase()
    #expect(try proofs() == [.init(records: 60, messages: 12), .init(records: 60, messages: 13)])
    #expect(try rig.disk.list("/state").filter { $0.hasPrefix("eras") } == [])
  }

  @Test("a clock behind the journal is found before anything is erased")
  func clock() throws {
    try fill()
    let before = try everything()
    let error = #expect(throws: JournalFault.self) {
      try JournalEraser(JournalRig.state, on: rig.disk, key: nil).erase(
        customer: "K-7", by: "anna", reason: nil, now: start - .days(1), segmentMax: Self.segmentMax)
    }
    #expect(error?.exitCode == 75)
    let after = try everything()
    for words in Self.hers { #expect(after.contains(words), "\(words) is gone") }
    #expect(after == before)
  }

  @Test("who follows the journal meanwhile reads on")
  func followed() throws {
    try fill()
    var reading = try rig.read()
    var all = try JournalReading(of: JournalRig.state, on: rig.disk, trust: .key(nil)) { _, _ in }
    _ = try erase()
    var types: [String] = []
    try reading.more { entry, _ in types.append(entry.type) }
    #expect(types == ["journal.erased"])
    try all.more()
    #expect(all.head == reading.head)
    _ = try rig.open(as: .command, now: start + .days(1), segmentMax: Self.segmentMax).record(
      [JournalRig.note("more")], now: start + .days(1))
    try reading.more { entry, _ in types.append(entry.type) }
    #expect(types == ["journal.erased", "note.added"])
  }

  @Test("who looks for records while their file is written anew is told to look again")
  func lookedFor() throws {
    try fill()
    var isDone = false
    rig.disk.fault = { kind, path in
      guard kind == .read, path.hasSuffix("000001.jsonl"), !isDone else { return nil }
      isDone = true
      rig.disk.fault = { _, _ in nil }
      _ = try? erase()
      return nil
    }
    let error = #expect(throws: JournalFault.self) {
      try JournalSearch(customer: "K-8").read(JournalRig.state, on: rig.disk, trust: .key(nil)) { _, _ in }
    }
    #expect(isDone)
    #expect(error == .replaced(path: JournalRig.state.segment(1, "jsonl")))
  }

  @Test("messages go when their time is over, a file at a time, and never the last file")
  func expiry() throws {
    let disk = MemoryDisk()
    disk.put("m/x", [])
    let store = MessageStore("m", on: disk, segmentMax: 300)
    let day = 86_400_000
    for index in 0..<6 {
      disk.now = index * 100 * day
      try store.keep([JournalRig.message(String(repeating: "line \(index)\n", count: 40))])
    }
    #expect(try store.expire(before: 250 * day) == 3)
    #expect(try store.expire(before: 250 * day) == 0)
    #expect(try store.expire(before: 9999 * day) == 2)
    #expect(try disk.list("m").filter { $0.hasSuffix("mail") } == ["000006.mail"])
    #expect(try store.read(JournalRig.message(String(repeating: "line 5\n", count: 40)).sha256) != nil)
    #expect(try store.read(JournalRig.message(String(repeating: "line 1\n", count: 40)).sha256) == nil)
  }
}
