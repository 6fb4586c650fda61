import Decisions
import Journal
import Storage

/// Verifies the whole journal, a piece at a time: every record's digests, the chain over all files, and the sealed
/// histories. Folds nothing, so it is about as fast as the digests are.
package struct JournalCheck {
  /// What was verified.
  package struct Result: Sendable {
    /// Nil when there is no journal yet.
    package var head: JournalHead?
    /// `journal/000001.jsonl:12: note: …` for an unfinished last line; nil when there is none.
    package var note: String?
    /// Files of histories that were damaged: they can be drawn from the records again.
    package var damagedHistories: [Int]

    package var count: Int { head?.seq ?? 0 }
  }

  private let state: StateDirectory
  private let disk: any Disk
  private let trust: Chain.Trust
  private var chain: Chain
  /// So many records are known to have been there.
  private let reached: Int
  private var segments: [Int] = []
  private var index = 0
  private var file: (any ReadFile)?
  private var position = 0
  /// Good lines of the present file, and their bytes.
  private var line = 0
  private var offset = 0
  /// The beginning of a line whose end was not read yet.
  private var pending: [UInt8] = []
  private var checkpoint: Checkpoint?
  private var damagedHistories: [Int] = []
  package private(set) var result: Result?

  /// Number of the file that it is at.
  package var segment: Int { index < segments.count ? segments[index] : max(1, segments.count) }

  /// - Throws: that the folder cannot be read.
  package init(of state: StateDirectory, on disk: any Disk, trust: Chain.Trust) throws(JournalFault) {
    self.state = state
    self.disk = disk
    self.trust = trust
    chain = Chain(trust)
    reached = try Milestone(state, on: disk).records()
    segments = try state.segments("jsonl", on: disk)
    if let last = segments.last, last != segments.count {
      let missing = (1...last).first { !segments.contains($0) } ?? 1
      throw .missing(path: state.segment(missing, "jsonl"))
    }
    try state.requireFollower(on: disk)
    for number in try state.segments("checkpoint", on: disk).reversed() where checkpoint == nil {
      let bytes = try? disk.read(state.segment(number, "checkpoint")).bytes
      checkpoint = bytes.flatMap { try? Checkpoint($0, trust) }
    }
  }

  /// Verifies about so many bytes more.
  ///
  /// - Returns: whether it is done; then `result` says what came of it.
  /// - Throws: the first damage.
  package mutating func step(_ budget: Int) throws(JournalFault) -> Bool {
    var left = budget
    while left > 0 {
      guard result == nil else { return true }
      guard index < segments.count else {
        try finish()
        return true
      }
      let bytes: [UInt8]
      do throws(DiskError) {
        if file == nil { file = try disk.openReading(state.segment(segments[index], "jsonl")) }
        bytes = try file?.read(from: position, count: min(left, 1 << 20)) ?? []
      } catch { throw .disk(error) }
      position += bytes.count
      left -= max(1, bytes.count)
      if bytes.isEmpty { try next() } else { try take(bytes) }
    }
    return result != nil
  }

  /// All of it at once.
  package static func whole(
    of state: StateDirectory, on disk: any Disk, trust: Chain.Trust
  ) throws(JournalFault) -> Result {
    var check = try JournalCheck(of: state, on: disk, trust: trust)
    while true {
      if try check.step(1 << 24), let result = check.result { return result }
    }
  }

  private mutating func take(_ bytes: [UInt8]) throws(JournalFault) {
    pending += bytes
    do throws(LineFault) {
      let before = offset
      try chain.take(lines: pending, count: &line, offset: &offset)
      pending.removeFirst(offset - before)
    } catch {
      throw try explained(error)
    }
  }

  /// What a writer or a crash leaves at the end of the last file, and a hole in the middle of one, are told apart by who
  /// reads everything.
  private func explained(_ error: LineFault) throws(JournalFault) -> JournalFault {
    let isLast = index == segments.count - 1
    if isLast {
      let reading = try JournalReading(of: state, on: disk, trust: trust)
      if let problem = reading.tailProblem { return .damaged(problem) }
    }
    return .damaged(
      JournalProblem(
        file: "journal/" + StateDirectory.name(segments[index], "jsonl"), line: line + 1, offset: offset,
        fault: error))
  }

  private mutating func next() throws(JournalFault) {
    if index < segments.count - 1 {
      guard pending.isEmpty else {
        throw .damaged(
          JournalProblem(
            file: "journal/" + StateDirectory.name(segments[index], "jsonl"), line: line + 1,
            offset: offset, fault: .unfinished(bytes: pending.count)))
      }
      try checkHistory(segments[index])
      line = 0
      offset = 0
    }
    index += 1
    position = 0
    file = nil
  }

  private mutating func checkHistory(_ segment: Int) throws(JournalFault) {
    guard let checkpoint, segment <= checkpoint.segments.count else { return }
    let sealed = checkpoint.segments[segment - 1]
    guard let bytes = try? disk.read(state.segment(segment, "history")).bytes,
      checkpoint.digest(of: bytes).map({ $0 == sealed.historyDigest }) ?? true
    else {
      damagedHistories.append(segment)
      return
    }
  }

  private mutating func finish() throws(JournalFault) {
    var note: String?
    if !pending.isEmpty {
      let reading = try JournalReading(of: state, on: disk, trust: trust)
      if let problem = reading.tailProblem { throw .damaged(problem) }
      note = reading.note
    }
    let count = chain.head?.seq ?? 0
    if count < reached { throw .lost(path: state.reached, found: count, expected: reached) }
    result = Result(head: chain.head, note: note, damagedHistories: damagedHistories)
  }
}
