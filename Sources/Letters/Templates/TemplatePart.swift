import Foundation
import Mustache
import Units

/// Subject, text or HTML of a template: checked against the vocabulary, with its partials put in.
struct TemplatePart: Sendable {
  enum Form: Sendable { case subject, text, html }

  /// `extra.NAME` as used, with its place, to be held against the ledger's columns.
  struct UsedColumn: Sendable {
    var name: String
    var isOfInvoice: Bool
    var place: Place
  }

  let form: Form
  let usedColumns: [UsedColumn]
  /// It holds characters of its own that `Shape` marks values by.
  let hasMarks: Bool
  private let template: MustacheTemplate

  func render(_ root: any MustacheParent) -> String { template.render(root) }

  /// Reads one part.
  ///
  /// - Parameters:
  ///   - partials: text of `{{> name}}` by name, with the file that it stands in.
  ///   - problems: gets everything that is wrong; then the result is nil.
  static func read(
    _ form: Form, file: String, text: String, firstLine: Int = 1, partials: [String: TemplateFolder.Source],
    problems: inout [TemplateProblem]
  ) -> TemplatePart? {
    var reader = Reader(form: form, partials: partials)
    let expanded = reader.expand(file: file, text: text, firstLine: firstLine, scopes: [Vocabulary.root], depth: 0)
    problems += reader.problems
    guard reader.problems.isEmpty else { return nil }
    do {
      // Values escape themselves (`Word`), so the engine must not.
      let template = try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}" + expanded)
      return TemplatePart(
        form: form, usedColumns: reader.usedColumns,
        hasMarks: expanded.unicodeScalars.contains { $0.value >= Shape.firstMark }, template: template)
    } catch {
      problems.append(
        TemplateProblem(
          Place(file: file, line: firstLine), "the template engine refuses it: \(error)",
          remedy: "look for unusual characters beside {{ and }}"))
      return nil
    }
  }
}

/// Walks through a file and its partials with the names in scope at hand.
private struct Reader {
  let form: TemplatePart.Form
  let partials: [String: TemplateFolder.Source]
  var problems: [TemplateProblem] = []
  var usedColumns: [TemplatePart.UsedColumn] = []

  private static let depthMax = 5

  init(form: TemplatePart.Form, partials: [String: TemplateFolder.Source]) {
    self.form = form
    self.partials = partials
  }

  /// The text with every partial in its place.
  mutating func expand(
    file: String, text: String, firstLine: Int, scopes: [[Vocabulary.Term]], depth: Int
  ) -> String {
    let scanner = TagScanner(file: file, text: text, firstLine: firstLine)
    problems += scanner.problems
    var scopes = scopes
    var open: [(tag: Tag, opensScope: Bool)] = []
    var output = ""
    var written = text.startIndex
    for tag in scanner.tags {
      switch tag.kind {
      case .comment: break
      case .variable:
        if let term = find(tag, scopes) { checkVariable(tag, term, text) }
      case .open, .inverted:
        var opensScope = false
        if let term = find(tag, scopes), case .list(let inner) = term.kind, tag.kind == .open {
          scopes.append(inner)
          opensScope = true
        }
        open.append((tag, opensScope))
      case .close:
        guard let last = open.popLast() else {
          report(tag, "{{/\(tag.name)}} closes nothing", "remove it, or open the section with {{#\(tag.name)}}")
          return output
        }
        if last.opensScope { scopes.removeLast() }
        if last.tag.name != tag.name {
          report(
            tag, "{{/\(tag.name)}} closes the section \"\(last.tag.name)\" of line \(last.tag.place.line)",
            "close sections in the reverse order of opening them")
          return output
        }
      case .partial:
        output += text[written..<tag.range.lowerBound]
        written = tag.range.upperBound
        guard let partial = partials[tag.name] else {
          report(
            tag, "there is no part \"\(tag.name)\"",
            "expected _\(tag.name)\(form == .html ? ".html" : "").mustache beside this file")
          continue
        }
        guard depth < Reader.depthMax else {
          report(tag, "parts stand in each other more than \(Reader.depthMax) deep", "a part must not name itself")
          return output
        }
        var part = expand(file: partial.file, text: partial.text, firstLine: 1, scopes: scopes, depth: depth + 1)
        // The line break that ends its file belongs to the line that names it.
        if part.last == "\n" { part.removeLast() }
        output += part
      }
    }
    for left in open {
      report(left.tag, "the section \"\(left.tag.name)\" is not closed", "add {{/\(left.tag.name)}}")
    }
    return output + text[written...]
  }

  /// The term that a tag names: the innermost scope first.
  private mutating func find(_ tag: Tag, _ scopes: [[Vocabulary.Term]]) -> Vocabulary.Term? {
    let parts = tag.name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    for (depth, scope) in scopes.enumerated().reversed() {
      guard let term = scope.first(where: { $0.name == parts[0] }) else { continue }
      if form == .subject, term.name == "subject" { break }
      if case .columns = term.kind {
        guard parts.count == 2, !parts[1].isEmpty else {
          report(tag, "\"\(tag.name)\" names no column", "expected extra.NAME with the name of a column of the ledger")
          return nil
        }
        usedColumns.append(TemplatePart.UsedColumn(name: parts[1], isOfInvoice: depth > 0, place: tag.place))
        return term
      }
      guard parts.count == 1 else { break }
      return term
    }
    let known = Set(scopes.flatMap { $0 }.map(\.name)).sorted()
    report(
      tag, "\"\(tag.name)\" is no name that is known here",
      (Nearest.match(tag.name, in: known).map { "did you mean \"\($0)\"? " } ?? "")
        + "docs/templates.md lists all names and where they hold")
    return nil
  }

  private mutating func checkVariable(_ tag: Tag, _ term: Vocabulary.Term, _ text: String) {
    switch term.kind {
    case .flag, .list:
      report(tag, "\"\(tag.name)\" has no text of its own", "use it as a section: {{#\(tag.name)}}…{{/\(tag.name)}}")
    case .text, .columns, .uri:
      if form == .html { checkMarkup(tag, term, text) }
    }
  }

  /// Inside of an HTML tag a value may only be the whole of an attribute that cannot run anything.
  private mutating func checkMarkup(_ tag: Tag, _ term: Vocabulary.Term, _ text: String) {
    let before = text[..<tag.range.lowerBound]
    for element in ["style", "script"] {
      guard let begin = Reader.last("<" + element, in: before) else { continue }
      guard Reader.last("</" + element, in: before[begin...]) == nil else { continue }
      report(tag, "{{\(tag.name)}} stands inside of <\(element)>", "no value may stand there: move it into the text")
    }
    guard let open = before.lastIndex(of: "<"), !before[open...].contains(">") else { return }
    let attribute = before.reversed().drop { $0 == "\"" || $0 == "=" }.prefix { $0 != " " && $0 != "\n" }
    let name = String(attribute.reversed())
    let isWhole = before.hasSuffix("=\"") && text[tag.range.upperBound...].hasPrefix("\"")
    let isURI = if case .uri = term.kind { true } else { false }
    if isWhole, name == "href" ? isURI : ["lang", "title", "alt", "aria-label"].contains(name) { return }
    report(
      tag, "{{\(tag.name)}} stands inside of an HTML tag where it must not",
      "expected a link as the whole of href=\"…\", or a text as the whole of lang, title, alt or aria-label")
  }

  /// Where `word`, of ASCII, begins for the last time.
  private static func last(_ word: String, in text: Substring) -> String.Index? {
    let (word, bytes) = (word.utf8, text.utf8)
    return bytes.indices.last { bytes[$0] == UInt8(ascii: "<") && bytes[$0...].starts(with: word) }
  }

  private mutating func report(_ tag: Tag, _ message: String, _ remedy: String) {
    problems.append(TemplateProblem(tag.place, message, remedy: remedy))
  }
}
