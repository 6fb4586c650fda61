import Decisions
import Units

/// One record of the journal, read.
package struct Entry: Sendable {
  /// From 1, without gaps.
  package let seq: Int
  package let time: Instant
  package let type: String
  package let event: HistoryEvent
  /// Every member, also those that this version does not know.
  package let record: JSONObject
  /// Its personal part was there once.
  package let isErased: Bool

  /// Reads a line without looking at the chain.
  package init(_ line: ArraySlice<UInt8>) throws(LineFault) {
    let result = line.withUnsafeBytes { bytes in Result { () throws(LineFault) in try LineLayout(bytes) } }
    try self.init(line, try result.get())
  }

  init(_ line: ArraySlice<UInt8>, _ layout: LineLayout) throws(LineFault) {
    let value: JSONValue
    do { value = try JSONReader.value(line) } catch { throw .json(error) }
    guard let record = value.object else { throw .layout("found no object") }
    let members = RecordMembers(record)
    self.record = record
    seq = layout.seq
    time = try members.instant("time")
    type = try members.text("type")
    event = try EventReader.event(type: type, of: record)
    isErased = layout.isErased
  }

  /// Number of the first record of those that were written with it at once; its own when it was written alone.
  package var group: Int { record["group"]?.int ?? seq }

  /// The contact that it is about; nil when it is about none.
  package var contact: String? { record["contact"]?.string }

  /// Whether it names the customer: as the payer, as whose item it is, or as whom a person acted on.
  package func names(customer: String) -> Bool {
    record["customer"]?.string == customer || items.contains { $0["customer"]?.string == customer }
  }

  /// Whether it names the invoice's number.
  package func names(invoice number: String) -> Bool {
    record["invoice"]?.string == number || items.contains { $0["number"]?.string == number }
  }

  private var items: [JSONObject] {
    ((record["invoices"]?.array ?? []) + (record["listed"]?.array ?? [])).compactMap(\.object)
  }
}
