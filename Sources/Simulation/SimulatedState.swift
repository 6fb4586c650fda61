import Daemon
import Decisions
import Journal
import Storage
import Units

/// The real journal and its recovery over a disk of memory that forgets what was not synced, and the two who write to it:
/// the daemon and a clerk.
struct SimulatedState {
  private static let directory = StateDirectory("state")

  private let disk: MemoryDisk
  private let salts: Salts
  private var daemon: JournalFile
  private var clerk: JournalFile?
  /// Somebody who has read what was promised to be durable, and no more.
  private var follower: JournalReading

  /// Chance of its own, since the journal asks for it when it likes.
  private final class Salts {
    private var chance: SplitMix64
    init(seed: UInt64) { chance = SplitMix64(seed: seed) }
    func bytes(_ count: Int) -> [UInt8] { chance.bytes(count) }
  }

  /// Begins a new journal.
  init(seed: UInt64, now: Instant) throws(JournalFault) {
    let disk = MemoryDisk()
    disk.put("state/placeholder", [])
    let salts = Salts(seed: seed)
    self.disk = disk
    self.salts = salts
    daemon = try JournalFile(SimulatedState.directory, on: disk, as: .cycles, key: nil, now: now) { salts.bytes($0) }
    follower = try JournalReading(of: SimulatedState.directory, on: disk, trust: .key(nil))
  }

  var instance: String { daemon.head?.instance ?? "" }
  var bytes: [UInt8] { disk.bytes("state/journal/000001.jsonl") ?? [] }

  /// What the daemon begins with.
  func history() -> ContactHistory { daemon.history }

  /// What others recorded since the daemon last looked.
  func news() throws(JournalFault) -> [DatedEvent] { try daemon.news() }

  /// - Parameter fails: the disk refuses the sync; how much of the batch it keeps is known only after the next start.
  mutating func append(_ batch: Batch, at now: Instant, fails: Bool) -> Engine.Event {
    if fails { disk.fault = { call, path in call == .sync && path.hasSuffix(".jsonl") ? .errno(5) : nil } }
    let answer = daemon.append(batch, now: now)
    disk.fault = { _, _ in nil }
    if case .durable = answer { _ = try? readOn() }
    return answer
  }

  /// Another process records something.
  mutating func intervene(_ event: HistoryEvent, at now: Instant) throws(JournalFault) -> [DatedEvent] {
    let salts = salts
    let file: JournalFile
    if let clerk {
      file = clerk
    } else {
      file = try JournalFile(SimulatedState.directory, on: disk, as: .command, key: nil, now: now) { salts.bytes($0) }
    }
    clerk = file
    _ = try file.record([event], now: now)
    return try readOn()
  }

  /// The process ends, and so does the machine when `seed` is given; then a new process begins, and recovers.
  ///
  /// - Returns: what stands in the journal beyond what had been promised: records of an append that had come through
  ///   though nobody was told, and those of the recovery.
  mutating func restart(crashing seed: UInt64?, at now: Instant) throws(JournalFault) -> [DatedEvent] {
    let salts = salts
    if let seed { disk.crash(seed: seed) } else { disk.kill() }
    clerk = nil
    daemon = try JournalFile(SimulatedState.directory, on: disk, as: .cycles, key: nil, now: now) { salts.bytes($0) }
    let beyond = try readOn()
    guard follower.head == daemon.head else { throw .broken("a record that was durable is gone, or another one") }
    return beyond
  }

  /// Reads the journal afresh from its first byte to its last, as `journal verify` does; what is wrong, or nil.
  ///
  /// - Parameter history: what whoever followed it has in memory.
  func fault(against history: ContactHistory) -> String? {
    do throws(JournalFault) {
      let reading = try JournalReading(of: SimulatedState.directory, on: disk, trust: .key(nil))
      if reading.tail != nil { return "it ends in a torn line" }
      return reading.history == history ? nil : "replaying it gives another history than the one in memory"
    } catch {
      return error.description
    }
  }

  private mutating func readOn() throws(JournalFault) -> [DatedEvent] {
    var records: [DatedEvent] = []
    try follower.more { entry, _ in records.append(DatedEvent(entry.event, at: entry.time)) }
    return records
  }
}
