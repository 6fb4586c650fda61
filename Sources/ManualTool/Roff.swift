/// Lines of a manual page in roff's man macros (man(7)).
struct Roff {
  private(set) var lines: [String] = []

  init(name: String, section: Int, version: String) {
    lines.append(".TH \"\(name.uppercased())\" \(section) \"\" \"dunningd \(version)\" \"dunningd\"")
    // No hyphenation: key and file names must be found by search.
    lines += [".nh", ".ad l"]
  }

  var text: String { lines.joined(separator: "\n") + "\n" }

  /// In capitals, as manuals have it, but for the name of a table.
  mutating func section(_ title: String) {
    lines.append(".SH \"\(Roff.plain(title.contains("[") ? title : title.uppercased()))\"")
  }
  mutating func subsection(_ title: String) { lines.append(".SS \"\(Roff.plain(title))\"") }

  /// - Parameter text: with the marks of Markdown inside of it.
  mutating func paragraph(_ text: String) { lines += [".PP", Roff.marked(text)] }
  mutating func bullet(_ text: String) { lines += [".IP \\(bu 2", Roff.marked(text)] }

  mutating func tagged(_ tag: String, _ text: String) {
    lines += [".TP", "\\fB" + Roff.plain(tag) + "\\fR", text.isEmpty ? "\\&" : Roff.marked(text)]
  }

  /// As it is, line by line.
  mutating func verbatim(_ code: [String]) {
    lines += [".PP", ".RS 4", ".nf"]
    lines += code.map { Roff.guarded(Roff.plain($0)) }
    lines += [".fi", ".RE"]
  }

  /// What is special to roff made plain; a hyphen stays one that can be copied.
  static func plain(_ text: String) -> String {
    text.replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("\"", with: "\\(dq")
  }

  /// A line must not begin as a macro does.
  static func guarded(_ line: String) -> String {
    line.hasPrefix(".") || line.hasPrefix("'") || line.isEmpty ? "\\&" + line : line
  }

  /// Code and strong text bold, links as their text, on one line.
  static func marked(_ text: String) -> String {
    var marked = ""
    var rest = text[...]
    while let next = rest.first {
      if next == "`", let end = rest.dropFirst().firstIndex(of: "`") {
        marked += "\\fB" + plain(String(rest[rest.index(after: rest.startIndex)..<end])) + "\\fR"
        rest = rest[rest.index(after: end)...]
      } else if rest.hasPrefix("**"), let end = rest.dropFirst(2).firstRange(of: "**") {
        marked += "\\fB" + plain(String(rest.dropFirst(2)[..<end.lowerBound])) + "\\fR"
        rest = rest[end.upperBound...]
      } else if next == "*", let end = rest.dropFirst().firstIndex(of: "*"), rest.dropFirst().first != " " {
        marked += "\\fI" + plain(String(rest[rest.index(after: rest.startIndex)..<end])) + "\\fR"
        rest = rest[rest.index(after: end)...]
      } else if next == "[", let link = Link(rest) {
        marked += Roff.marked(link.text)
        rest = link.rest
      } else {
        marked += plain(String(next))
        rest = rest.dropFirst()
      }
    }
    return guarded(marked)
  }

  /// `[text](target)` at the head of a text.
  private struct Link {
    let text: String
    let rest: Substring

    init?(_ source: Substring) {
      guard let middle = source.firstRange(of: "]("), let end = source[middle.upperBound...].firstIndex(of: ")") else {
        return nil
      }
      text = String(source[source.index(after: source.startIndex)..<middle.lowerBound])
      rest = source[source.index(after: end)...]
      if text.contains("[") { return nil }
    }
  }
}
