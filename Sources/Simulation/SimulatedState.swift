import Daemon
import Decisions
import Glibc
import Journal
import Storage
import Units

/// The real journal and its recovery over a disk of memory that forgets what was not synced, and those who write to it:
/// the daemon, a clerk, and a second daemon by mistake.
struct SimulatedState {
  /// What the disk does to the next append.
  enum Fault: Sendable { case none, syncFails, appendFails, short(Int) }

  private static let directory = StateDirectory("state")

  private let disk: MemoryDisk
  private let salts: Salts
  private let segmentMax: Int
  /// Nil for a plain chain.
  private let key: JournalKey?
  /// Nil while no daemon runs.
  private var daemon: JournalFile?
  private var clerk: JournalFile?
  /// Somebody who has read what was promised to be durable, and no more.
  private var follower: JournalReading

  /// Chance of its own, since the journal asks for it when it likes.
  private final class Salts {
    private var chance: SplitMix64
    init(seed: UInt64) { chance = SplitMix64(seed: seed) }
    func bytes(_ count: Int) -> [UInt8] { chance.bytes(count) }
  }

  /// Begins a new journal, and a daemon with it.
  ///
  /// - Parameters:
  ///   - segmentMax: bytes at which a file of the journal is sealed.
  ///   - key: of a keyed chain; nil for a plain one.
  init(
    seed: UInt64, now: Instant, segmentMax: Int = JournalFile.segmentMax, key: JournalKey? = nil
  ) throws(JournalFault) {
    let disk = MemoryDisk()
    disk.put("state/placeholder", [])
    let salts = Salts(seed: seed)
    self.disk = disk
    self.salts = salts
    self.segmentMax = segmentMax
    self.key = key
    daemon = try JournalFile(
      SimulatedState.directory, on: disk, as: .cycles, key: key, now: now, segmentMax: segmentMax
    ) { salts.bytes($0) }
    follower = try JournalReading(of: SimulatedState.directory, on: disk, trust: .key(key))
  }

  private(set) var instance = ""
  /// All files of the journal, one after the other.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    var number = 1
    while let more = disk.bytes(SimulatedState.directory.segment(number, "jsonl")) {
      bytes += more
      number += 1
    }
    return bytes
  }
  /// Files of the journal that are sealed.
  var sealed: Int { daemon?.sealed ?? 0 }
  var isRunning: Bool { daemon != nil }
  /// The time of the last record that is durable.
  var last: Instant? { follower.history.last }
  /// What whoever reads everything that is durable knows.
  var history: ContactHistory { follower.history }

  /// What the daemon begins with; it goes on folding by itself.
  mutating func releaseHistory() -> ContactHistory {
    instance = daemon?.head?.instance ?? ""
    return daemon?.releaseHistory() ?? ContactHistory()
  }

  /// The daemon's history with what was sealed left on the disk; nil while there is nothing new to leave.
  func slimmed() throws(JournalFault) -> ContactHistory? { try daemon?.slimmed() }

  /// Whether others appended since the daemon last looked.
  var isBehind: Bool { daemon?.isBehind ?? true }

  /// What others recorded since the daemon last looked.
  func news() throws(JournalFault) -> [DatedEvent] {
    guard let daemon else { throw .broken("no daemon runs") }
    return try daemon.news()
  }

  /// While full, nothing can be written.
  var isFull = false {
    didSet { disk.free = isFull ? 0 : .max }
  }

  private func arm(_ fault: Fault) {
    let isFull = isFull
    disk.fault = { call, path in
      if isFull, call == .append || call == .replace || call == .create { return .errno(ENOSPC) }
      guard path.hasSuffix(".jsonl") else { return nil }
      switch (fault, call) {
      case (.syncFails, .sync): return .errno(EIO)
      case (.appendFails, .append): return .errno(ENOSPC)
      case (.short(let count), .append): return .short(count)
      default: return nil
      }
    }
  }

  private func disarm() { disk.fault = { _, _ in nil } }

  /// - Returns: the answer to the engine, and the records that are durable now.
  mutating func append(_ batch: Batch, at now: Instant, _ fault: Fault) -> (Engine.Event, [DatedEvent]) {
    guard let daemon else { return (.notDurable(.broken("no daemon runs")), []) }
    arm(fault)
    defer { disarm() }
    let answer = daemon.append(batch, now: now)
    guard case .durable = answer else { return (answer, []) }
    return (answer, (try? readOn()) ?? [])
  }

  /// Another process records something.
  ///
  /// - Returns: what is durable since one last looked.
  mutating func intervene(_ event: HistoryEvent, at now: Instant) throws(JournalFault) -> [DatedEvent] {
    let salts = salts
    arm(.none)
    defer { disarm() }
    do {
      let file: JournalFile
      if let clerk {
        file = clerk
      } else {
        file = try JournalFile(
          SimulatedState.directory, on: disk, as: .command, key: key, now: now, segmentMax: segmentMax
        ) { salts.bytes($0) }
      }
      clerk = file
      _ = try file.record([event], now: now)
    } catch {
      clerk = nil
      throw error
    }
    return try readOn()
  }

  /// Somebody starts another daemon over the same state.
  ///
  /// - Returns: true when it was let in, which must never be.
  func letsInSecondDaemon(at now: Instant) -> Bool {
    disk.process = 2
    defer { disk.process = 1 }
    do throws(JournalFault) {
      _ = try JournalFile(SimulatedState.directory, on: disk, as: .cycles, key: key, now: now) { _ in [] }
      return true
    } catch {
      return error.exitCode != 75
    }
  }

  /// Erases a customer's personal data while no daemon runs.
  ///
  /// - Returns: the records that came to those that were durable, and why it was not done to its end.
  mutating func erase(_ customer: String, at now: Instant) throws(JournalFault) -> ([DatedEvent], JournalFault?) {
    let salts = salts
    arm(.none)
    defer { disarm() }
    var fault: JournalFault?
    do throws(JournalFault) {
      _ = try JournalEraser(SimulatedState.directory, on: disk, key: key).erase(
        customer: customer, by: "ann", reason: "simulated", now: now, segmentMax: segmentMax
      ) { salts.bytes($0) }
    } catch {
      fault = error
    }
    // Its files are others now.
    let known = follower.count
    var count = 0
    var beyond: [DatedEvent] = []
    follower = try JournalReading(of: SimulatedState.directory, on: disk, trust: .key(key)) { entry, _ in
      count += 1
      if count > known { beyond.append(DatedEvent(entry.event, at: entry.time)) }
    }
    return (beyond, fault)
  }

  /// The process ends, and so does the machine when `seed` is given.
  mutating func end(crashing seed: UInt64?) {
    daemon = nil
    clerk = nil
    if let seed { disk.crash(seed: seed) } else { disk.kill() }
  }

  /// A new process begins, and recovers: it reads and verifies everything from the first byte on.
  ///
  /// - Returns: what stands in the journal beyond what had been promised: records of an append that had come through
  ///   though nobody was told, and those of the recovery.
  mutating func start(at now: Instant) throws(JournalFault) -> [DatedEvent] {
    let salts = salts
    arm(.none)
    defer { disarm() }
    let new = try JournalFile(
      SimulatedState.directory, on: disk, as: .cycles, key: key, now: now, segmentMax: segmentMax
    ) { salts.bytes($0) }
    let beyond = try readOn()
    // A record that was durable is gone, or another one.
    guard follower.head == new.head else { throw .replaced(path: "state/journal/000001.jsonl") }
    daemon = new
    return beyond
  }

  /// Reads the journal afresh from its first byte to its last, as `journal verify` does; what is wrong, or nil.
  ///
  /// - Parameter history: what whoever followed it has in memory.
  func fault(against history: ContactHistory) -> String? {
    do throws(JournalFault) {
      let reading = try JournalReading(of: SimulatedState.directory, on: disk, trust: .key(key))
      if reading.tail != nil { return "it ends in a torn line" }
      return reading.history == history ? nil : "replaying it gives another history than the one in memory"
    } catch {
      return error.description
    }
  }

  /// Takes in what was appended; also when somebody failed in the midst of it.
  mutating func readOn() throws(JournalFault) -> [DatedEvent] {
    var records: [DatedEvent] = []
    try follower.more { entry, _ in records.append(DatedEvent(entry.event, at: entry.time)) }
    return records
  }
}
