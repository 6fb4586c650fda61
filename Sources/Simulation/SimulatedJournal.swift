import Daemon
import Decisions
import Journal
import Units

/// The real journal (encoding, chain, replay, recovery) over a disk of memory that forgets what was not synced.
struct SimulatedJournal {
  /// What survives a crash.
  private(set) var disk: [UInt8] = []
  /// What the process has read and written.
  private var replay = Replay(.key(nil))
  /// Everything durable, in order, as it reads back.
  private(set) var records: [DatedEvent] = []

  static let file = "journal/000001.jsonl"

  var history: ContactHistory { replay.history }

  /// Begins a new journal.
  init(_ chance: inout SplitMix64, now: Instant) throws(JournalProblem) {
    try replay.begin(file: SimulatedJournal.file)
    let opening = JournalHead.opening(instance: Digest.hex(chance.bytes(16)), key: nil, now: now)
    disk = opening.bytes
    try replay.feed(opening.bytes)
  }

  /// Appends and syncs.
  mutating func append(
    _ events: [HistoryEvent], at now: Instant, _ chance: inout SplitMix64
  ) throws(JournalHead.Refusal) -> [DatedEvent] {
    let appended = try encode(events, at: now, &chance)
    disk += appended.bytes
    replay.appended(events, appended)
    let written = events.map { DatedEvent($0, at: appended.time) }
    records += written
    return written
  }

  /// Appends, and the power goes or the disk fails before the sync: a part of it may be there, or none, or all, and
  /// behind it what the disk had in that place before.
  mutating func appendTorn(_ events: [HistoryEvent], at now: Instant, _ chance: inout SplitMix64) {
    guard let appended = try? encode(events, at: now, &chance) else { return }
    disk += appended.bytes.prefix(chance.pick(0...appended.bytes.count))
    switch chance.pick(0...3) {
    case 0: disk += [UInt8](repeating: 0, count: chance.pick(1...600))
    case 1: disk += chance.bytes(chance.pick(1...40)).filter { $0 != UInt8(ascii: "\n") }
    default: break
    }
  }

  private func encode(
    _ events: [HistoryEvent], at now: Instant, _ chance: inout SplitMix64
  ) throws(JournalHead.Refusal) -> JournalHead.Appended {
    guard let head = replay.head else { throw .keyMissing }
    return try head.append(events, at: now) { chance.bytes(16) }
  }

  /// A process begins: reads everything, cuts off a torn tail, and declares in doubt what has no outcome.
  ///
  /// - Returns: what became durable since `records` was last complete: records of a torn append that had come through,
  ///   then those of the recovery itself.
  mutating func reopen(at now: Instant, _ chance: inout SplitMix64) throws -> [DatedEvent] {
    var read: [DatedEvent] = []
    replay = Replay(.key(nil))
    try replay.begin(file: SimulatedJournal.file)
    try replay.feed(disk) { entry, _ in read.append(DatedEvent(entry.event, at: entry.time)) }
    let known = records.count
    // The first record, which opened the journal, was not counted.
    records = Array(read.dropFirst())
    var repairs: [HistoryEvent] = []
    if let tail = replay.tail {
      disk.removeLast(disk.count - tail.offset)
      replay.dropTail()
      repairs.append(.journalRecovered(bytes: tail.bytes.count, sha256: Digest.sha256(tail.bytes), file: "torn"))
    }
    repairs += Recovery.doubts(in: replay.history)
    if !repairs.isEmpty { _ = try append(repairs, at: now, &chance) }
    return Array(records.dropFirst(known))
  }

  /// Reads the disk from its first byte to its last by the chain alone.
  func verify() -> String? {
    var replay = Replay(.key(nil))
    do {
      try replay.begin(file: SimulatedJournal.file)
      try replay.feed(disk)
    } catch { return error.description }
    if let tail = replay.tail { return "a torn tail of \(tail.bytes.count) bytes" }
    return replay.history == history ? nil : "the history read back is not the one in memory"
  }
}
