import Units

/// A row of which nothing is known yet but where it stands and whom it belongs to.
struct OwnedRow: Sendable {
  /// Its first byte. No file is larger than two gigabytes.
  let start: UInt32
  let line: Int32
  /// A number in the directory.
  var owner: Int32

  init(_ row: borrowing CSVReader, owner: Int) {
    start = UInt32(row.range.lowerBound)
    line = Int32(row.line)
    self.owner = Int32(owner)
  }
}

/// The rows of some owners, one owner after the other; of each in the order of the file.
struct RowsByOwner: Sendable {
  let owners: Range<Int>
  private var rows: [OwnedRow]
  /// By owner, where its rows begin; one more at the end.
  private var starts: [Int32]

  var count: Int { rows.count }

  /// Counts those of `owners` among `all` into their places.
  init(_ all: [OwnedRow], of owners: Range<Int>) {
    self.owners = owners
    var starts = [Int32](repeating: 0, count: owners.count + 1)
    for row in all where owners.contains(Int(row.owner)) { starts[Int(row.owner) - owners.lowerBound + 1] += 1 }
    for owner in 0..<owners.count { starts[owner + 1] += starts[owner] }
    self.starts = starts
    rows = [OwnedRow](unsafeUninitializedCapacity: Int(starts[owners.count])) { buffer, count in
      for row in all where owners.contains(Int(row.owner)) {
        let owner = Int(row.owner) - owners.lowerBound
        buffer.initializeElement(at: Int(starts[owner]), to: row)
        starts[owner] += 1
      }
      count = buffer.count
    }
  }

  subscript(owner: Int) -> ArraySlice<OwnedRow> { self[owner..<owner + 1] }

  subscript(range: Range<Int>) -> ArraySlice<OwnedRow> {
    rows[Int(starts[range.lowerBound - owners.lowerBound])..<Int(starts[range.upperBound - owners.lowerBound])]
  }

  /// Calls `body` with each owner and its rows, a little after the reader came near them.
  func forEach(with reader: inout CSVReader, _ body: (inout CSVReader, Int, ArraySlice<OwnedRow>) -> Void) {
    for owner in owners {
      if (owner - owners.lowerBound) % Self.ahead == 0 {
        reader.approach(self[owner..<min(owner + Self.ahead, owners.upperBound)])
      }
      body(&reader, owner, self[owner])
    }
  }

  /// So many owners at once.
  private static let ahead = 4

  /// All rows, parted by their owners into as many parts as there are workers.
  static func parts(_ rows: [OwnedRow], of owners: Range<Int>, _ workers: some Workers) -> [RowsByOwner] {
    workers.map(owners) { RowsByOwner(rows, of: $0) }
  }
}
