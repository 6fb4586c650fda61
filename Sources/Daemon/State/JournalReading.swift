import Decisions
import Journal
import Storage

/// The journal as one reads it: verified from its first line, and read on when others append. Repairs nothing.
package struct JournalReading {
  private static let piece = 1 << 20

  package let state: StateDirectory
  private let disk: any Disk
  private var replay: Replay
  /// Number of the segment that is being read; 0 when there is none yet.
  private(set) var segment = 0

  /// - Parameter visit: sees each record with its line, oldest first.
  /// - Throws: that it cannot be read, or the first line that is damaged. A journal that is not there is empty.
  package init(
    of state: StateDirectory, on disk: any Disk, trust: Chain.Trust,
    visit: (Entry, ArraySlice<UInt8>) -> Void = { _, _ in }
  ) throws(JournalFault) {
    self.state = state
    self.disk = disk
    replay = Replay(trust)
    try more(visit: visit)
    if let last = try segments().last, last > segment { throw .missing(path: path(of: segment + 1)) }
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
    tail.map {
      "\(replay.file):\($0.line): note: the last line is unfinished (\($0.bytes.count) bytes)\n  meaning: a "
        + "record is being written, or a crash cut it off; the next command that writes keeps it aside"
    }
  }

  /// Gives the history away to one who goes on folding by himself.
  package mutating func releaseHistory() -> ContactHistory { replay.releaseHistory() }

  /// Reads on what was appended since.
  package mutating func more(visit: (Entry, ArraySlice<UInt8>) -> Void = { _, _ in }) throws(JournalFault) {
    // What was a tail may have been cut off and written over.
    replay.dropTail()
    if segment == 0 {
      guard let first = try segments().first else { return }
      try begin(first)
    }
    while true {
      try readSegment(visit)
      guard try hasSegment(segment + 1) else { return }
      try begin(segment + 1)
    }
  }

  private func segments() throws(JournalFault) -> [Int] {
    do {
      return try StateDirectory.names(in: state.journal, "jsonl", on: disk).compactMap { Int($0.prefix { $0 != "." }) }
    } catch { throw .disk(error) }
  }

  private func hasSegment(_ number: Int) throws(JournalFault) -> Bool {
    do { return try disk.status(path(of: number)) != nil } catch { throw .disk(error) }
  }

  private mutating func begin(_ number: Int) throws(JournalFault) {
    do { try replay.begin(file: "journal/" + StateDirectory.name(number, "jsonl")) } catch { throw .damaged(error) }
    segment = number
  }

  private mutating func readSegment(_ visit: (Entry, ArraySlice<UInt8>) -> Void) throws(JournalFault) {
    var position = replay.offset
    while true {
      let bytes: [UInt8]
      do { bytes = try disk.read(path(of: segment), from: position, count: JournalReading.piece) } catch {
        throw .disk(error)
      }
      if bytes.isEmpty { return }
      position += bytes.count
      do { try replay.feed(bytes, visit: visit) } catch { throw .damaged(error) }
    }
  }

  // MARK: - For the writer

  func hasMoreFiles() throws(JournalFault) -> Bool { try hasSegment(segment + 1) }
  func path(of segment: Int) -> String { state.journal + "/" + StateDirectory.name(segment, "jsonl") }
  /// Bytes of the present segment that hold whole records.
  var offset: Int { replay.offset }

  mutating func dropTail() { replay.dropTail() }
  mutating func appended(_ events: [HistoryEvent], _ appended: JournalHead.Appended) {
    replay.appended(events, appended)
  }
}
