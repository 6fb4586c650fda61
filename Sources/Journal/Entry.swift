import Decisions
import Units

/// One record of the journal, read.
package struct Entry: Sendable {
  /// From 1, without gaps.
  package let seq: Int
  package let time: Instant
  package let type: String
  package let event: HistoryEvent
  /// Its personal part was there once.
  package let isErased: Bool
  /// Number of the first record of those that were written with it at once; its own when it was written alone.
  package let group: Int
  /// As it was written, without its line feed.
  package let line: [UInt8]

  /// Reads a line without looking at the chain.
  package init(_ line: ArraySlice<UInt8>) throws(LineFault) {
    let result = line.withUnsafeBytes { bytes in
      Result { () throws(LineFault) in try Entry(bytes, try LineLayout(bytes)) }
    }
    self = try result.get()
  }

  /// Reads a line from the middle of a sealed file, and sees by its own digests that it is as it was written.
  package init(_ line: ArraySlice<UInt8>, vouchedBy checkpoint: Checkpoint) throws(LineFault) {
    let result = line.withUnsafeBytes { bytes in
      Result { () throws(LineFault) in
        let layout = try LineLayout(bytes)
        _ = try Chain.vouched(bytes, layout, checkpoint.function)
        return try Entry(bytes, layout)
      }
    }
    self = try result.get()
  }

  init(_ line: UnsafeRawBufferPointer, _ layout: LineLayout) throws(LineFault) {
    let record = try Record(line, layout)
    seq = layout.seq
    time = record.time
    type = record.type
    event = record.event
    isErased = layout.isErased
    group = (try? RecordMembers(record.members).optionalInt("group")) ?? layout.seq
    self.line = Array(line)
  }

  /// Every member, also those that this version does not know.
  package var record: JSONObject { (try? JSONReader.value(line[...]))?.object ?? JSONObject() }

  /// The contact that it is about; nil when it is about none.
  package var contact: String? { if case .unknown = event { record["contact"]?.string } else { event.contact } }

  /// The customer at its top level; nil when it has none.
  package var customer: String? { if case .unknown = event { record["customer"]?.string } else { event.customer } }

  /// The line as erasure leaves it, with its line feed; nil when there is no personal part in it.
  package var erased: [UInt8]? {
    let kept = line.withUnsafeBytes { bytes in
      Result { () throws(LineFault) in try LineLayout(bytes) }.map { $0.personal == nil ? nil : $0.kept }
    }
    guard let end = try? kept.get() else { return nil }
    return line[..<end] + [UInt8(ascii: "}"), UInt8(ascii: "\n")]
  }

  /// Whether it names the customer: as the payer, as whose item it is, or as whom a person acted on.
  package func names(customer: String) -> Bool {
    guard case .unknown = event else { return event.names(customer: customer) }
    return record["customer"]?.string == customer || items.contains { $0["customer"]?.string == customer }
  }

  /// Whether it names the invoice's number.
  package func names(invoice number: String) -> Bool {
    guard case .unknown = event else { return event.names(invoice: number) }
    return record["invoice"]?.string == number || items.contains { $0["number"]?.string == number }
  }

  private var items: [JSONObject] {
    ((record["invoices"]?.array ?? []) + (record["listed"]?.array ?? [])).compactMap(\.object)
  }
}

/// What folding needs of a record, read without copying its line.
struct Record {
  let time: Instant
  let type: String
  let event: HistoryEvent
  /// Only valid while the line's bytes are.
  let members: LineObject

  init(_ line: UnsafeRawBufferPointer, _ layout: LineLayout) throws(LineFault) {
    members = try LineObject.whole(line)
    guard let time = line.instant(layout.time) else {
      throw .content("found \"time\" \(members.text(layout.time)), expected a time such as 2026-03-01T09:00:00.000Z")
    }
    self.time = time
    let (word, type) = RecordType.named(UnsafeRawBufferPointer(rebasing: line[layout.type]))
    self.type = word
    event = try EventReader.event(type: type, word: word, of: members)
  }
}
