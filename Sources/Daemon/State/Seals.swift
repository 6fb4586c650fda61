import Decisions
import Journal
import Storage

/// The checkpoints of a journal: the newest good one is found, and those that are missing are made.
///
/// A file of the journal is sealed once another one follows it. Its checkpoint is drawn from its records alone, so it can
/// be lost without harm.
package struct Seals {
  /// A checkpoint with the history that rests on it.
  package struct Base {
    package let checkpoint: Checkpoint
    package let archive: SealedArchive
    /// Some sealed file bears another time than it did, and still has the bytes that it had.
    package let hasOtherTimes: Bool

    package var history: ContactHistory { ContactHistory(archive, checkpoint.summary) }
  }

  private static let piece = 1 << 20

  private let state: StateDirectory
  private let disk: any Disk
  private let trust: Chain.Trust

  package init(_ state: StateDirectory, on disk: any Disk, trust: Chain.Trust) {
    self.state = state
    self.disk = disk
    self.trust = trust
  }

  /// The newest checkpoint that can be used; nil when everything has to be read from the first record on.
  ///
  /// - Parameters:
  ///   - limit: only checkpoints of files up to that one.
  ///   - warn: hears of those that cannot be used, and why.
  package func newest(upTo limit: Int = .max, warn: (String) -> Void) throws(JournalFault) -> Base? {
    for number in try state.segments("checkpoint", on: disk).reversed() where number <= limit {
      do throws(Refusal) {
        return try base(number)
      } catch {
        switch error {
        case .fault(let fault): throw fault
        case .unusable(let why):
          warn(
            "journal/\(StateDirectory.name(number, "checkpoint")): warning: \(why)\n  meaning: it is drawn from the "
              + "records again; nothing is lost, opening takes longer")
        }
      }
    }
    return nil
  }

  /// Makes the checkpoint of every file that another one follows, from the newest good one on.
  ///
  /// - Returns: the newest then.
  package func catchUp(warn: (String) -> Void) throws(JournalFault) -> Base? {
    try state.requireFollower(on: disk)
    guard let last = try state.segments("jsonl", on: disk).last else { return nil }
    var base = try newest(upTo: last - 1, warn: warn)
    if let old = base, old.hasOtherTimes { base = try renewed(old) }
    var next = (base?.checkpoint.segments.count ?? 0) + 1
    while next < last {
      base = try seal(next, after: base)
      guard base != nil else { return nil }
      next += 1
    }
    return base
  }

  /// Makes the checkpoint of one file, from its records.
  ///
  /// - Returns: nil without the key of a keyed chain.
  package func seal(_ segment: Int, after base: Base?) throws(JournalFault) -> Base? {
    let path = state.segment(segment, "jsonl")
    var sealer = Sealer(segment: segment, after: base?.checkpoint, base?.archive)
    var replay =
      base.flatMap { base in
        base.checkpoint.head.map { Replay(trust, after: $0, history: base.history) }
      } ?? Replay(trust)
    do { try replay.begin(file: "journal/" + StateDirectory.name(segment, "jsonl")) } catch { throw .damaged(error) }
    var digest = RunningDigest()
    let file: any ReadFile
    let status: FileStatus
    do {
      file = try disk.openReading(path)
      status = try file.status()
    } catch { throw .disk(error) }
    var position = 0
    while position < status.size {
      let bytes: [UInt8]
      do { bytes = try file.read(from: position, count: min(Seals.piece, status.size - position)) } catch {
        throw .disk(error)
      }
      if bytes.isEmpty { break }
      position += bytes.count
      digest.take(bytes)
      do { try replay.feed(bytes, visit: { entry, _ in sealer.add(entry) }) } catch { throw .damaged(error) }
    }
    if let fault = replay.unfinished { throw .damaged(fault) }
    guard let head = replay.head,
      let sealed = sealer.sealed(
        replay.history, head, file: (status.size, status.modified, digest.hex))
    else { return nil }
    do {
      try disk.replace(state.segment(segment, "history"), with: sealed.history)
      try disk.replace(state.segment(segment, "checkpoint"), with: sealed.checkpoint.bytes)
      // The one before it stays, in case this one is damaged; older ones are of no use.
      for old in try StateDirectory.names(in: state.journal, "checkpoint", on: disk) {
        if let number = Int(old.prefix { $0 != "." }), number < segment - 1 {
          try disk.remove(state.journal + "/" + old)
        }
      }
    } catch { throw .disk(error) }
    return archived(sealed.checkpoint, hasOtherTimes: false)
  }

  /// Removes the checkpoints and histories from that file on: they were drawn from records that are others now.
  package func forget(from segment: Int) throws(JournalFault) {
    for ending in ["checkpoint", "history"] {
      for number in try state.segments(ending, on: disk).reversed() where number >= segment {
        do { try disk.remove(state.segment(number, ending)) } catch { throw .disk(error) }
      }
    }
  }

  // MARK: - Looking at one

  private enum Refusal: Error {
    case unusable(String)
    case fault(JournalFault)
  }

  private func base(_ number: Int) throws(Refusal) -> Base {
    let bytes: [UInt8]
    do { bytes = try disk.read(state.segment(number, "checkpoint")).bytes } catch {
      throw .unusable(error.description)
    }
    let checkpoint: Checkpoint
    do throws(Checkpoint.Unusable) { checkpoint = try Checkpoint(bytes, trust) } catch {
      throw .unusable(error.description)
    }
    guard checkpoint.segments.count == number else { throw .unusable("it is of another file than its name says") }
    var hasOtherTimes = false
    for (index, segment) in checkpoint.segments.enumerated() {
      let path = state.segment(index + 1, "jsonl")
      let status: FileStatus?
      let history: FileStatus?
      do {
        status = try disk.status(path)
        history = try disk.status(state.segment(index + 1, "history"))
      } catch { throw .fault(.disk(error)) }
      guard let status else { throw .fault(.missing(path: path)) }
      guard history?.size == segment.historySize else {
        throw .unusable("\(StateDirectory.name(index + 1, "history")) is missing or has another size")
      }
      if status.size == segment.size, status.modified == segment.modified { continue }
      // It may have been copied, or put back from a backup.
      hasOtherTimes = true
      guard status.size == segment.size, try sha256(path) == segment.sha256 else {
        throw .unusable("\(StateDirectory.name(index + 1, "jsonl")) is no longer as it was sealed")
      }
    }
    return archived(checkpoint, hasOtherTimes: hasOtherTimes)
  }

  private func sha256(_ path: String) throws(Refusal) -> String {
    do {
      let file = try disk.openReading(path)
      var digest = RunningDigest()
      var position = 0
      while true {
        let bytes = try file.read(from: position, count: Seals.piece)
        if bytes.isEmpty { return digest.hex }
        position += bytes.count
        digest.take(bytes)
      }
    } catch { throw .fault(.disk(error)) }
  }

  private func archived(_ checkpoint: Checkpoint, hasOtherTimes: Bool) -> Base {
    let (state, disk, trust) = (state, disk, trust)
    let count = checkpoint.segments.count
    let archive = SealedArchive(checkpoint, state, on: disk) { () throws(JournalFault) in
      MemoryArchive(try Seals(state, on: disk, trust: trust).fold(upTo: count))
    }
    return Base(checkpoint: checkpoint, archive: archive, hasOtherTimes: hasOtherTimes)
  }

  /// The history of the first files, from their records alone.
  private func fold(upTo last: Int) throws(JournalFault) -> ContactHistory {
    var replay = Replay(trust)
    for segment in 1...last {
      do { try replay.begin(file: "journal/" + StateDirectory.name(segment, "jsonl")) } catch { throw .damaged(error) }
      var position = 0
      while true {
        let bytes: [UInt8]
        do { bytes = try disk.read(state.segment(segment, "jsonl"), from: position, count: Seals.piece) } catch {
          throw .disk(error)
        }
        if bytes.isEmpty { break }
        position += bytes.count
        do { try replay.feed(bytes) } catch { throw .damaged(error) }
      }
    }
    return replay.history
  }

  /// The same checkpoint with the times that the files bear now.
  private func renewed(_ old: Base) throws(JournalFault) -> Base {
    var checkpoint = old.checkpoint
    do {
      for index in checkpoint.segments.indices {
        if let status = try disk.status(state.segment(index + 1, "jsonl")) {
          checkpoint.segments[index].modified = status.modified
        }
      }
      try disk.replace(state.segment(checkpoint.segments.count, "checkpoint"), with: checkpoint.bytes)
    } catch { throw .disk(error) }
    return archived(checkpoint, hasOtherTimes: false)
  }
}
