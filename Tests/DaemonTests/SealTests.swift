import Decisions
import Journal
import Ledger
import Storage
import Testing
import Units

@testable import Daemon

@Suite("Sealed files of the journal")
struct SealTests {
  private let rig = JournalRig()
  private static let segmentMax = 4000

  /// A journal of several sealed files, with contacts whose outcomes come in a later one.
  private func fill(_ key: JournalKey? = nil, batches: Int = 40) throws {
    var random = SeededGenerator(seed: 5)
    let journal = try rig.open(key: key, segmentMax: Self.segmentMax)
    var open: [String] = []
    for index in 0..<batches {
      var events: [HistoryEvent] = []
      for id in open where random.below(3) > 0 {
        events.append(
          .contactSent(Attempt(contact: id, recipient: 0, attempt: 1, reply: "250 ok \(index)", server: "mx")))
      }
      open = (0..<random.below(3)).map { "k\(index)-\($0)" }
      events += open.map { Self.intent($0, customer: "P\(random.below(5))", number: "R-\(index)") }
      if index % 7 == 3 {
        events.append(
          .restPlaced(
            Rest(kind: .hold, scope: .customer("P\(random.below(5))"), by: "anna", text: "waits \(index)")))
      }
      if index % 11 == 5 {
        events.append(.restEnded(kind: .hold, scope: .customer("P1"), by: "x", outcome: nil, text: nil))
      }
      guard !events.isEmpty else { continue }
      #expect(journal.append(Batch(events: events), now: JournalRig.start + .seconds(index)).isDurable)
    }
    #expect(journal.sealed > 3)
    #expect(journal.takeWarnings() == [])
    rig.disk.kill()
  }

  private static func intent(_ id: String, customer: String, number: String) -> HistoryEvent {
    var intended = Rig.intended(Rig.contact(id), attempt: 1)
    intended.customer = customer
    intended.to = ["accounts@\(customer.lowercased()).example"]
    intended.invoices = [
      AdvancedItem(
        key: ItemKey(customer: customer == "P4" ? "P4-branch" : customer, number: number), schedule: "standard",
        step: "first", level: 1, anchor: .due, anchorDate: Day(number: 20_000), day: 5, repetition: 0,
        open: Money(minor: 100, Rig.euro), ledgerSchedule: nil)
    ]
    return .contactIntended(intended)
  }

  /// Every record, and the fold over all of them.
  private func whole(_ trust: Chain.Trust = .key(nil)) throws -> (entries: [Entry], history: ContactHistory) {
    var entries: [Entry] = []
    let reading = try JournalReading(of: JournalRig.state, on: rig.disk, trust: trust) { entry, _ in
      entries.append(entry)
    }
    return (entries, reading.history)
  }

  private static let keys: [JournalKey?] = [nil, JournalKey(Array("sixteen bytes and more".utf8))]

  @Test("what rests on a checkpoint is what the records say", arguments: keys)
  func sameHistory(key: JournalKey?) throws {
    try fill(key)
    let whole = try whole(.key(key))
    let reading = try rig.read(.key(key))
    #expect(reading.base?.checkpoint.segments.count ?? 0 > 3)
    #expect(reading.warnings == [])
    #expect(reading.history == whole.history)
    #expect(reading.count == whole.entries.count)
    for entry in whole.entries {
      if let id = entry.contact { #expect(reading.history.contact(id) == whole.history.contact(id)) }
      for item in entry.event.keys { #expect(reading.history.items[item] == whole.history.items[item]) }
      if let customer = entry.event.customer {
        #expect(reading.history.payers[customer] == whole.history.payers[customer])
      }
    }
    #expect(try rig.read(.any).history == whole.history)
    let journal = try rig.open(as: .command, key: key, now: JournalRig.start + .days(1), segmentMax: Self.segmentMax)
    #expect(journal.history == whole.history)
    #expect(journal.head?.seq == whole.entries.count)
  }

  @Test("records about somebody are found without the others", arguments: keys)
  func search(key: JournalKey?) throws {
    try fill(key)
    let entries = try whole(.key(key)).entries
    func found(_ search: JournalSearch) throws -> [Entry] {
      var found: [Entry] = []
      _ = try search.read(JournalRig.state, on: rig.disk, trust: .key(key)) { entry, _ in found.append(entry) }
      #expect(found.map(\.seq) == found.map(\.seq).sorted())
      return found
    }
    for customer in ["P0", "P1", "P4", "P4-branch", "nobody"] {
      let contacts = Set(entries.filter { $0.names(customer: customer) }.compactMap(\.contact))
      func concerns(_ entry: Entry) -> Bool {
        entry.names(customer: customer) || entry.contact.map(contacts.contains) ?? false
      }
      let some = try found(JournalSearch(customer: customer))
      #expect(some.filter(concerns).map(\.seq) == entries.filter(concerns).map(\.seq))
      #expect(some.count < entries.count)
    }
    let number = "R-12"
    #expect(
      try found(JournalSearch(invoice: number)).filter { $0.names(invoice: number) }.map(\.seq)
        == entries.filter { $0.names(invoice: number) }.map(\.seq))
    let id = try #require(entries.compactMap(\.contact).dropFirst(3).first)
    #expect(
      try found(JournalSearch(contact: id)).filter { $0.contact == id }.map(\.seq)
        == entries.filter { $0.contact == id }.map(\.seq))
    for seq in 1...entries.count { #expect(try found(JournalSearch(seq: seq)).contains { $0.seq == seq }) }
    let since = JournalRig.start + .seconds(20)
    #expect(
      try found(JournalSearch(since: since)).filter { $0.time >= since }.map(\.seq)
        == entries.filter { $0.time >= since }.map(\.seq))
  }

  @Test("a checkpoint with a changed byte is not used, and nothing is lost")
  func damagedCheckpoint() throws {
    try fill()
    let whole = try whole()
    let last = try #require(try JournalRig.state.segments("checkpoint", on: rig.disk).last)
    let path = JournalRig.state.segment(last, "checkpoint")
    let bytes = try #require(rig.disk.bytes(path))
    for at in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 60)) {
      var changed = bytes
      changed[at] ^= 1 << (at % 8)
      rig.disk.put(path, changed)
      let reading = try rig.read()
      #expect(reading.warnings.count == 1, "byte \(at)")
      #expect(reading.history == whole.history, "byte \(at)")
    }
    rig.disk.put(path, Array(bytes[..<(bytes.count / 2)]))
    let journal = try rig.open(now: JournalRig.start + .days(1), segmentMax: Self.segmentMax)
    #expect(journal.takeWarnings().count == 1)
    #expect(journal.history == whole.history || !journal.history.doubtful.isEmpty)
    #expect(rig.disk.bytes(path) == bytes, "drawn from the records again, it is the same bytes")
  }

  @Test("a sealed history with a changed byte is not believed: the records are read")
  func damagedHistory() throws {
    try fill()
    let whole = try whole()
    let path = JournalRig.state.segment(2, "history")
    let bytes = try #require(rig.disk.bytes(path))
    for at in stride(from: 20, to: bytes.count, by: max(1, bytes.count / 60)) {
      var changed = bytes
      changed[at] ^= 1 << (at % 8)
      rig.disk.put(path, changed)
      let reading = try rig.read()
      #expect(reading.history == whole.history, "byte \(at)")
      #expect(reading.history.fault == nil)
    }
    rig.disk.put(path, Array(bytes.dropLast()))
    #expect(try rig.read().warnings.count > 0)
    #expect(try rig.read().history == whole.history)
  }

  @Test("a flipped bit among the links of a sealed history makes nobody a stranger", arguments: keys)
  func damagedLinks(key: JournalKey?) throws {
    try fill(key)
    let whole = try whole(.key(key))
    let ids = Set(whole.entries.compactMap(\.contact)).sorted()
    let sealed = try #require(try rig.read(.key(key)).base?.checkpoint.segments)
    for segment in 1...2 {
      let path = JournalRig.state.segment(segment, "history")
      let bytes = try #require(rig.disk.bytes(path))
      for at in stride(from: sealed[segment - 1].linksAt, to: bytes.count, by: 7) {
        var changed = bytes
        changed[at] ^= 1 << (at % 8)
        rig.disk.put(path, changed)
        let reading = try rig.read(.key(key))
        for id in ids { #expect(reading.history.contact(id) == whole.history.contact(id), "byte \(at), \(id)") }
        #expect(reading.history.fault == nil)
      }
      rig.disk.put(path, bytes)
    }
  }

  @Test("a sealed intent without outcome becomes a doubt, though the links are damaged")
  func doubtBehindDamage() throws {
    let journal = try rig.open(segmentMax: Self.segmentMax)
    try journal.record([Self.intent("lost", customer: "P1", number: "R-1")], now: JournalRig.start)
    while journal.sealed < 1 { try journal.record([JournalRig.note("more")], now: JournalRig.start) }
    rig.disk.kill()
    let sealed = try #require(try rig.read().base?.checkpoint.segments.first)
    let path = JournalRig.state.segment(1, "history")
    var bytes = try #require(rig.disk.bytes(path))
    for at in sealed.linksAt..<bytes.count { bytes[at] ^= 1 }
    rig.disk.put(path, bytes)
    _ = try rig.open(segmentMax: Self.segmentMax)
    #expect(try whole().entries.count { $0.type == "contact.in_doubt" } == 1)
  }

  @Test("the file behind the last sealed one is not lost unnoticed", arguments: keys)
  func lostFile(key: JournalKey?) throws {
    try fill(key)
    let last = try #require(try JournalRig.state.segments("jsonl", on: rig.disk).last)
    let path = JournalRig.state.segment(last, "jsonl")
    let bytes = try #require(rig.disk.bytes(path))
    try rig.disk.remove(path)
    func isMissed() {
      for role in [JournalFile.Role.cycles, .command] {
        #expect(throws: JournalFault.missing(path: path)) {
          try rig.open(as: role, key: key, now: JournalRig.start + .days(1), segmentMax: Self.segmentMax)
        }
      }
      #expect(throws: JournalFault.missing(path: path)) { try rig.read(.key(key)) }
      #expect(throws: JournalFault.missing(path: path)) { try whole(.key(key)) }
      #expect(throws: JournalFault.missing(path: path)) {
        try JournalCheck.whole(of: JournalRig.state, on: rig.disk, trust: .key(key))
      }
    }
    isMissed()
    // A checkpoint that is of no use tells it too.
    rig.disk.put(JournalRig.state.segment(last - 1, "checkpoint"), [1])
    isMissed()
    try rig.disk.remove(JournalRig.state.segment(last - 1, "checkpoint"))
    isMissed()
    #expect(rig.disk.bytes(path) == nil)
    rig.disk.put(path, bytes)
    _ = try rig.open(key: key, now: JournalRig.start + .days(1), segmentMax: Self.segmentMax)
  }

  @Test("of a journal of which only checkpoints are left no new one is begun")
  func lostFiles() throws {
    try fill()
    for number in try JournalRig.state.segments("jsonl", on: rig.disk) {
      try rig.disk.remove(JournalRig.state.segment(number, "jsonl"))
    }
    let error = #expect(throws: JournalFault.self) { try rig.open(segmentMax: Self.segmentMax) }
    #expect(error?.exitCode == 65)
  }

  @Test("a name is one name, composed or decomposed, before and after it is sealed")
  func names() throws {
    let (composed, decomposed) = ("M\u{FC}ller-1", "Mu\u{308}ller-1")
    let journal = try rig.open(segmentMax: Self.segmentMax)
    try journal.record([Self.intent("k\u{E9}", customer: composed, number: "R\u{E4}-1")], now: JournalRig.start)
    while journal.sealed < 2 { try journal.record([JournalRig.note("more")], now: JournalRig.start) }
    let whole = try whole()
    for name in [composed, decomposed] {
      for history in [whole.history, try rig.read().history] {
        #expect(history.payers[name] == ["k\u{E9}"])
        #expect(history.items[ItemKey(customer: name, number: "Ra\u{308}-1")] == ["k\u{E9}"])
        #expect(history.addresses["accounts@\(name.lowercased()).example"] == ["k\u{E9}"])
        #expect(history.contact("ke\u{301}") != nil)
        #expect(history.items(ofInvoice: "Ra\u{308}-1").count == 1)
      }
      var found = 0
      _ = try JournalSearch(customer: name).read(JournalRig.state, on: rig.disk, trust: .key(nil)) { entry, _ in
        if entry.names(customer: name) { found += 1 }
      }
      #expect(found == 1, "\(name)")
    }
  }

  @Test("when records are damaged too, the history says so instead of answering")
  func fault() throws {
    try fill()
    let reading = try rig.read()
    let path = JournalRig.state.segment(1, "jsonl")
    var bytes = try #require(rig.disk.bytes(path))
    bytes[900] ^= 1
    rig.disk.put(path, bytes)
    rig.disk.put(JournalRig.state.segment(1, "history"), [])
    rig.disk.put(JournalRig.state.segment(2, "history"), [])
    for customer in ["P0", "P1", "P2", "P3", "P4"] { _ = reading.history.payers[customer] }
    #expect(reading.history.fault?.contains("journal/000001.jsonl") == true)
    #expect(throws: JournalFault.self) { try rig.read() }
  }

  @Test("a sealed file that was copied is verified and used, one that was changed is damage")
  func changedSegment() throws {
    try fill()
    let whole = try whole()
    let path = JournalRig.state.segment(2, "jsonl")
    let bytes = try #require(rig.disk.bytes(path))
    rig.disk.now = 5000
    rig.disk.put(path, bytes)
    #expect(try rig.read().history == whole.history)
    #expect(try rig.read().base?.hasOtherTimes == true)
    _ = try rig.open(as: .command, now: JournalRig.start + .days(1), segmentMax: Self.segmentMax)
    #expect(try rig.read().base?.hasOtherTimes == false, "a writer notes the time that it bears now")
    var changed = bytes
    changed[700] ^= 1
    rig.disk.now = 6000
    rig.disk.put(path, changed)
    let error = #expect(throws: JournalFault.self) { try rig.read() }
    #expect(error?.exitCode == 65)
    #expect(error?.description.hasPrefix("journal/000002.jsonl:") == true)
  }

  @Test("a journal without its checkpoints gets them again", arguments: keys)
  func rebuilt(key: JournalKey?) throws {
    try fill(key)
    let whole = try whole(.key(key))
    let names = try rig.disk.list("/state/journal").filter { !$0.hasSuffix("jsonl") }
    let kept = Dictionary(uniqueKeysWithValues: names.map { ($0, rig.disk.bytes("/state/journal/" + $0)) })
    for name in names { try rig.disk.remove("/state/journal/" + name) }
    #expect(try rig.read(.key(key)).history == whole.history)
    let journal = try rig.open(as: .command, key: key, now: JournalRig.start + .days(1), segmentMax: Self.segmentMax)
    #expect(journal.history == whole.history)
    for (name, bytes) in kept { #expect(rig.disk.bytes("/state/journal/" + name) == bytes, "\(name)") }
  }

  @Test("whatever call of sealing the power fails at, every durable record is there afterwards", arguments: 0..<24)
  func crashes(at call: Int) throws {
    var promised = 0
    do {
      let journal = try rig.open(segmentMax: Self.segmentMax)
      var index = 0
      while journal.sealed < 2 {
        index += 1
        if journal.append(Batch(events: [JournalRig.note("\(index)")]), now: JournalRig.start).isDurable {
          promised += 1
        }
      }
      while true {
        // The last one before the file is full is not known, so every later append may be the one.
        var calls = 0
        var hasFailed = false
        rig.disk.fault = { kind, path in
          if hasFailed { return .errno(5) }
          guard
            path.contains("000004") || path.contains("000003.checkpoint") || path.contains("000003.history")
              || path.contains("000001.checkpoint")
          else { return nil }
          calls += 1
          hasFailed = calls > call
          return hasFailed ? .errno(5) : nil
        }
        if journal.append(Batch(events: [JournalRig.note("more")]), now: JournalRig.start).isDurable { promised += 1 }
        rig.disk.fault = { _, _ in nil }
        if hasFailed || journal.sealed > 3 { break }
      }
    }
    rig.disk.crash(seed: UInt64(call))
    let journal = try rig.open(segmentMax: Self.segmentMax)
    let whole = try whole()
    #expect(whole.entries.count { $0.type == "note.added" } == promised)
    #expect(journal.history == whole.history)
    #expect(journal.append(Batch(events: [JournalRig.note("on")]), now: JournalRig.start).isDurable)
    #expect(try rig.read().count == whole.entries.count + 1)
  }

  @Test("two who write go over to the new file together")
  func twoWriters() throws {
    let daemon = try rig.open(segmentMax: Self.segmentMax)
    let command = try rig.open(as: .command, segmentMax: Self.segmentMax)
    for index in 0..<60 {
      let writer = index % 3 == 0 ? command : daemon
      #expect(writer.append(Batch(events: [JournalRig.note("\(index)")]), now: JournalRig.start).isDurable)
    }
    _ = try daemon.news()
    let whole = try whole()
    #expect(daemon.history == whole.history)
    #expect(whole.entries.count == 61)
    #expect(try rig.read().base?.checkpoint.segments.count ?? 0 > 2)
  }

  @Test("who followed another one to a new file seals on, and is slim again")
  func sealsOn() throws {
    let daemon = try rig.open(segmentMax: Self.segmentMax)
    _ = daemon.releaseHistory()
    let command = try rig.open(as: .command, segmentMax: Self.segmentMax)
    while command.sealed < 1 { try command.record([JournalRig.note("c")], now: JournalRig.start) }
    _ = try daemon.news()
    #expect(try daemon.slimmed() != nil, "what the other one sealed")
    #expect(daemon.sealed == 1)
    for index in 0..<40 { try daemon.record([JournalRig.note("\(index)")], now: JournalRig.start) }
    #expect(daemon.takeWarnings() == [])
    #expect(daemon.sealed > 2)
    #expect(try daemon.slimmed() != nil)
    #expect(try JournalRig.state.segments("history", on: rig.disk).count == daemon.sealed)
    #expect(try rig.read().history == (try whole()).history)
  }

  @Test(
    "a checkpoint that could not be made once is made with the next one",
    arguments: ["history", "checkpoint", "000002.jsonl"])
  func failsOnce(ending: String) throws {
    let journal = try rig.open(segmentMax: Self.segmentMax)
    _ = journal.releaseHistory()
    var failed = false
    rig.disk.fault = { kind, path in
      guard kind == .replace || kind == .create, path.hasSuffix(ending), !failed else { return nil }
      failed = true
      return .errno(28)
    }
    for index in 0..<40 { try journal.record([JournalRig.note("\(index)")], now: JournalRig.start) }
    #expect(failed)
    let warnings = journal.takeWarnings()
    #expect(warnings.count == 1, "\(warnings)")
    #expect(warnings.first?.contains("missing") == false)
    #expect(journal.sealed > 2)
    #expect(try journal.slimmed() != nil)
    #expect(try rig.read().history == (try whole()).history)
  }

  @Test("a history that was given away is taken back slim once more is sealed")
  func slimmed() throws {
    let journal = try rig.open(segmentMax: Self.segmentMax)
    var history = journal.releaseHistory()
    for index in 0..<60 {
      guard
        case .durable(_, let written) = journal.append(
          Batch(events: [Self.intent("s\(index)", customer: "P1", number: "R")]), now: JournalRig.start)
      else { continue }
      for event in written { history.apply(event.event, at: event.time) }
    }
    // What another one records meanwhile is heard of by `news`, and must not be in it already.
    let other = try rig.open(as: .command, segmentMax: Self.segmentMax)
    try other.record([JournalRig.note("meanwhile")], now: JournalRig.start)
    #expect(try journal.slimmed() == nil)
    for event in try journal.news() { history.apply(event.event, at: event.time) }
    let slim = try #require(try journal.slimmed())
    #expect(slim == history)
    #expect(slim.parts.values.reduce(0) { $0 + $1.contacts.count } < 60)
    #expect(try journal.slimmed() == nil)
  }

  @Test("verifying piece by piece finds any changed bit", arguments: [1, 100, 1 << 20])
  func check(budget: Int) throws {
    try fill(batches: 24)
    func result() throws -> JournalCheck.Result? {
      var check = try JournalCheck(of: JournalRig.state, on: rig.disk, trust: .key(nil))
      while try !check.step(budget) {}
      return check.result
    }
    #expect(try result()?.count == (try whole().entries.count))
    #expect(try result()?.damagedHistories == [])
    for segment in 1...3 {
      let path = JournalRig.state.segment(segment, "jsonl")
      let bytes = try #require(rig.disk.bytes(path))
      for at in stride(from: 7 * segment, to: bytes.count, by: budget == 1 ? 997 : 41) {
        var changed = bytes
        changed[at] ^= 1 << (at % 8)
        rig.disk.put(path, changed)
        let error = #expect(throws: JournalFault.self, "segment \(segment), byte \(at)") { try result() }
        #expect(error?.exitCode == 65)
      }
      rig.disk.put(path, bytes)
    }
    let path = JournalRig.state.segment(2, "history")
    var bytes = try #require(rig.disk.bytes(path))
    bytes[30] ^= 1
    rig.disk.put(path, bytes)
    #expect(try result()?.damagedHistories == [2])
  }
}
