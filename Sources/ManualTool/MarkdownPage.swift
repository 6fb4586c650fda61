/// A page of `docs/` as a manual page: as much of Markdown as those pages use.
struct MarkdownPage {
  let title: String
  private let source: [String]

  init(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    title = lines.first { $0.hasPrefix("# ") }.map { String($0.dropFirst(2)) } ?? ""
    source = lines.filter { !$0.hasPrefix("# ") }
  }

  /// Writes it below what stands in `page`.
  func write(into page: inout Roff) {
    var paragraph: [String] = []
    var isBullet = false
    func flush(_ page: inout Roff) {
      guard !paragraph.isEmpty else { return }
      let text = paragraph.joined(separator: " ")
      if isBullet { page.bullet(text) } else { page.paragraph(text) }
      paragraph = []
      isBullet = false
    }
    var index = 0
    while index < source.count {
      let line = source[index]
      index += 1
      if line.isEmpty {
        flush(&page)
      } else if line.hasPrefix("### ") {
        flush(&page)
        page.subsection(Self.bare(line.dropFirst(4)))
      } else if line.hasPrefix("## ") {
        flush(&page)
        page.section(Self.bare(line.dropFirst(3)))
      } else if line.hasPrefix("```") {
        flush(&page)
        let end = source[index...].firstIndex { $0.hasPrefix("```") } ?? source.count
        page.verbatim(Array(source[index..<end]))
        index = end + 1
      } else if line.hasPrefix("    "), paragraph.isEmpty {
        var end = index - 1
        while end < source.count, source[end].hasPrefix("    ") || source[end].isEmpty { end += 1 }
        while source[end - 1].isEmpty { end -= 1 }
        page.verbatim(source[(index - 1)..<end].map { String($0.dropFirst(4)) })
        index = end
      } else if line.hasPrefix("|") {
        flush(&page)
        let end = source[index...].firstIndex { !$0.hasPrefix("|") } ?? source.count
        Self.table(source[(index - 1)..<end].map(Self.cells), into: &page)
        index = end
      } else if line.hasPrefix("- ") {
        flush(&page)
        isBullet = true
        paragraph = [String(line.dropFirst(2))]
      } else {
        paragraph.append(String(line.drop { $0 == " " }))
      }
    }
    flush(&page)
  }

  /// Each row becomes its first cell with the others below it, the last as it is, those between by their headings.
  private static func table(_ rows: [[String]], into page: inout Roff) {
    guard let head = rows.first else { return }
    for row in rows.dropFirst(2) {
      guard let tag = row.first else { continue }
      let between = zip(head, row).dropFirst().dropLast().filter { !$0.1.isEmpty }
        .map { $0.0.isEmpty ? $0.1 : "\($0.0): \($0.1)" }
      let last = row.count > 1 ? row[row.count - 1] : ""
      page.tagged(bare(tag[...]), (between + [last]).filter { !$0.isEmpty }.joined(separator: "; "))
    }
  }

  /// Cells of a row; `\|` is no border.
  private static func cells(_ row: String) -> [String] {
    row.replacing("\\|", with: "\u{1}").split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
      .map { String($0).replacing("\u{1}", with: "|").trimmed }
  }

  private static func bare(_ text: Substring) -> String { String(text.filter { $0 != "`" && $0 != "*" }) }
}

extension String {
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
