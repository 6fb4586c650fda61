import Storage
import Units

/// What erasures take, noted before anything is taken: `erasing.json` in the state directory.
///
/// Whoever erases again what was broken off finds less than there was; the record of it has to name all of it.
struct ErasurePlan {
  /// Of one customer.
  struct Taken: Equatable {
    /// Number of the journal's last record when it was noted.
    var after = 0
    /// Numbers of the records that lose their personal parts.
    var records: Set<Int> = []
    /// The messages, by their SHA-256.
    var messages: Set<String> = []
  }

  private let path: String
  private let disk: any Disk
  /// Erasures that are not recorded yet, by customer.
  private var taken: [String: Taken]

  /// - Throws: that it is there and cannot be read; nothing was erased then.
  init(_ state: StateDirectory, on disk: any Disk) throws(JournalFault) {
    path = state.erasing
    self.disk = disk
    do {
      taken = try disk.status(path) == nil ? [:] : ErasurePlan.read(try disk.read(path).bytes)
    } catch { throw .disk(error) }
  }

  /// Adds what is there still to what an earlier one took.
  ///
  /// - Parameter proof: number of the last record of an erasure of that customer: what was noted before it is in it.
  /// - Returns: both.
  mutating func note(_ more: Taken, of customer: String, proof: Int) throws(JournalFault) -> Taken {
    var all = more
    if let before = taken[customer], before.after >= proof {
      all.records.formUnion(before.records)
      all.messages.formUnion(before.messages)
    }
    guard !all.records.isEmpty || !all.messages.isEmpty else { return all }
    taken[customer] = all
    try write()
    return all
  }

  /// It is recorded.
  mutating func forget(_ customer: String) throws(JournalFault) {
    guard taken.removeValue(forKey: customer) != nil else { return }
    try write()
  }

  private func write() throws(JournalFault) {
    do {
      if taken.isEmpty { return try disk.remove(path) }
      let customers = taken.sorted { $0.key < $1.key }.map { customer, taken in
        let members: [(String, JSONValue)] = [
          ("after", .int(taken.after)), ("records", .array(taken.records.sorted().map(JSONValue.int))),
          ("messages", .strings(taken.messages.sorted())),
        ]
        return (customer, JSONValue.object(JSONObject(members)))
      }
      try disk.replace(path, with: Array((JSONObject(customers).text + "\n").utf8))
    } catch { throw .disk(error) }
  }

  /// What cannot be read tells nothing; what is still there is found all the same.
  private static func read(_ bytes: [UInt8]) -> [String: Taken] {
    var taken: [String: Taken] = [:]
    for member in (try? JSONReader.value(bytes[...]))?.object?.members ?? [] {
      taken[member.name] = Taken(
        after: member.value.object?["after"]?.int ?? 0,
        records: Set((member.value.object?["records"]?.array ?? []).compactMap(\.int)),
        messages: Set((member.value.object?["messages"]?.array ?? []).compactMap(\.string)))
    }
    return taken
  }
}
