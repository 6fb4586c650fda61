/// A table for a person: columns as narrow as their cells, the widest shortened where the terminal is narrower.
struct TextTable {
  struct Column {
    let title: String
    /// Amounts and counts stand right.
    let right: Bool
    /// How many columns it keeps when there is not enough room for all; nil never shrinks.
    let least: Int?
    /// Left out where there is not enough room, the highest first; nil is always shown.
    let spare: Int?

    init(_ title: String, right: Bool = false, least: Int? = nil, spare: Int? = nil) {
      self.title = title
      self.right = right
      self.least = least
      self.spare = spare
    }
  }

  let columns: [Column]
  private(set) var rows: [[String]] = []

  init(_ columns: [Column]) { self.columns = columns }

  mutating func add(_ cells: [String]) {
    precondition(cells.count == columns.count, "a row has \(cells.count) cells for \(columns.count) columns")
    rows.append(cells.map(\.printable))
  }

  /// The lines, title first; empty when there are no rows.
  func lines(in terminal: Terminal) -> [String] {
    guard !rows.isEmpty else { return [] }
    return fitted(to: terminal.width).shrunk(in: terminal)
  }

  private func shrunk(in terminal: Terminal) -> [String] {
    let widths = widths(within: terminal.width)
    var lines = [terminal.paint(line(columns.map(\.title), widths), .bold)]
    for row in rows { lines.append(line(row, widths)) }
    return lines
  }

  /// The same without the columns that there is no room for.
  private func fitted(to width: Int?) -> TextTable {
    guard let width else { return self }
    var kept = Array(columns.indices)
    func needed() -> Int {
      kept.reduce(0) { $0 + natural($1) } + Self.gap * (kept.count - 1)
    }
    while needed() > width {
      let spare = kept.filter { columns[$0].spare != nil }
      guard let first = spare.max(by: { columns[$0].spare ?? 0 < columns[$1].spare ?? 0 }) else { break }
      kept.removeAll { $0 == first }
    }
    var table = TextTable(kept.map { columns[$0] })
    table.rows = rows.map { row in kept.map { row[$0] } }
    return table
  }

  private func natural(_ index: Int) -> Int {
    max(columns[index].title.columns, rows.map { $0[index].columns }.max() ?? 0)
  }

  private static let gap = 2

  private func widths(within width: Int?) -> [Int] {
    var widths = columns.indices.map(natural)
    guard let width else { return widths }
    var over = widths.reduce(0, +) + Self.gap * (columns.count - 1) - width
    while over > 0 {
      // The widest one that may shrink gives way first.
      let able = columns.indices.filter { index in columns[index].least.map { widths[index] > $0 } ?? false }
      guard let widest = able.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
      over -= 1
    }
    return widths
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var line = ""
    for (index, cell) in cells.enumerated() {
      if index > 0 { line += String(repeating: " ", count: Self.gap) }
      let text = Self.fitted(cell, to: widths[index])
      let padding = String(repeating: " ", count: max(0, widths[index] - text.columns))
      line += columns[index].right ? padding + text : text + padding
    }
    while line.last == " " { line.removeLast() }
    return line
  }

  private static func fitted(_ text: String, to width: Int) -> String {
    guard text.columns > width else { return text }
    var kept = ""
    for character in text {
      if kept.columns + String(character).columns > width - 1 { break }
      kept.append(character)
    }
    return kept + "…"
  }
}
