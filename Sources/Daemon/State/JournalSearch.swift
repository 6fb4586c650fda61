import Decisions
import Journal
import Storage
import Units

/// Reads the records about somebody or something without reading all of them: those of sealed files by their places,
/// then everything that follows the last seal.
///
/// What comes back is everything that was asked for, oldest first, and some more beside it: the caller sifts.
package struct JournalSearch {
  package var customer: String?
  package var invoice: String?
  /// A contact's id.
  package var contact: String?
  /// A record's number.
  package var seq: Int?
  package var since: Instant?

  package init(
    customer: String? = nil, invoice: String? = nil, contact: String? = nil, seq: Int? = nil, since: Instant? = nil
  ) {
    self.customer = customer
    self.invoice = invoice
    self.contact = contact
    self.seq = seq
    self.since = since
  }

  /// - Throws: that it cannot be read, or a damaged record among those that were read.
  package func read(
    _ state: StateDirectory, on disk: any Disk, trust: Chain.Trust, visit: @escaping Replay.Visit
  ) throws(JournalFault) -> JournalReading {
    var warnings: [String] = []
    guard let base = try Seals(state, on: disk, trust: trust).newest(warn: { warnings.append($0) }) else {
      return try JournalReading(of: state, on: disk, trust: trust, visit: visit)
    }
    let files = SealedFiles(state, disk, trust, base.checkpoint)
    if let places = places(base.archive) {
      for place in places { try files.record(place.segment, at: place.offset, visit) }
    } else {
      for segment in segments(base.checkpoint) { try files.all(of: segment, visit) }
    }
    return try JournalReading(of: state, on: disk, trust: trust, after: base, isFolding: false, visit: visit)
  }

  /// Nil when the files have to be read as a whole.
  private func places(_ archive: SealedArchive) -> [(segment: Int, offset: Int)]? {
    if let customer { return archive.records(of: [.customer(customer)], customer: customer) }
    if let invoice { return archive.records(of: [.invoice(invoice)], customer: nil) }
    if let contact { return archive.records(of: [.contact(contact)], customer: nil) }
    return nil
  }

  /// Files that can hold what is asked for.
  private func segments(_ checkpoint: Checkpoint) -> Range<Int> {
    let segments = checkpoint.segments
    var first = 1
    var end = segments.count + 1
    if let seq {
      first = (segments.firstIndex { $0.seq >= seq } ?? segments.count) + 1
      end = min(end, first + 1)
    }
    if let since { first = max(first, (segments.firstIndex { $0.time >= since } ?? segments.count) + 1) }
    return min(first, end)..<end
  }
}

/// Sealed files of the journal, read here and there.
private final class SealedFiles {
  private let state: StateDirectory
  private let disk: any Disk
  private let trust: Chain.Trust
  private let checkpoint: Checkpoint
  private var open: (segment: Int, file: any ReadFile)?

  init(_ state: StateDirectory, _ disk: any Disk, _ trust: Chain.Trust, _ checkpoint: Checkpoint) {
    self.state = state
    self.disk = disk
    self.trust = trust
    self.checkpoint = checkpoint
  }

  func record(_ segment: Int, at offset: Int, _ visit: @escaping Replay.Visit) throws(JournalFault) {
    let line = try line(segment, at: offset)
    do throws(LineFault) {
      let entry = try Entry(line[...], vouchedBy: checkpoint)
      visit(entry, entry.line[...])
    } catch {
      throw .damaged(
        JournalProblem(
          file: "journal/" + StateDirectory.name(segment, "jsonl"), line: try number(segment, of: offset),
          offset: offset, fault: error))
    }
  }

  func all(of segment: Int, _ visit: @escaping Replay.Visit) throws(JournalFault) {
    var replay =
      checkpoint.head(after: segment - 1).map { Replay(trust, after: $0, history: ContactHistory()) } ?? Replay(trust)
    _ = replay.releaseHistory()
    do { try replay.begin(file: "journal/" + StateDirectory.name(segment, "jsonl")) } catch { throw .damaged(error) }
    var position = 0
    while true {
      let bytes = try bytes(segment, at: position, 1 << 20)
      if bytes.isEmpty { return }
      position += bytes.count
      do { try replay.feed(bytes, visit: visit) } catch { throw .damaged(error) }
    }
  }

  /// The number of the line that begins there, from 1.
  private func number(_ segment: Int, of offset: Int) throws(JournalFault) -> Int {
    var number = 1
    var position = 0
    while position < offset {
      let bytes = try bytes(segment, at: position, min(1 << 20, offset - position))
      if bytes.isEmpty { break }
      number += bytes.count { $0 == UInt8(ascii: "\n") }
      position += bytes.count
    }
    return number
  }

  private func line(_ segment: Int, at offset: Int) throws(JournalFault) -> [UInt8] {
    var count = 4096
    while true {
      let bytes = try bytes(segment, at: offset, count)
      if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) { return Array(bytes[..<end]) }
      if bytes.count < count { return bytes }
      count *= 4
    }
  }

  private func bytes(_ segment: Int, at offset: Int, _ count: Int) throws(JournalFault) -> [UInt8] {
    let path = state.segment(segment, "jsonl")
    let file: any ReadFile
    let status: FileStatus
    do throws(DiskError) {
      if let open, open.segment == segment { return try open.file.read(from: offset, count: count) }
      file = try disk.openReading(path)
      status = try file.status()
    } catch { throw .disk(error) }
    // Whoever erases a customer's data writes it anew, and then all places in it are others.
    guard status.size == checkpoint.segments[segment - 1].size else { throw .replaced(path: path) }
    open = (segment, file)
    do { return try file.read(from: offset, count: count) } catch { throw .disk(error) }
  }
}
