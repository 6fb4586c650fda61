import Decisions
import Units

/// Reads the journal from its first byte to its last, in pieces of any size, and folds it into the contact history.
///
///     var replay = Replay(.key(nil))
///     try replay.begin(file: "journal/000001.jsonl")
///     while let piece = ... { try replay.feed(piece) }
///     if let tail = replay.tail { ... }   // what a crash left behind the last whole record
///
/// A damaged line is not judged before it is known what follows. It is a torn tail only if no whole record does, or if
/// it is a hole of zeros and what follows was written together with it: then the sync of all of it never came back.
package struct Replay: Sendable {
  /// What stands behind the last whole record of the last file.
  package struct Tail: Sendable, Equatable {
    /// Of its first byte in the file.
    package var offset: Int
    /// From 1.
    package var line: Int
    package var bytes: [UInt8]
    package var fault: LineFault
  }

  /// Bytes behind the last whole record that are kept for `tail`; a single group of records is far smaller.
  package static let tailMax = 64 << 20

  package private(set) var history = ContactHistory()
  /// Records read so far, in all files.
  package var count: Int { chain.head?.seq ?? 0 }
  package var head: JournalHead? { chain.head }
  /// The file that is being read.
  package private(set) var file = ""
  /// Bytes of that file which hold whole, good records.
  package private(set) var offset = 0

  private var chain: Chain
  private var isFolding = true
  /// Lines of that file which do.
  package private(set) var line = 0
  private var pending: [UInt8] = []
  /// The first line that is none; everything from it on stays in `pending`.
  private var fault: LineFault?
  /// The damage holds zero bytes, as the sectors do that a crash kept from the disk.
  private var isHole = false
  /// Bytes of `pending` that were looked at.
  private var looked = 0

  /// Sees each record as it is read.
  package typealias Visit = (Entry, ArraySlice<UInt8>) -> Void

  package init(_ trust: Chain.Trust) { chain = Chain(trust) }

  /// Goes on behind a sealed segment: what was recorded up to there, and the head of the chain then.
  package init(_ trust: Chain.Trust, after head: JournalHead, history: ContactHistory) {
    chain = Chain(trust, after: head)
    self.history = history
  }

  /// Gives the history away to one who goes on folding by himself; this value stops then.
  package mutating func releaseHistory() -> ContactHistory {
    defer { history = ContactHistory() }
    isFolding = false
    return history
  }

  /// Takes a history in place of its own that says the same, and goes on from it: one of which more is sealed.
  package mutating func rest(on history: ContactHistory) { if isFolding { self.history = history } }

  /// Goes over to the next file.
  ///
  /// - Throws: when the file before does not end with a whole record, which only the last one may.
  package mutating func begin(file name: String) throws(JournalProblem) {
    if let unfinished { throw unfinished }
    file = name
    offset = 0
    line = 0
  }

  /// Takes the bytes that follow those fed before; `visit` sees each record with its line.
  ///
  /// - Throws: the first damage that no crash explains.
  package mutating func feed(_ bytes: [UInt8], visit: Visit? = nil) throws(JournalProblem) {
    var buffer = pending
    pending = []
    if buffer.isEmpty { buffer = bytes } else { buffer += bytes }
    let result = buffer.withUnsafeBytes { raw in
      Result { () throws(JournalProblem) in try lines(of: raw, visit) }
    }
    let taken = try result.get()
    pending = Array(buffer[taken...])
    if pending.count > Replay.tailMax { throw problem(fault ?? .unfinished(bytes: pending.count)) }
  }

  /// - Returns: how many bytes are done with.
  private mutating func lines(of bytes: UnsafeRawBufferPointer, _ visit: Visit?) throws(JournalProblem) -> Int {
    var start = fault == nil ? 0 : looked
    // From the first damaged line on everything is kept.
    var kept: Int? = fault == nil ? nil : 0
    while let end = bytes.lineFeed(from: max(start, looked)) {
      let text = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      looked = 0
      if fault == nil {
        do {
          try take(text, visit)
          line += 1
          offset += text.count + 1
        } catch {
          try damaged(error, text)
          kept = start
        }
      } else if let entry = Replay.entry(text), !(isHole && entry.group <= count + 1) {
        throw problem(fault ?? .layout(""))
      }
      start = end + 1
    }
    let taken = kept ?? start
    looked = kept == nil ? bytes.count - taken : start - taken
    return taken
  }

  /// What is left behind the last whole record; nil when the file ends with one.
  package var tail: Tail? {
    guard !pending.isEmpty else { return nil }
    return Tail(offset: offset, line: line + 1, bytes: pending, fault: fault ?? .unfinished(bytes: pending.count))
  }

  /// What is wrong with the tail, for one who verifies; nil when there is none, or when it is merely a last line without
  /// its end, which a writer that is at it leaves too.
  package var tailProblem: JournalProblem? { fault.map(problem) }

  /// What is wrong with a tail where another file follows, which none but the last one may have; nil without one.
  package var unfinished: JournalProblem? { tail.map { problem($0.fault) } }

  /// Forgets the tail, once it was cut off.
  package mutating func dropTail() {
    pending = []
    looked = 0
    fault = nil
    isHole = false
  }

  /// Goes on in another file of the same records, of which some lost their personal parts: so far reach those read.
  package mutating func move(to offset: Int) { self.offset = offset }

  /// What is wrong with a tail that no crash left: turned by one bit it is whole records, so it was written and perhaps
  /// acted upon. Cutting it off could send a message again. Nil for any other tail, and without one.
  package var changedTail: JournalProblem? {
    guard let tail, let flipped = FlippedBit(in: tail.bytes, after: chain) else { return nil }
    return problem(
      .layout("bit \(flipped.bit) of its byte \(flipped.byte + 1) is not as it was written; with it, this is a record"))
  }

  /// Takes over what was appended by the holder of this value itself.
  package mutating func appended(_ events: [HistoryEvent], _ appended: JournalHead.Appended) {
    if isFolding { for event in events { history.apply(event, at: appended.time) } }
    line += events.count
    offset += appended.bytes.count
    chain.head = appended.head
  }

  private mutating func take(_ text: UnsafeRawBufferPointer, _ visit: Visit?) throws(LineFault) {
    let before = chain
    do {
      let layout = try chain.follow(text)
      if let visit {
        let entry = try Entry(text, layout)
        if isFolding { history.apply(entry.event, at: entry.time) }
        visit(entry, entry.line[...])
      } else {
        let record = try Record(text, layout)
        if isFolding { history.apply(record.event, at: record.time) }
      }
    } catch {
      chain = before
      throw error
    }
  }

  private mutating func damaged(_ error: LineFault, _ text: UnsafeRawBufferPointer) throws(JournalProblem) {
    var error = error
    // A hole in the middle of a line shows first as a wrong check, and is a torn line all the same.
    if case .changed = error, let json = Replay.jsonError(text) { error = .json(json) }
    if case .personalChanged = error, let json = Replay.jsonError(text) { error = .json(json) }
    guard error.maybeTorn else { throw problem(error) }
    fault = error
    // Disks lose whole sectors, which read as zeros then. A flipped bit makes no zeros.
    isHole = text.contains(0)
  }

  private static func jsonError(_ text: UnsafeRawBufferPointer) -> JSONError? {
    do {
      _ = try JSONReader.value(Array(text)[...])
      return nil
    } catch {
      return error
    }
  }

  /// The record that a line holds, wherever it belongs; nil for a line that holds none. When one follows, what stands
  /// before it was whole once, unless both were written at once.
  private static func entry(_ text: UnsafeRawBufferPointer) -> Entry? {
    let result = Result { () throws(LineFault) in try Entry(text, try LineLayout(text)) }
    return try? result.get()
  }

  private func problem(_ fault: LineFault) -> JournalProblem {
    JournalProblem(file: file, line: line + 1, offset: offset, fault: fault)
  }
}

extension UnsafeRawBufferPointer {
  /// The first line feed at or after `start`; nil when there is none. Eight bytes are looked at at once.
  func lineFeed(from start: Int) -> Int? {
    let feeds: UInt64 = 0x0A0A_0A0A_0A0A_0A0A
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    var at = start
    while at + 8 <= count {
      let word = loadUnaligned(fromByteOffset: at, as: UInt64.self) ^ feeds
      let zeros = (word &- ones) & ~word & highs
      if zeros != 0 { return at + UInt64(littleEndian: zeros).trailingZeroBitCount / 8 }
      at += 8
    }
    while at < count {
      if self[at] == UInt8(ascii: "\n") { return at }
      at += 1
    }
    return nil
  }
}
