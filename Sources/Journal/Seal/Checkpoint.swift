import Decisions
import Units

/// What a sealed part of the journal comes to: enough to go on behind it without reading it.
///
/// Everything in it is drawn from the records and can be drawn from them again; docs/journal.md has its bytes.
package struct Checkpoint: Sendable {
  /// One sealed file of the journal, as it was when it was sealed.
  package struct Segment: Sendable, Equatable {
    /// Bytes.
    package var size: Int
    /// Nanoseconds since 1970.
    package var modified: Int
    package var sha256: String
    /// Of its last record.
    package var seq: Int
    package var time: Instant
    /// What the next file's first `prev` is; empty when it is not known.
    package var link: String
    /// Of the file with the history beside it.
    package var historySize: Int
    package var historyDigest: String
    /// Where in it the links begin, and how many there are.
    package var linksAt: Int
    package var linkCount: Int
  }

  /// These bytes are no checkpoint that this version, with this key, can use.
  package struct Unusable: Error, Sendable, CustomStringConvertible {
    package let description: String
  }

  package var instance: String { summary.instance }
  /// Files 1, 2, ... of the journal.
  package var segments: [Segment]
  package let summary: HistorySummary
  /// Hash of a person; where its newest part is: offset, then file and length.
  package let people: SealTable
  /// Hash of an address or a customer; hash of a person.
  package let links: SealTable
  /// By which the links of each file of histories are found, and known to be as they were written: file after file.
  package let blocks: SealTable
  let function: ChainFunction?
  let chain: String
  let keyID: String

  /// A place in a file of histories.
  package struct Place: Sendable, Equatable {
    package var segment: Int
    package var offset: Int
    package var length: Int

    init(segment: Int, offset: Int, length: Int) {
      self.segment = segment
      self.offset = offset
      self.length = length
    }

    var words: [UInt64] { [UInt64(offset), UInt64(segment) << 32 | UInt64(length)] }

    package init(_ row: ArraySlice<UInt64>) {
      let words = Array(row.suffix(2))
      offset = Int(truncatingIfNeeded: words[0] & 0x7FFF_FFFF_FFFF_FFFF)
      segment = Int(words[1] >> 32)
      length = Int(words[1] & 0xFFFF_FFFF)
    }
  }

  /// Where the newest part under that hash is; nil when there is none.
  package func place(of person: UInt64) -> Place? {
    people.rows(of: person).first.map { Place(people.row($0)) }
  }

  package var head: JournalHead? { head(after: segments.count) }

  /// As it stood behind that file; nil before the first.
  package func head(after segment: Int) -> JournalHead? {
    guard segment > 0, segment <= segments.count else { return nil }
    let last = segments[segment - 1]
    return JournalHead(
      instance: instance, function: function, seq: last.seq, link: Link(hex: last.link), time: last.time)
  }

  /// The first half of the digest by which parts are known to be as they were written; nil without the key.
  package func seal(of part: UnsafeRawBufferPointer) -> [UInt8]? {
    function.map { Array($0.digest(part).bytes.prefix(16)) }
  }

  /// The blocks of one file's links that can hold rows of that hash, in the file's order.
  package func linkBlocks(of wanted: UInt64, in segment: Int) -> [LinkBlock] {
    guard segment > 0, segment <= segments.count else { return [] }
    let rows = segments[segment - 1].linkCount
    let first = segments[..<(segment - 1)].reduce(0) { $0 + LinkBlock.count(of: $1.linkCount) }
    return LinkBlock.holding(wanted, of: rows, in: blocks, from: first)
  }

  /// The digest of a whole file of histories, as `Segment.historyDigest` has it; nil without the key.
  package func digest(of file: [UInt8]) -> String? { function.map { f in file.withUnsafeBytes { f.digest($0) }.hex } }

  // MARK: - Bytes

  private static let magic = Array("dunningd-checkpoint 4\n".utf8)

  package var bytes: [UInt8] {
    var writer = HistoryWriter()
    writer.write(chain)
    writer.write(keyID)
    writer.write(segments) { writer, segment in
      writer.write(count: segment.size)
      writer.write(number: segment.modified)
      writer.write(segment.sha256)
      writer.write(count: segment.seq)
      writer.write(segment.time)
      writer.write(segment.link)
      writer.write(count: segment.historySize)
      writer.write(segment.historyDigest)
      writer.write(count: segment.linksAt)
      writer.write(count: segment.linkCount)
    }
    summary.write(to: &writer)
    let counts = SealTable(
      width: 1,
      words: [UInt64(writer.bytes.count), UInt64(people.count), UInt64(links.count), UInt64(blocks.count)])
    let content = Checkpoint.magic + counts.bytes + writer.bytes + people.bytes + links.bytes + blocks.bytes
    let digest = content.withUnsafeBytes { (function ?? .sha256).digest($0) }
    return content + digest.bytes
  }

  /// - Throws: that it is damaged, or of another version, or made with another key than the one that is trusted.
  package init(_ bytes: [UInt8], _ trust: Chain.Trust) throws(Unusable) {
    let result = bytes.withUnsafeBytes { raw in
      Result { () throws(Unusable) in try Checkpoint(reading: raw, trust) }
    }
    self = try result.get()
  }

  private init(reading raw: UnsafeRawBufferPointer, _ trust: Chain.Trust) throws(Unusable) {
    let start = Checkpoint.magic.count
    guard raw.count >= start + 32 + 32, raw.prefix(start).elementsEqual(Checkpoint.magic) else {
      throw Unusable(description: "it does not begin as a checkpoint of this version does")
    }
    let counts = SealTable(width: 1, bytes: UnsafeRawBufferPointer(rebasing: raw[start..<(start + 32)])).words
    let room = UInt64(raw.count - start - 32 - 32)
    guard counts.allSatisfy({ $0 <= room }), counts[0] + counts[1] * 24 + counts[2] * 16 + counts[3] * 24 == room else {
      throw Unusable(description: "it is not as long as it says")
    }
    let body = (start + 32)..<(start + 32 + Int(counts[0]))
    let peopleEnd = body.upperBound + Int(counts[1]) * 24
    let linksEnd = peopleEnd + Int(counts[2]) * 16
    do throws(HistoryReader.Damage) {
      var reader = HistoryReader(UnsafeRawBufferPointer(rebasing: raw[body]))
      chain = try reader.text()
      keyID = try reader.text()
      segments = try reader.list { reader throws(HistoryReader.Damage) in
        Segment(
          size: try reader.count(), modified: try reader.number(), sha256: try reader.text(), seq: try reader.count(),
          time: try reader.instant(), link: try reader.text(), historySize: try reader.count(),
          historyDigest: try reader.text(), linksAt: try reader.count(), linkCount: try reader.count())
      }
      summary = try HistorySummary(from: &reader)
      guard reader.isAtEnd else { throw HistoryReader.Damage() }
    } catch {
      throw Unusable(description: "it cannot be read")
    }
    people = SealTable(width: 3, bytes: UnsafeRawBufferPointer(rebasing: raw[body.upperBound..<peopleEnd]))
    links = SealTable(width: 2, bytes: UnsafeRawBufferPointer(rebasing: raw[peopleEnd..<linksEnd]))
    blocks = SealTable(width: 3, bytes: UnsafeRawBufferPointer(rebasing: raw[linksEnd..<(raw.count - 32)]))
    guard blocks.count == segments.reduce(0, { $0 + LinkBlock.count(of: $1.linkCount) }) else {
      throw Unusable(description: "it cannot be read")
    }
    switch (chain, trust) {
    case ("sha256", .key(nil)), ("sha256", .any): function = .sha256
    case ("hmac-sha256", .any): function = nil
    case ("hmac-sha256", .key(let key?)) where key.id == keyID: function = .hmac(key)
    default: throw Unusable(description: "it was made with another key")
    }
    guard let function else { return }
    let digest = function.digest(UnsafeRawBufferPointer(rebasing: raw[..<(raw.count - 32)]))
    guard digest.bytes.elementsEqual(raw.suffix(32)) else {
      throw Unusable(description: "its digest is not that of its bytes")
    }
  }

  init(
    segments: [Segment], summary: HistorySummary, people: SealTable, links: SealTable, blocks: SealTable,
    function: ChainFunction
  ) {
    self.segments = segments
    self.summary = summary
    self.people = people
    self.links = links
    self.blocks = blocks
    self.function = function
    chain = function.name
    if case .hmac(let key) = function { keyID = key.id } else { keyID = "" }
  }
}

extension Link {
  /// 64 hexadecimal digits; nil for anything else.
  init?(hex: String) {
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in hex {
      guard let digit = character.hexDigitValue else { return nil }
      if let first = high {
        bytes.append(first << 4 | UInt8(digit))
        high = nil
      } else {
        high = UInt8(digit)
      }
    }
    guard bytes.count == 32, high == nil else { return nil }
    self.init(bytes)
  }
}
