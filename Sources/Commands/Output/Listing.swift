import Units

/// What a command has to say, once, for all three formats: a table for a person, JSON lines, CSV.
struct Listing {
  struct Row {
    /// As the table shows it, a cell a column.
    let cells: [String]
    /// As `--format json` prints it, one object a line; CSV takes the same names.
    let fields: JSONObject

    init(_ cells: [String], _ fields: [(String, JSONValue)]) {
      self.cells = cells
      self.fields = JSONObject(fields)
    }
  }

  let columns: [TextTable.Column]
  /// Of each row's fields; CSV has them where there are no rows, too.
  let names: [String]
  var rows: [Row] = []
  /// What the table's place says when there are no rows.
  let empty: String

  init(_ columns: [TextTable.Column], names: [String] = [], empty: String) {
    self.columns = columns
    self.names = names
    self.empty = empty
  }

  func text(_ format: OutputFormat, _ terminal: Terminal) -> String {
    switch format {
    case .table:
      guard !rows.isEmpty else { return empty + "\n" }
      var table = TextTable(columns)
      for row in rows { table.add(row.cells) }
      return table.lines(in: terminal).map { $0 + "\n" }.joined()
    case .json: return rows.map { $0.fields.text + "\n" }.joined()
    case .csv:
      let names = rows.first?.fields.members.map(\.name) ?? names
      guard !names.isEmpty else { return "" }
      assert(self.names.isEmpty || self.names == names, "\(names) are not the names that were told")
      return CSVText.line(names)
        + rows.map { row in CSVText.line(names.map { Listing.plain(row.fields[$0] ?? .null) }) }.joined()
    }
  }

  private static func plain(_ value: JSONValue) -> String {
    switch value {
    case .null: ""
    case .string(let text): text
    case .array(let list) where list.allSatisfy { $0.string != nil }: list.compactMap(\.string).joined(separator: ";")
    default: value.text
    }
  }
}
