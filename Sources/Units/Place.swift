/// Where something stands in a file, for a person to find it: `invoices.csv:12`, `dunningd.toml:14:9`.
package struct Place: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let file: String
  // No file has two thousand million lines, and every row of a ledger carries a place.
  private let shortLine: Int32
  private let shortColumn: Int32

  /// From 1; 0 when only the file is known.
  package var line: Int { Int(shortLine) }
  /// From 1, in characters; 0 when only the line is known.
  package var column: Int { Int(shortColumn) }

  package init(file: String, line: Int = 0, column: Int = 0) {
    self.file = file
    shortLine = Int32(clamping: line)
    shortColumn = Int32(clamping: column)
  }

  package static func < (a: Place, b: Place) -> Bool {
    (a.file, a.line, a.column) < (b.file, b.line, b.column)
  }

  package var description: String {
    if line == 0 { return file }
    return column == 0 ? "\(file):\(line)" : "\(file):\(line):\(column)"
  }
}
