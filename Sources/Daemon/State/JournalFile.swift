import Decisions
import Glibc
import Journal
import Storage
import Units

/// The journal as one writes it: each batch is one write and one sync, after reading what others appended.
///
/// Several processes may have it open: `journal.lock` is held for each append. Only who holds `daemon.lock` runs cycles,
/// and so only he says that an intent without outcome is in doubt: of any other process the intents may be on the wire.
/// After a failed write or sync it refuses everything.
package final class JournalFile {
  /// Who opens it.
  package enum Role: Sendable { case cycles, command }

  /// Large enough to be few, small enough to be read in a moment: what follows the last seal is read at each start.
  package static let segmentMax = 16 << 20
  /// The first line of a journal is shorter.
  private static let openingMax = 4096
  /// Bytes that must be free beyond a batch of intents.
  static let reserve = 1 << 14

  package let state: StateDirectory
  package let messages: MessageStore
  private let disk: any Disk
  private let random: (_ count: Int) -> [UInt8]
  private let seals: Seals
  /// A file that has reached so many bytes is sealed, and followed by a new one.
  private let segmentMax: Int
  private var reading: JournalReading
  private var file: any AppendFile
  private var life: (any HeldLock)?
  /// The first fault of an append; nothing is written after it.
  private var broken: JournalFault?
  /// Records that were there when the journal was opened, or after the last cycle.
  private var beforeCycle = 0
  /// Of others, read and not told to anyone: an append that is refused reads them too.
  private var unheard: [DatedEvent] = []

  /// Opens the journal, or begins one; cuts off and keeps aside what a crash left behind the last whole record.
  ///
  /// - Parameters:
  ///   - key: nil for a plain chain.
  ///   - random: so many bytes from a random source.
  package init(
    _ state: StateDirectory, on disk: any Disk, as role: Role, key: JournalKey?, now: Instant,
    segmentMax: Int = segmentMax, random: @escaping (_ count: Int) -> [UInt8] = JournalFile.randomBytes
  ) throws(JournalFault) {
    self.state = state
    self.disk = disk
    self.random = random
    try state.prepare(on: disk)
    life = role == .cycles ? try state.lockForCycles(on: disk) : nil
    let lock = try state.lockForAppending(on: disk)
    defer { lock.release() }
    self.segmentMax = segmentMax
    seals = Seals(state, on: disk, trust: .key(key))
    var warnings: [String] = []
    let base = try seals.catchUp { warnings.append($0) }
    reading = try JournalReading(of: state, on: disk, trust: .key(key), after: base)
    self.warnings = warnings
    messages = MessageStore(state.messages, on: disk)
    do { file = try disk.openAppending(reading.path(of: max(1, reading.segment))) } catch { throw .disk(error) }
    if reading.head == nil { try begin(key, now) }
    beforeCycle = reading.count
    try recoverTail(now)
    if role == .cycles { try recoverDoubts(now) }
    // A process that was killed may have left records that no sync ever covered; now we build on them.
    do { try file.sync() } catch { throw .disk(error) }
  }

  /// Checkpoints that could not be used or made, and why; each is given out once.
  package func takeWarnings() -> [String] {
    defer { warnings = [] }
    return warnings
  }
  private var warnings: [String]
  /// What was said last, by subject: what is tried again with each append is said once, until it comes right.
  private var told: [String: String] = [:]
  /// Files of the journal that are sealed.
  package var sealed: Int { reading.base?.checkpoint.segments.count ?? 0 }

  /// How long the last sync took.
  package private(set) var lastSync = Duration.zero
  /// Bytes of the present file.
  package var size: Int { reading.offset }

  /// What was recorded up to now. Empty after `releaseHistory`.
  package var history: ContactHistory { reading.history }
  /// Gives the history away to one who goes on folding by himself (the engine).
  package func releaseHistory() -> ContactHistory {
    givenAway = sealed
    return reading.releaseHistory()
  }
  /// How many files were sealed when the history was given away.
  private var givenAway = Int.max
  package var head: JournalHead? { reading.head }

  /// Whether others appended something since the journal was last read or written, or it cannot be told.
  package var isBehind: Bool {
    guard unheard.isEmpty, let status = try? disk.status(reading.path(of: reading.segment)) else { return true }
    return status.size != reading.offset
  }

  /// What others appended since the journal was last read or written.
  package func news() throws(JournalFault) -> [DatedEvent] {
    try requireSound()
    try readOn()
    return hear()
  }

  /// Appends the batch durably: messages first, then all its events with one write and one sync.
  ///
  /// Answers the engine's `append`: `durable`, `overtaken`, `tooLate` or `notDurable`.
  ///
  /// - Parameter now: asked once the journal is ours, for which one may have to wait.
  package func append(_ batch: Batch, now: @autoclosure () -> Instant) -> Engine.Event {
    do {
      return try appended(batch, now)
    } catch {
      if case .refused(.clockWentBack(let last, let now)) = error {
        return .notDurable(.clockWentBack(last: last, now: now))
      }
      if error.isLocked { return .notDurable(.locked(error.description)) }
      broken = broken ?? error
      return .notDurable(.broken(error.description))
    }
  }

  /// Appends a person's intervention.
  ///
  /// - Parameter now: asked once the journal is ours, for which one may have to wait.
  /// - Throws: why it is not recorded.
  @discardableResult
  package func record(_ events: [HistoryEvent], now: @autoclosure () -> Instant) throws(JournalFault) -> [DatedEvent] {
    do {
      guard case .durable(_, let written) = try appended(Batch(events: events), now) else { return [] }
      return written
    } catch {
      if case .refused = error { throw error }
      if error.isLocked { throw error }
      broken = broken ?? error
      throw error
    }
  }

  /// Lets go of `daemon.lock`.
  package func close() {
    life?.release()
    life = nil
  }

  // MARK: - Appending

  private func appended(_ batch: Batch, _ clock: () -> Instant) throws(JournalFault) -> Engine.Event {
    try requireSound()
    let lock = try state.lockForAppending(on: disk)
    defer { lock.release() }
    let now = clock()
    try readOn()
    unheard += try recoverTail(now)
    if batch.onlyIfUnchanged, !unheard.isEmpty { return .overtaken(hear()) }
    guard !batch.events.isEmpty else { return .durable(news: hear(), written: []) }
    // The clock is asked first, so that no message is kept for a batch that is refused.
    let ready = try lines(batch.events, now)
    guard batch.windows.allSatisfy({ $0.contains(ready.time) }) else { return .tooLate(news: hear(), at: ready.time) }
    try requireRoom(batch, ready)
    do { try messages.keep(batch.messages, on: now.seconds / 86_400) } catch { throw .disk(error) }
    let written = try write(batch.events, ready)
    sealIfLarge()
    noteMilestone(batch)
    return .durable(news: hear(), written: written)
  }

  private func hear() -> [DatedEvent] {
    defer { unheard = [] }
    return unheard
  }

  /// An intent needs room for its outcome too: what was sent and cannot be recorded is in doubt.
  private func requireRoom(_ batch: Batch, _ ready: JournalHead.Appended) throws(JournalFault) {
    guard batch.events.contains(where: { if case .contactIntended = $0 { true } else { false } }) else { return }
    let needed = ready.bytes.count + batch.messages.reduce(0) { $0 + $1.bytes.count } + JournalFile.reserve
    do {
      guard try disk.freeBytes(state.journal) < needed else { return }
    } catch { throw .disk(error) }
    throw .disk(DiskError(.append(bytes: needed), reading.path(of: reading.segment), .errno(ENOSPC)))
  }

  private func lines(_ events: [HistoryEvent], _ now: Instant) throws(JournalFault) -> JournalHead.Appended {
    guard let head = reading.head else { throw .replaced(path: reading.path(of: 1)) }
    // Asked for together: each question of its own costs as much as the bytes.
    var salts = random(JournalHead.saltCount * events.count)[...]
    do {
      return try head.append(events, at: now) {
        defer { salts = salts.dropFirst(JournalHead.saltCount) }
        return Array(salts.prefix(JournalHead.saltCount))
      }
    } catch { throw .refused(error) }
  }

  private func write(
    _ events: [HistoryEvent], _ ready: JournalHead.Appended
  ) throws(JournalFault) -> [DatedEvent] {
    do {
      try file.append(ready.bytes)
      let before = ContinuousClock.now
      try file.sync()
      lastSync = ContinuousClock.now - before
    } catch {
      broken = .broken(
        "\(error)\n  meaning: what the journal holds is unknown until dunningd starts anew; nothing is sent")
      throw broken ?? .disk(error)
    }
    reading.appended(events, ready)
    return events.map { DatedEvent($0, at: ready.time) }
  }

  /// Goes over to a new file once this one is large. What was written is safe already, so a failure only puts it off.
  private func sealIfLarge() {
    guard reading.offset >= segmentMax else { return }
    do throws(JournalFault) {
      let full = reading.segment
      let next: any AppendFile
      // The new file is what seals the old one: from now on nobody appends to that.
      do { next = try disk.openAppending(reading.path(of: full + 1)) } catch { throw .disk(error) }
      file = next
      var base: Seals.Base?
      do throws(JournalFault) {
        // Others may have sealed what is before it; or it could not be.
        base = try sealed == full - 1 ? seals.seal(full, after: reading.base) : seals.catchUp { warnings.append($0) }
        warn(of: "checkpoint", nil)
      } catch {
        warn(of: "checkpoint", "no checkpoint could be made: \(error)")
      }
      try reading.beginNext(after: base)
      warn(of: "seal", nil)
    } catch {
      warn(of: "seal", "the journal's file \(reading.segment) could not be sealed: \(error)")
    }
  }

  /// What was there before a cycle is noted after it. Not what it recorded itself: that is the end that a crash, or a disk that
  /// told of a sync too early, may have torn.
  private func noteMilestone(_ batch: Batch) {
    guard batch.events.contains(where: { if case .cycleCompleted = $0 { true } else { false } }) else { return }
    defer { beforeCycle = reading.count }
    do throws(DiskError) {
      try Milestone(state, on: disk).note(records: beforeCycle)
      warn(of: "count", nil)
    } catch {
      warn(of: "count", "how many records there are could not be noted beside the journal: \(error)")
    }
  }

  /// - Parameter words: nil when all is well with it.
  private func warn(of subject: String, _ words: String?) {
    if let words, told[subject] != words { warnings.append(words) }
    told[subject] = words
  }

  /// Takes out of the way what was drawn from records that turned out to be damaged, or is damaged itself: at the next
  /// start it is drawn again, and damage of the records found.
  package func forgetSeals(from segment: Int) throws(JournalFault) {
    let lock = try state.lockForAppending(on: disk)
    defer { lock.release() }
    try seals.forget(from: segment)
  }

  /// Draws what is forgotten anew, piece by piece, beside whatever else is done with it.
  package func drawing() -> SealDrawing { SealDrawing(state, on: disk, seals) }

  /// Removes kept messages to whose file nothing was added for so many days.
  ///
  /// - Returns: how many files went.
  package func expireMessages(olderThan days: Int, now: Instant) throws(JournalFault) -> Int {
    let lock = try state.lockForAppending(on: disk)
    defer { lock.release() }
    do { return try messages.expire(before: (now - .days(days)).milliseconds) } catch { throw .disk(error) }
  }

  /// Verifies all of the journal, piece by piece, beside whatever else is done with it.
  package func check() throws(JournalFault) -> JournalCheck {
    try JournalCheck(of: state, on: disk, trust: reading.trust)
  }

  /// The history as it is on the disk, with as little of it in memory as can be; nil while nothing was sealed since the
  /// one that was given away. Only for who has taken in all news.
  package func slimmed() throws(JournalFault) -> ContactHistory? {
    try renewBase()
    guard unheard.isEmpty, let base = reading.base, base.checkpoint.segments.count > givenAway else { return nil }
    let fresh = try JournalReading(of: state, on: disk, trust: reading.trust, after: base)
    // What others recorded meanwhile would be heard of twice: there is always another time.
    guard fresh.head == reading.head else { return nil }
    givenAway = base.checkpoint.segments.count
    return fresh.history
  }

  /// Takes what was drawn anew in place of what was damaged; then `slimmed` has it.
  package func rest(on base: Seals.Base) {
    guard base.checkpoint.segments.count >= sealed else { return }
    reading.rest(on: base)
    if givenAway != .max { givenAway = 0 }
  }

  /// Takes the checkpoint of files that others sealed, once there is one.
  private func renewBase() throws(JournalFault) {
    guard sealed < reading.segment - 1,
      let newest = try state.segments("checkpoint", on: disk).last(where: { $0 < reading.segment }), newest > sealed,
      let base = try seals.newest(upTo: newest, warn: { _ in }), base.checkpoint.segments.count > sealed
    else { return }
    reading.rest(on: base)
  }

  private func readOn() throws(JournalFault) {
    let path = reading.path(of: reading.segment)
    let present: FileStatus?
    let opened: FileStatus
    do { (present, opened) = (try disk.status(path), try file.status()) } catch { throw .disk(error) }
    guard let present, present.inode == opened.inode, present.device == opened.device, present.size >= reading.offset
    else { throw .replaced(path: path) }
    if present.size == reading.offset, try !reading.hasMoreFiles() { return }
    let segment = reading.segment
    var news: [DatedEvent] = []
    // What was read before a fault is heard of all the same.
    defer { unheard += news }
    try reading.more { entry, _ in news.append(DatedEvent(entry.event, at: entry.time)) }
    if reading.segment != segment {
      do { file = try disk.openAppending(reading.path(of: reading.segment)) } catch { throw .disk(error) }
    }
  }

  private func requireSound() throws(JournalFault) {
    if let broken { throw broken }
  }

  // MARK: - Beginning and recovering

  private func begin(_ key: JournalKey?, _ now: Instant) throws(JournalFault) {
    // A crash while the first line was written leaves a piece of it, which tells nothing. More than that was a journal.
    if let tail = reading.tail {
      guard tail.bytes.count <= Self.openingMax else {
        throw .damaged(JournalProblem(file: "journal/000001.jsonl", line: tail.line, offset: 0, fault: tail.fault))
      }
      do { _ = try state.keepAside(tail, of: reading.segment, on: disk) } catch { throw .disk(error) }
      try cut(to: 0)
    }
    let opening = JournalHead.opening(instance: Digest.hex(random(16)), key: key, now: now)
    do {
      try file.append(opening.bytes)
      try file.sync()
    } catch { throw .disk(error) }
    try reading.more()
  }

  /// Cuts off what stands behind the last whole record, keeps it aside and records that.
  @discardableResult
  private func recoverTail(_ now: Instant) throws(JournalFault) -> [DatedEvent] {
    guard let tail = reading.tail else { return [] }
    if let changed = reading.changedTail { throw .damaged(changed) }
    let name: String
    do { name = try state.keepAside(tail, of: reading.segment, on: disk) } catch { throw .disk(error) }
    // The record is made before the cut, so that a clock that went back leaves everything as it is.
    let event = HistoryEvent.journalRecovered(
      bytes: tail.bytes.count, sha256: Digest.sha256(tail.bytes), file: "journal/" + name)
    let ready = try lines([event], now)
    try cut(to: tail.offset)
    return try write([event], ready)
  }

  private func cut(to offset: Int) throws(JournalFault) {
    do { try file.truncate(to: offset) } catch { throw .disk(error) }
    reading.dropTail()
  }

  private func recoverDoubts(_ now: Instant) throws(JournalFault) {
    var events: [HistoryEvent] = []
    let unsettled = reading.history.unsettled
    if let words = reading.history.fault { throw .unreadable(words) }
    for contact in unsettled {
      for (index, fate) in contact.recipients.enumerated() where fate == .pending {
        events.append(
          .contactInDoubt(
            contact: contact.id, recipient: index, attempt: contact.attempt,
            why: "the program ended before the outcome was recorded"))
      }
    }
    guard !events.isEmpty else { return }
    _ = try write(events, try lines(events, now))
  }
}
