import Decisions
import Journal
import Storage

/// The journal as one reads it: what follows the last checkpoint is verified, and read on when others append. Repairs
/// nothing.
package struct JournalReading {
  private static let piece = 1 << 20

  package let state: StateDirectory
  let trust: Chain.Trust
  private let disk: any Disk
  private var replay: Replay
  /// Number of the segment that is being read; 0 when there is none yet.
  private(set) var segment = 0
  /// That segment, held open: what was begun is read to its end, though another file is put in its place.
  private var file: (any ReadFile)?

  /// The checkpoint that it began behind; nil when it began at the first record.
  private(set) var base: Seals.Base?
  /// Checkpoints that could not be used, and why.
  package private(set) var warnings: [String] = []

  /// - Parameter visit: sees each record with its line, from the first one on: then all of it is read and verified.
  /// - Throws: that it cannot be read, or the first line that is damaged. A journal that is not there is empty.
  package init(
    of state: StateDirectory, on disk: any Disk, trust: Chain.Trust, visit: Replay.Visit? = nil
  ) throws(JournalFault) {
    var warnings: [String] = []
    let base = visit == nil ? try Seals(state, on: disk, trust: trust).newest { warnings.append($0) } : nil
    try self.init(of: state, on: disk, trust: trust, after: base, visit: visit)
    self.warnings = warnings
  }

  /// Reads what follows a checkpoint; all of it without one.
  ///
  /// - Parameter isFolding: whether its history is wanted.
  init(
    of state: StateDirectory, on disk: any Disk, trust: Chain.Trust, after base: Seals.Base?,
    isFolding: Bool = true, visit: Replay.Visit? = nil
  ) throws(JournalFault) {
    self.state = state
    self.disk = disk
    self.trust = trust
    try state.requireFollower(on: disk)
    // Asked before the rest: whoever writes meanwhile goes on.
    let reached = try Milestone(state, on: disk).records()
    if let base, let head = base.checkpoint.head {
      self.base = base
      replay = Replay(trust, after: head, history: base.history)
      let last = base.checkpoint.segments.count
      if try hasSegment(last + 1) {
        try begin(last + 1)
      } else {
        // Nobody removes the file that follows a sealed one.
        throw .missing(path: path(of: last + 1))
      }
    } else {
      replay = Replay(trust)
    }
    if !isFolding { _ = replay.releaseHistory() }
    try more(visit: visit)
    if let last = try state.segments("jsonl", on: disk).last, last > segment {
      throw .missing(path: path(of: segment + 1))
    }
    if count < reached, changedTail == nil { throw .lost(path: state.reached, found: count, expected: reached) }
  }

  package var history: ContactHistory { replay.history }
  /// Nil when nothing was recorded yet.
  package var head: JournalHead? { replay.head }
  /// Records read.
  package var count: Int { replay.count }
  /// Bytes behind the last whole record: of a writer that is at it, or that crashed. No failure for readers.
  package var tail: Replay.Tail? { replay.tail }

  /// What one who verifies has to say about the tail; nil when the last line merely has no end.
  package var tailProblem: JournalProblem? { replay.changedTail ?? replay.tailProblem }
  /// Why the tail must not be cut off; nil when a crash explains it.
  var changedTail: JournalProblem? { replay.changedTail }

  /// `journal/000001.jsonl:12: note: …` for the tail; nil when there is none.
  package var note: String? {
    tail.map { JournalReading.note(replay.file, $0.line, $0.bytes.count) }
  }

  static func note(_ file: String, _ line: Int, _ count: Int) -> String {
    "\(file):\(line): note: the last line is unfinished (\(count) bytes)\n  meaning: a record is being written, or a "
      + "crash cut it off; the next command that writes keeps it aside"
  }

  /// Gives the history away to one who goes on folding by himself.
  package mutating func releaseHistory() -> ContactHistory { replay.releaseHistory() }

  /// Reads on what was appended since.
  package mutating func more(visit: Replay.Visit? = nil) throws(JournalFault) {
    // What was a tail may have been cut off and written over.
    replay.dropTail()
    if segment == 0 {
      guard let first = try state.segments("jsonl", on: disk).first else { return }
      try begin(first)
    }
    while true {
      try readSegment(visit)
      guard try hasSegment(segment + 1) else { return }
      // Others may have filled this one since it was read to its end; now that the next is there, nobody appends to it.
      replay.dropTail()
      try readSegment(visit)
      try begin(segment + 1)
    }
  }

  private func hasSegment(_ number: Int) throws(JournalFault) -> Bool {
    do { return try disk.status(path(of: number)) != nil } catch { throw .disk(error) }
  }

  private mutating func begin(_ number: Int) throws(JournalFault) {
    do { try replay.begin(file: "journal/" + StateDirectory.name(number, "jsonl")) } catch { throw .damaged(error) }
    segment = number
    file = nil
  }

  private mutating func readSegment(_ visit: Replay.Visit?) throws(JournalFault) {
    try readOpened(visit)
    while try isOvertaken() { try readOpened(visit) }
  }

  private mutating func readOpened(_ visit: Replay.Visit?) throws(JournalFault) {
    var position = replay.offset
    while true {
      let bytes: [UInt8]
      do throws(DiskError) {
        if file == nil { file = try disk.openReading(path(of: segment)) }
        bytes = try file?.read(from: position, count: JournalReading.piece) ?? []
      } catch { throw .disk(error) }
      if bytes.isEmpty { return }
      position += bytes.count
      do { try replay.feed(bytes, visit: visit) } catch { throw .damaged(error) }
    }
  }

  /// Whether another file has taken the place of the one that was read: whoever erases a customer's data writes it anew
  /// with the same records, of which some are shorter. Then it goes on behind as many of them as it has read.
  private mutating func isOvertaken() throws(JournalFault) -> Bool {
    let path = path(of: segment)
    do throws(DiskError) {
      guard let present = try disk.status(path), let own = try file?.status() else { return false }
      if present.inode == own.inode, present.device == own.device { return false }
      file = try disk.openReading(path)
    } catch { throw .disk(error) }
    replay.dropTail()
    guard let offset = try offset(behind: replay.line) else { throw .replaced(path: path) }
    replay.move(to: offset)
    return true
  }

  /// Where so many lines end in the file; nil when it has fewer.
  private func offset(behind lines: Int) throws(JournalFault) -> Int? {
    var left = lines
    var position = 0
    while left > 0 {
      let bytes: [UInt8]
      do { bytes = try file?.read(from: position, count: JournalReading.piece) ?? [] } catch { throw .disk(error) }
      if bytes.isEmpty { return nil }
      for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
        left -= 1
        if left == 0 { return position + index + 1 }
      }
      position += bytes.count
    }
    return position
  }

  // MARK: - For the writer

  func hasMoreFiles() throws(JournalFault) -> Bool { try hasSegment(segment + 1) }
  func path(of segment: Int) -> String { state.segment(segment, "jsonl") }
  /// Bytes of the present segment that hold whole records.
  var offset: Int { replay.offset }

  /// Goes over to the file that follows one which was sealed.
  mutating func beginNext(after base: Seals.Base?) throws(JournalFault) {
    try begin(segment + 1)
    if let base {
      self.base = base
      replay.rest(on: base.history)
    }
  }

  /// Takes a checkpoint that others made since, or that was made anew. Its history stays as it is.
  mutating func rest(on base: Seals.Base) { self.base = base }

  mutating func dropTail() { replay.dropTail() }
  mutating func appended(_ events: [HistoryEvent], _ appended: JournalHead.Appended) {
    replay.appended(events, appended)
  }
}
