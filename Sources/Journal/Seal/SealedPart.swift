import Decisions

/// What one file of histories has of one person: the digest of the rest, the name, where the part before it is, the
/// places of the records about the person, and what they did.
package struct SealedPart {
  package let id: String
  /// The part before it under the same hash; nil for the first.
  package let previous: Checkpoint.Place?
  /// Where in the journal's file its records begin, ascending.
  package let records: [Int]
  package let part: PersonPart

  /// Bytes of the digest that stands before a part.
  static let sealCount = 16

  init(id: String, previous: Checkpoint.Place?, records: [Int], part: PersonPart) {
    self.id = id
    self.previous = previous
    self.records = records
    self.part = part
  }

  func bytes(_ function: ChainFunction) -> [UInt8] {
    var writer = HistoryWriter()
    writer.write(id)
    writer.write(previous) { writer, place in
      writer.write(count: place.segment)
      writer.write(count: place.offset)
      writer.write(count: place.length)
    }
    var last = 0
    writer.write(records) { writer, offset in
      writer.write(count: offset - last)
      last = offset
    }
    part.write(to: &writer)
    let body = writer.bytes
    return body.withUnsafeBytes { Array(function.digest($0).bytes.prefix(SealedPart.sealCount)) } + body
  }

  /// - Throws: when it is not as it was written.
  package init(_ bytes: [UInt8], of checkpoint: Checkpoint) throws(HistoryReader.Damage) {
    guard bytes.count > SealedPart.sealCount else { throw HistoryReader.Damage() }
    let result = bytes.withUnsafeBytes { raw in
      Result { () throws(HistoryReader.Damage) in
        let body = UnsafeRawBufferPointer(rebasing: raw[SealedPart.sealCount...])
        if let seal = checkpoint.seal(of: body), !seal.elementsEqual(raw.prefix(SealedPart.sealCount)) {
          throw HistoryReader.Damage()
        }
        return try SealedPart(body)
      }
    }
    self = try result.get()
  }

  private init(_ body: UnsafeRawBufferPointer) throws(HistoryReader.Damage) {
    typealias Damage = HistoryReader.Damage
    var reader = HistoryReader(body)
    id = try reader.text()
    previous = try reader.optional { reader throws(Damage) in
      Checkpoint.Place(segment: try reader.count(), offset: try reader.count(), length: try reader.count())
    }
    var last = 0
    records = try reader.list { reader throws(Damage) in
      let (sum, isTooMuch) = last.addingReportingOverflow(try reader.count())
      guard !isTooMuch else { throw Damage() }
      last = sum
      return last
    }
    part = try PersonPart(from: &reader)
    guard reader.isAtEnd else { throw Damage() }
  }
}
