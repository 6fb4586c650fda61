import Decisions
import Glibc
import Journal
import Ledger
import Storage
import Testing
import Units

@testable import Daemon

/// A state directory on a disk in memory, and what is put into it.
struct JournalRig {
  static let start = Instant(rfc3339: "2026-03-02T09:00:00Z") ?? Instant(seconds: 0)
  static let state = StateDirectory("/state")
  static let path = "/state/journal/000001.jsonl"

  let disk = MemoryDisk()

  init() { disk.put("/x", []) }

  func open(
    as role: JournalFile.Role = .cycles, key: JournalKey? = nil, now: Instant = JournalRig.start,
    segmentMax: Int = JournalFile.segmentMax
  ) throws(JournalFault) -> JournalFile {
    try JournalFile(JournalRig.state, on: disk, as: role, key: key, now: now, segmentMax: segmentMax) { count in
      [UInt8](repeating: 7, count: count)
    }
  }

  func read(_ trust: Chain.Trust = .key(nil)) throws(JournalFault) -> JournalReading {
    try JournalReading(of: JournalRig.state, on: disk, trust: trust)
  }

  static func note(_ text: String) -> HistoryEvent {
    .noteAdded(scope: .customer("C1"), by: "anna", text: text)
  }

  static func intent(_ id: String, sha256: String = "") -> HistoryEvent {
    var contact = Rig.intended(Rig.contact(id), attempt: 1)
    contact.sha256 = sha256
    return .contactIntended(contact)
  }

  static func message(_ text: String) -> KeptMessage {
    KeptMessage(sha256: Digest.sha256(text.utf8), bytes: Array(text.utf8))
  }
}

/// A disk on which others are at work while one looks whether a name is there.
struct BusyDisk: Disk {
  let disk: MemoryDisk
  let meanwhile: (_ path: String) -> Void

  func status(_ path: String) throws(DiskError) -> FileStatus? {
    meanwhile(path)
    return try disk.status(path)
  }

  func read(_ path: String, limit: Int, followingLinks: Bool) throws(DiskError) -> FileContents {
    try disk.read(path, limit: limit, followingLinks: followingLinks)
  }

  func read(_ path: String, from offset: Int, count: Int) throws(DiskError) -> [UInt8] {
    try disk.read(path, from: offset, count: count)
  }

  func openReading(_ path: String) throws(DiskError) -> any ReadFile { try disk.openReading(path) }
  func list(_ path: String) throws(DiskError) -> [String] { try disk.list(path) }
  func makeDirectory(_ path: String) throws(DiskError) { try disk.makeDirectory(path) }
  func openAppending(_ path: String) throws(DiskError) -> any AppendFile { try disk.openAppending(path) }

  func replace(_ path: String, with bytes: [UInt8], modified: Int?) throws(DiskError) {
    try disk.replace(path, with: bytes, modified: modified)
  }

  func remove(_ path: String) throws(DiskError) { try disk.remove(path) }
  func freeBytes(_ path: String) throws(DiskError) -> Int { try disk.freeBytes(path) }

  func lock(_ path: String, waitMilliseconds: Int) throws(DiskError) -> any HeldLock {
    try disk.lock(path, waitMilliseconds: waitMilliseconds)
  }
}

extension Engine.Event {
  var isDurable: Bool { if case .durable = self { true } else { false } }
  var words: String { if case .notDurable(.broken(let words)) = self { words } else { "" } }
}

@Suite("The journal on the disk")
struct JournalFileTests {
  private let rig = JournalRig()
  private let start = JournalRig.start

  @Test("a new journal begins with journal.opened, and is durable")
  func begins() throws {
    let journal = try rig.open()
    #expect(journal.history.instance == String(repeating: "07", count: 16))
    let bytes = try #require(rig.disk.durableBytes(JournalRig.path))
    #expect(
      String(decoding: bytes, as: UTF8.self).hasPrefix(
        #"{"seq":1,"time":"2026-03-02T09:00:00.000Z","type":"journal.opened","format":1,"#))
    #expect(try rig.read().count == 1)
  }

  @Test("a journal that is not there is empty for readers")
  func absent() throws {
    #expect(try rig.read().head == nil)
    #expect(try rig.disk.status("/state") == nil)
  }

  @Test("a batch is durable with its messages once append answers")
  func batch() throws {
    let journal = try rig.open()
    let message = JournalRig.message("From: us\r\n\r\nplease pay")
    let batch = Batch(
      events: [JournalRig.intent("aaaa", sha256: message.sha256), JournalRig.note("x")], messages: [message])
    guard case .durable(let news, let written) = journal.append(batch, now: start + .seconds(1)) else {
      Issue.record("not durable")
      return
    }
    #expect(news.isEmpty)
    #expect(written == batch.events.map { DatedEvent($0, at: start + .seconds(1)) })
    rig.disk.crash(seed: 1)
    let reading = try rig.read()
    #expect(reading.count == 3)
    #expect(reading.history == journal.history)
    #expect(try MessageStore("/state/messages", on: rig.disk).read(message.sha256) == message.bytes)
  }

  @Test("one batch is one write and one sync")
  func oneSync() throws {
    let journal = try rig.open()
    var calls: [MemoryDisk.Call] = []
    rig.disk.fault = { call, path in
      if path == JournalRig.path, call == .append || call == .sync { calls.append(call) }
      return nil
    }
    _ = journal.append(Batch(events: (0..<10).map { JournalRig.note("\($0)") }), now: start)
    #expect(calls == [.append, .sync])
  }

  @Test("a second daemon is refused with the first one's process, exit 75")
  func secondDaemon() throws {
    rig.disk.process = 42
    let journal = try rig.open()
    let error = #expect(throws: JournalFault.self) { try rig.open() }
    #expect(error == .disk(DiskError(.lock, "/state/daemon.lock", .locked(pid: 42))))
    #expect(error?.exitCode == 75)
    journal.close()
    _ = try rig.open()
  }

  @Test("what a command recorded is heard though the append that read it was refused")
  func heardAfterRefusal() throws {
    let daemon = try rig.open()
    let command = try rig.open(as: .command)
    try command.record([JournalRig.note("hold on")], now: start + .hours(2))
    // The daemon's clock is set back: it reads what stands there, and writes nothing.
    guard case .notDurable(.clockWentBack) = daemon.append(Batch(events: [JournalRig.note("x")]), now: start) else {
      Issue.record("recorded though the clock went back")
      return
    }
    #expect(daemon.isBehind)
    #expect(try daemon.news().map(\.event) == [JournalRig.note("hold on")])
    #expect(!daemon.isBehind)
  }

  @Test("what a command records beside the daemon is read before the daemon's next batch")
  func twoWriters() throws {
    let daemon = try rig.open()
    let command = try rig.open(as: .command)
    try command.record([JournalRig.note("hold on")], now: start + .seconds(1))
    let overtaken = daemon.append(
      Batch(events: [JournalRig.intent("aaaa")], onlyIfUnchanged: true), now: start + .seconds(2))
    guard case .overtaken(let news) = overtaken else {
      Issue.record("\(overtaken)")
      return
    }
    #expect(news == [DatedEvent(JournalRig.note("hold on"), at: start + .seconds(1))])
    #expect(
      daemon.append(Batch(events: [JournalRig.intent("aaaa")], onlyIfUnchanged: true), now: start + .seconds(3))
        .isDurable)
    try command.record([JournalRig.note("again")], now: start + .seconds(4))
    #expect(try daemon.news().map(\.event) == [JournalRig.note("again")])
    #expect(try daemon.news().isEmpty)
    #expect(try rig.read().count == 4)
    #expect(command.history == (try rig.read()).history)
    #expect(daemon.history == command.history)
  }

  @Test("what is to be written within hours is not written outside of them, nor is its message kept")
  func hours() throws {
    let journal = try rig.open()
    let opens = try #require(ClockTime(text: "09:00"))
    let closes = try #require(ClockTime(text: "17:00"))
    let day = Zone.utc.day(start)
    let noon = Zone.utc.instant(day: day, time: try #require(ClockTime(text: "12:00")))
    let message = JournalRig.message("Dear customer\n")
    let batch = Batch(
      events: [JournalRig.intent("aaaa")], messages: [message], onlyIfUnchanged: true,
      windows: [ContactWindow(zone: .utc, day: day, opens: opens, closes: closes)])
    guard case .tooLate(let news, let time) = journal.append(batch, now: noon + .hours(5)) else {
      Issue.record("recorded at five")
      return
    }
    #expect(news.isEmpty && time == noon + .hours(5))
    #expect(try journal.messages.read(message.sha256) == nil)
    #expect(journal.append(batch, now: noon + .hours(5) - .seconds(1)).isDurable)
    #expect(try journal.messages.read(message.sha256) == message.bytes)
  }

  @Test("the intents of a living daemon are not put in doubt by a command, those of a dead one by the next daemon")
  func doubts() throws {
    let daemon = try rig.open()
    _ = daemon.append(Batch(events: [JournalRig.intent("aaaa")]), now: start)
    #expect(try rig.open(as: .command).history.unsettled.map(\.id) == ["aaaa"])
    rig.disk.kill()
    let next = try rig.open(now: start + .seconds(60))
    #expect(next.history.unsettled.isEmpty)
    #expect(next.history.contact("aaaa")?.standing == .inDoubt)
    #expect(try rig.read().count == 3)
  }

  @Test("a torn tail is kept aside, cut off and recorded", arguments: ["{\"seq\":3,\"ti", "\u{0}\u{0}\u{0}", "x\ny\n"])
  func tornTail(tail: String) throws {
    do { _ = try rig.open().append(Batch(events: [JournalRig.note("x")]), now: start) }
    rig.disk.kill()
    let whole = try #require(rig.disk.bytes(JournalRig.path))
    rig.disk.put(JournalRig.path, whole + Array(tail.utf8))

    let before = try rig.read()
    #expect(before.tail?.bytes == Array(tail.utf8))
    #expect(before.note?.hasPrefix("journal/000001.jsonl:3: note: the last line is unfinished") == true)
    #expect(rig.disk.bytes(JournalRig.path) == whole + Array(tail.utf8), "reading repairs nothing")

    let name = "000001.\(whole.count).torn"
    let journal = try rig.open(now: start + .seconds(5))
    #expect(rig.disk.durableBytes("/state/journal/" + name) == Array(tail.utf8))
    #expect(journal.head?.seq == 3)
    var last: HistoryEvent?
    _ = try JournalReading(of: JournalRig.state, on: rig.disk, trust: .key(nil)) { entry, _ in last = entry.event }
    #expect(
      last == .journalRecovered(bytes: tail.utf8.count, sha256: Digest.sha256(tail.utf8), file: "journal/" + name))
  }

  @Test("a torn tail at a place where one was before is kept under another name")
  func twoTails() throws {
    do { _ = try rig.open() }
    rig.disk.kill()
    let whole = try #require(rig.disk.bytes(JournalRig.path))
    for tail in ["a", "b", "b"] {
      rig.disk.put(JournalRig.path, whole + Array(tail.utf8))
      _ = try rig.open()
      rig.disk.kill()
    }
    let torn = try rig.disk.list("/state/journal").filter { $0.hasSuffix(".torn") }
    #expect(torn == ["000001.\(whole.count)-2.torn", "000001.\(whole.count).torn"])
  }

  @Test("a changed byte is refused with its line, exit 65")
  func damage() throws {
    do {
      let journal = try rig.open()
      for index in 0..<3 { _ = journal.append(Batch(events: [JournalRig.note("\(index)")]), now: start) }
    }
    rig.disk.kill()
    var bytes = try #require(rig.disk.bytes(JournalRig.path))
    let second = try #require(bytes.firstIndex(of: 10)) + 60
    bytes[second] ^= 1
    rig.disk.put(JournalRig.path, bytes)
    for open in [{ _ = try rig.open() }, { _ = try rig.read() }] {
      let error = #expect(throws: JournalFault.self) { try open() }
      #expect(error?.exitCode == 65)
      #expect(error?.description.hasPrefix("journal/000001.jsonl:2: error: ") == true)
    }
    #expect(rig.disk.bytes(JournalRig.path) == bytes)
  }

  @Test("a wrong key is a fault of the configuration, exit 78")
  func keys() throws {
    let key = JournalKey(Array("sixteen bytes and more".utf8))
    let other = JournalKey(Array("another sixteen bytes".utf8))
    do { _ = try rig.open(key: key) }
    rig.disk.kill()
    for wrong in [nil, other] {
      let error = #expect(throws: JournalFault.self) { try rig.open(key: wrong) }
      #expect(error?.exitCode == 78)
    }
    #expect(try rig.open(key: key).head?.seq == 1)
    #expect(try rig.read(.any).count == 1)
  }

  @Test("a clock that went back records nothing and breaks nothing")
  func clock() throws {
    let journal = try rig.open()
    let early = start - .days(1)
    guard
      case .notDurable(.clockWentBack(start, early)) = journal.append(Batch(events: [JournalRig.note("x")]), now: early)
    else {
      Issue.record("not refused")
      return
    }
    #expect(journal.append(Batch(events: [JournalRig.note("x")]), now: start - .seconds(4)).isDurable)
    let error = #expect(throws: JournalFault.self) { try journal.record([JournalRig.note("y")], now: early) }
    #expect(error?.exitCode == 75)
  }

  static let faults: [(MemoryDisk.Call, MemoryDisk.Fault)] = [
    (.append, .errno(ENOSPC)), (.append, .short(100)), (.sync, .errno(EIO)),
  ]

  @Test("after a failed write or sync nothing is written any more, until a new start", arguments: faults)
  func failStop(call: MemoryDisk.Call, fault: MemoryDisk.Fault) throws {
    let journal = try rig.open()
    rig.disk.fault = { asked, path in asked == call && path == JournalRig.path ? fault : nil }
    let words = journal.append(Batch(events: [JournalRig.intent("aaaa")]), now: start).words
    #expect(words.contains("/state/journal/000001.jsonl: cannot"))
    rig.disk.fault = { _, _ in nil }
    #expect(journal.append(Batch(events: [JournalRig.note("x")]), now: start).words == words)
    let error = #expect(throws: JournalFault.self) { try journal.news() }
    #expect(error?.exitCode == 74)
    rig.disk.kill()
    let next = try rig.open(now: start + .seconds(9))
    #expect(next.history.unsettled.isEmpty)
    #expect(next.append(Batch(events: [JournalRig.note("x")]), now: start + .seconds(9)).isDurable)
  }

  @Test("when the message cannot be kept, the intent is not recorded")
  func messageFirst() throws {
    let journal = try rig.open()
    rig.disk.fault = { call, path in call == .sync && path.hasPrefix("/state/messages") ? .errno(EIO) : nil }
    let message = JournalRig.message("hello")
    #expect(!journal.append(Batch(events: [JournalRig.intent("aaaa")], messages: [message]), now: start).isDurable)
    #expect(try rig.read().count == 1)
  }

  @Test("without room for the outcome no intent is recorded, and a person's word still is")
  func noRoom() throws {
    let journal = try rig.open()
    rig.disk.free = 1000
    #expect(journal.append(Batch(events: [JournalRig.note("x")]), now: start).isDurable)
    let words = journal.append(Batch(events: [JournalRig.intent("aaaa")]), now: start).words
    #expect(words.contains("No space left on device"))
    #expect(try rig.read().count == 2)
  }

  @Test("a file that is missing between others is damage")
  func missingSegment() throws {
    do { _ = try rig.open() }
    rig.disk.put("/state/journal/000003.jsonl", [])
    let error = #expect(throws: JournalFault.self) { try rig.read() }
    #expect(error == .missing(path: "/state/journal/000002.jsonl"))
    #expect(error?.exitCode == 65)
  }

  @Test("a journal of several files is read as one, and appended to the last")
  func segments() throws {
    do {
      let journal = try rig.open()
      for index in 0..<4 { _ = journal.append(Batch(events: [JournalRig.note("\(index)")]), now: start) }
    }
    rig.disk.kill()
    let bytes = try #require(rig.disk.bytes(JournalRig.path))
    let half = try #require(bytes[1000...].firstIndex(of: 10)) + 1
    rig.disk.put(JournalRig.path, Array(bytes[..<half]))
    rig.disk.put("/state/journal/000002.jsonl", Array(bytes[half...]))
    #expect(try rig.open().append(Batch(events: [JournalRig.note("more")]), now: start).isDurable)
    #expect(try rig.read().count == 6)
    #expect(rig.disk.bytes(JournalRig.path)?.count == half)
  }

  @Test("a file that another process begins is gone over to")
  func newSegment() throws {
    let journal = try rig.open()
    let head = try #require(journal.head)
    let more = try head.append([JournalRig.note("x")], at: start) { [UInt8](repeating: 1, count: 16) }
    rig.disk.put("/state/journal/000002.jsonl", more.bytes)
    #expect(try journal.news().map(\.event) == [JournalRig.note("x")])
    #expect(journal.append(Batch(events: [JournalRig.note("y")]), now: start).isDurable)
    #expect(try rig.read().count == 3)
    #expect(rig.disk.bytes("/state/journal/000002.jsonl")?.count ?? 0 > more.bytes.count)
  }

  @Test("what fills a file after it was read to its end is read before the file that follows")
  func filledMeanwhile() throws {
    let clerk = try rig.open(as: .command, segmentMax: 1)
    let next = "/state/journal/000002.jsonl"
    var isArmed = false
    let disk = BusyDisk(disk: rig.disk) { path in
      guard isArmed, path == next else { return }
      isArmed = false
      #expect(clerk.append(Batch(events: [JournalRig.note("the last")]), now: start).isDurable)
    }
    var reading = try JournalReading(of: JournalRig.state, on: disk, trust: .key(nil))
    isArmed = true
    var heard: [HistoryEvent] = []
    try reading.more { entry, _ in heard.append(entry.event) }
    #expect(rig.disk.bytes(next) != nil && heard == [JournalRig.note("the last")])
    #expect(clerk.append(Batch(events: [JournalRig.note("and one")]), now: start).isDurable)
    try reading.more { entry, _ in heard.append(entry.event) }
    #expect(heard.last == JournalRig.note("and one"))
    #expect(try reading.count == rig.read().count)
  }

  @Test("the same on the disk of the machine, with the files closed to others")
  func machine() throws {
    let path = try #require(mkdtemp(strdup("/tmp/dunningd-state-XXXXXX")).map { String(cString: $0) })
    let disk = PosixDisk()
    let state = StateDirectory(path + "/state/")
    let message = JournalRig.message("hello")
    do {
      let journal = try JournalFile(state, on: disk, as: .cycles, key: nil, now: start)
      #expect(
        journal.append(
          Batch(events: [JournalRig.intent("aaaa", sha256: message.sha256)], messages: [message]), now: start
        ).isDurable)
      let error = #expect(throws: JournalFault.self) {
        try JournalFile(state, on: disk, as: .cycles, key: nil, now: start)
      }
      #expect(error?.exitCode == 75)
      #expect(error?.description.contains("process \(getpid()) holds it") == true)
    }
    let journal = try JournalFile(state, on: disk, as: .cycles, key: nil, now: start)
    #expect(journal.history.contact("aaaa")?.standing == .inDoubt)
    #expect(try journal.messages.read(message.sha256) == message.bytes)
    for name in ["/journal/000001.jsonl", "/messages/000001.mail", "/daemon.lock", "/journal.lock"] {
      #expect(try disk.status(state.path + name)?.permissions == 0o600)
    }
    #expect(try disk.status(state.journal)?.permissions == 0o700)
  }

  @Test("a file that was put in place of the journal is noticed")
  func replaced() throws {
    let journal = try rig.open()
    let bytes = try #require(rig.disk.bytes(JournalRig.path))
    rig.disk.put(JournalRig.path, bytes)
    #expect(journal.append(Batch(events: [JournalRig.note("x")]), now: start).words.contains("was replaced"))
  }

  @Test("a folder that cannot be written is an error of the disk, exit 74")
  func readOnly() throws {
    rig.disk.fault = { call, _ in call == .create ? .errno(EROFS) : nil }
    let error = #expect(throws: JournalFault.self) { try rig.open() }
    #expect(error?.exitCode == 74)
    #expect(error?.description.contains("remedy: mount it writable") == true)
  }
}
