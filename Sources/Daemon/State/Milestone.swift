import Journal
import Storage
import Units

/// How many records are known to have been durable, told outside of the journal: `reached.json` in the state directory.
///
/// The chain shows a changed record, and a torn end is what crashes leave. That the whole end is gone, or the whole
/// journal, with everything that customers have got already, shows only here. It is written after each cycle, and tells
/// of what was there before that cycle: so no crash can make it say too much.
struct Milestone {
  private let path: String
  private let disk: any Disk

  init(_ state: StateDirectory, on disk: any Disk) {
    path = state.reached
    self.disk = disk
  }

  /// Zero where nothing is known.
  ///
  /// - Throws: that it is there and cannot be read.
  func records() throws(JournalFault) -> Int {
    let bytes: [UInt8]
    do {
      guard try disk.status(path) != nil else { return 0 }
      bytes = try disk.read(path).bytes
    } catch { throw .disk(error) }
    guard let value = try? JSONReader.value(bytes[...]), let count = value.object?["records"]?.int, count >= 0 else {
      throw .lost(path: path, found: nil, expected: nil)
    }
    return count
  }

  /// Only for who holds `journal.lock`.
  func note(records: Int) throws(DiskError) {
    try disk.replace(path, with: Array((JSONObject([("records", .int(records))]).text + "\n").utf8))
  }
}
