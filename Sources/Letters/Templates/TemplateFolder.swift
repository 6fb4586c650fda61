import Synchronization
import Units

/// The template files of one language, and how they are read.
struct TemplateFolder: Sendable {
  struct Source: Sendable {
    /// As error texts name it.
    var file: String
    var text: String
  }

  static let letterEnding = ".letter"

  let language: String
  private var sources: [String: Source] = [:]
  /// What {{> PART}} puts into a text part, and into HTML.
  private var textParts: [String: Source] = [:]
  private var htmlParts: [String: Source] = [:]
  private var isShipped = true

  init(language: String) { self.language = language }

  /// - Parameter name: of the file, without `.mustache`.
  mutating func add(_ name: String, _ source: Source, isShipped: Bool) {
    sources[name] = source
    // Parts of one's own stand in templates that are not.
    self.isShipped = self.isShipped && isShipped
    guard name.hasPrefix("_"), !name.hasSuffix(TemplateFolder.letterEnding) else { return }
    if name.hasSuffix(".html") {
      htmlParts[String(name.dropFirst().dropLast(".html".count))] = source
    } else {
      textParts[String(name.dropFirst())] = source
    }
  }

  /// Every message by its name.
  ///
  /// - Parameter problems: gets everything that is wrong with those that are read now.
  func templates(_ problems: inout [TemplateProblem]) -> [String: OnDemand<Template>] {
    var templates: [String: OnDemand<Template>] = [:]
    for (name, source) in sources.sorted(by: { $0.key < $1.key })
    where !name.hasPrefix("_") && !name.hasSuffix(TemplateFolder.letterEnding) {
      if name.hasSuffix(".html") {
        if sources[String(name.dropLast(".html".count))] == nil {
          problems.append(
            TemplateProblem(
              Place(file: source.file), "it has no text part beside it",
              remedy: "write \(name.dropLast(".html".count)).mustache: not every reader shows HTML"))
        }
        continue
      }
      templates[name] = onDemand(&problems) { template(name, source, &$0) }
    }
    return templates
  }

  /// Every letter by its name.
  func letters(_ problems: inout [TemplateProblem]) -> [String: OnDemand<LetterTemplate>] {
    var letters: [String: OnDemand<LetterTemplate>] = [:]
    for (name, source) in sources.sorted(by: { $0.key < $1.key }) where name.hasSuffix(TemplateFolder.letterEnding) {
      letters[String(name.dropLast(TemplateFolder.letterEnding.count))] = onDemand(&problems) { letter(source, &$0) }
    }
    return letters
  }

  /// Read later where nothing can be wrong with it; nil where something is.
  private func onDemand<Kind>(
    _ problems: inout [TemplateProblem], _ read: @escaping @Sendable (inout [TemplateProblem]) -> Kind?
  ) -> OnDemand<Kind>? {
    if isShipped {
      return OnDemand {
        var none: [TemplateProblem] = []
        return read(&none)
      }
    }
    return read(&problems).map { kind in OnDemand { kind } }
  }

  // MARK: - Reading

  private func template(_ name: String, _ source: Source, _ problems: inout [TemplateProblem]) -> Template? {
    guard let header = TemplateFolder.header(of: source, &problems) else { return nil }
    let subject = header.readSubject(&problems)
    let text = TemplatePart.read(
      .text, file: source.file, text: header.body, firstLine: header.bodyLine, partials: textParts,
      problems: &problems)
    var html: TemplatePart?
    if let source = sources[name + ".html"] {
      html = TemplatePart.read(.html, file: source.file, text: source.text, partials: htmlParts, problems: &problems)
    }
    guard let subject, let text else { return nil }
    return Template(name: name, language: language, file: source.file, subject: subject, text: text, html: html)
  }

  private func letter(_ source: Source, _ problems: inout [TemplateProblem]) -> LetterTemplate? {
    guard let header = TemplateFolder.header(of: source, &problems) else { return nil }
    let subject = header.readSubject(&problems)
    let page = TemplatePart.read(
      .html, file: source.file, text: header.body, firstLine: header.bodyLine, partials: htmlParts,
      problems: &problems)
    guard let subject, let page else { return nil }
    return LetterTemplate(language: language, file: source.file, subject: subject, page: page)
  }

  private struct Header {
    var file: String
    var subject: String
    var subjectLine: Int
    var body: String
    var bodyLine: Int

    func readSubject(_ problems: inout [TemplateProblem]) -> TemplatePart? {
      TemplatePart.read(
        .subject, file: file, text: subject, firstLine: subjectLine, partials: [:], problems: &problems)
    }
  }

  /// `subject: …` until a blank line; the rest is the text.
  private static func header(of source: Source, _ problems: inout [TemplateProblem]) -> Header? {
    let file = source.file
    let lines = source.text.split(separator: "\n", omittingEmptySubsequences: false)
    var subject: (text: String, line: Int)?
    for (index, line) in lines.enumerated() {
      if line.allSatisfy(\.isWhitespace) {
        guard let subject else { break }
        let body = lines[(index + 1)...].joined(separator: "\n")
        return Header(file: file, subject: subject.text, subjectLine: subject.line, body: body, bodyLine: index + 2)
      }
      let place = Place(file: file, line: index + 1)
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, parts[0] == "subject", subject == nil else {
        problems.append(
          TemplateProblem(
            place, "\"\(line.prefix(40))\" is no line of a template's head",
            remedy: "expected one line \"subject: …\", then a blank line, then the text"))
        return nil
      }
      // Blanks stand for "subject:", so that the columns in error texts are those of the file.
      subject = (String(repeating: " ", count: "subject:".count) + parts[1], index + 1)
    }
    problems.append(
      TemplateProblem(
        Place(file: file, line: 1), "it has no subject",
        remedy: "begin it with \"subject: …\", then a blank line, then the text"))
    return nil
  }
}

/// What is made when it is first asked for, and then kept; from any thread.
final class OnDemand<Value: Sendable>: Sendable {
  private let kept = Mutex<Value?>(nil)
  private let make: @Sendable () -> Value?

  init(_ make: @escaping @Sendable () -> Value?) { self.make = make }

  /// Nil where it cannot be made.
  var value: Value? {
    kept.withLock { kept in
      if kept == nil { kept = make() }
      return kept
    }
  }
}
