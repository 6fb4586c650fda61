import Decisions
import Units

/// A file of the template folder, as the edge read it.
package struct TemplateFile: Sendable {
  /// Below the folder: `en/first.mustache`.
  package let path: String
  package let bytes: [UInt8]

  package init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }
}

/// One message in one language.
struct Template: Sendable {
  let name: String
  let language: String
  let file: String
  let subject: TemplatePart
  let text: TemplatePart
  let html: TemplatePart?

  var parts: [TemplatePart] { [subject, text] + (html.map { [$0] } ?? []) }
}

/// One letter in one language.
struct LetterTemplate: Sendable {
  let language: String
  let file: String
  let subject: TemplatePart
  /// The whole page, HTML.
  let page: TemplatePart
}

/// All templates, checked: whatever is in here renders.
///
///     LANG/NAME.mustache          "subject: …", a blank line, the text part
///     LANG/NAME.html.mustache     the HTML part, if there is one
///     LANG/NAME.letter.mustache   the page of a letter: "subject: …", a blank line, HTML
///     LANG/_PART.mustache         what {{> PART}} puts into a text part
///     LANG/_PART.html.mustache    what it puts into an HTML part or a page
package struct TemplateSet: Sendable {
  /// By language, then name.
  private let templates: [String: [String: Template]]
  private let letters: [String: [String: LetterTemplate]]

  /// Bytes of a template file that are read at most.
  package static let fileSizeMax = 256 * 1024

  /// Reads and checks every file. Files that do not end in `.mustache` are passed over.
  ///
  /// - Parameter folder: stands before the paths in error texts.
  /// - Throws: everything that is wrong in any of them.
  package init(_ files: [TemplateFile], folder: String = "templates") throws(TemplateProblems) {
    var problems: [TemplateProblem] = []
    var texts: [String: [String: (file: String, text: String)]] = [:]
    for file in files.sorted(by: { $0.path < $1.path }) where file.path.hasSuffix(".mustache") {
      let shown = folder.isEmpty ? file.path : "\(folder)/\(file.path)"
      let parts = file.path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, TemplateSet.isLanguage(parts[0]) else {
        problems.append(
          TemplateProblem(
            Place(file: shown), "its folder is no language",
            remedy: "expected LANG/NAME.mustache with LANG such as en, de or pt-br"))
        continue
      }
      guard let text = TemplateSet.text(file.bytes) else {
        problems.append(
          TemplateProblem(
            Place(file: shown), "it is not UTF-8, or larger than \(TemplateSet.fileSizeMax) bytes",
            remedy: "save it as UTF-8 text"))
        continue
      }
      texts[parts[0], default: [:]][String(parts[1].dropLast(".mustache".count))] = (shown, text)
    }
    var templates: [String: [String: Template]] = [:]
    var letters: [String: [String: LetterTemplate]] = [:]
    for (language, named) in texts.sorted(by: { $0.key < $1.key }) {
      let pages = named.filter { $0.key.hasSuffix(TemplateSet.letterEnding) }
      let named = named.filter { !$0.key.hasSuffix(TemplateSet.letterEnding) }
      templates[language] = TemplateSet.read(named, language, &problems)
      letters[language] = TemplateSet.readLetters(pages, named, language, &problems)
    }
    guard problems.isEmpty else { throw TemplateProblems(problems) }
    self.templates = templates
    self.letters = letters
  }

  private static let letterEnding = ".letter"

  /// The languages that have templates, sorted.
  package var languages: [String] { templates.keys.sorted() }

  /// The names of a language's templates, sorted.
  package func names(in language: String) -> [String] { (templates[language]?.keys).map { $0.sorted() } ?? [] }

  /// The language in which a template would be used: the payer's, without its region, the company's, English.
  ///
  /// Nil when none of them has it.
  package func language(of name: String, payer: String?, company: String) -> String? {
    template(name, payer: payer, company: company)?.language
  }

  func template(_ name: String, payer: String?, company: String) -> Template? {
    TemplateSet.first(name, in: templates, payer: payer, company: company)
  }

  func letter(_ name: String, payer: String?, company: String) -> LetterTemplate? {
    TemplateSet.first(name, in: letters, payer: payer, company: company)
  }

  private static func first<Kind>(
    _ name: String, in templates: [String: [String: Kind]], payer: String?, company: String
  ) -> Kind? {
    for wanted in [payer, company].compactMap(\.self) {
      let full = wanted.lowercased().split(separator: "_").joined(separator: "-")
      let base = full.split(separator: "-").first.map(String.init) ?? full
      for language in [full, base] {
        if let template = templates[language]?[name] { return template }
      }
    }
    return templates["en"]?[name]
  }

  /// What is missing for a policy and a ledger: templates that a step names, and columns that a template names.
  ///
  /// - Parameter columns: what the ledger has besides its own columns; nil when there is no ledger at hand.
  package func problems(for policy: Policy, columns: ExtraColumns?) -> [TemplateProblem] {
    var found: [TemplateProblem] = []
    for schedule in policy.schedules + policy.pledgeSchedules
    where policy.statement.isConfigured || schedule.name != StatementRules.scheduleName {
      for step in schedule.steps {
        let channels = [step.channel, step.fallback].compactMap(\.self)
        if channels.contains(where: { $0 == .email || $0 == .webhook }),
          template(step.template, payer: nil, company: policy.company.language) == nil
        {
          found.append(missing(step, schedule, policy, ending: "", names: templates.values.flatMap(\.keys)))
        }
        if channels.contains(.letter), letter(step.template, payer: nil, company: policy.company.language) == nil {
          found.append(
            missing(
              step, schedule, policy, ending: TemplateSet.letterEnding, names: letters.values.flatMap(\.keys)))
        }
      }
    }
    guard let columns else { return found }
    for language in languages {
      let pages = (letters[language] ?? [:]).sorted { $0.key < $1.key }.map { [$0.value.subject, $0.value.page] }
      for parts in names(in: language).map({ templates[language]?[$0]?.parts ?? [] }) + pages {
        for part in parts {
          for used in part.usedColumns {
            let known = used.isOfInvoice ? columns.ofInvoices.union(columns.ofCustomers) : columns.ofCustomers
            guard !known.contains(used.name) else { continue }
            found.append(
              TemplateProblem(
                used.place, "the ledger has no column \"\(used.name)\"\(used.isOfInvoice ? "" : " in customers.csv")",
                remedy: known.isEmpty
                  ? "it has no columns besides those that dunningd knows"
                  : "it has: \(known.sorted().joined(separator: ", "))"))
          }
        }
      }
    }
    var seen: Set<String> = []
    return found.filter { seen.insert($0.description).inserted }
  }

  private func missing(
    _ step: Step, _ schedule: Schedule, _ policy: Policy, ending: String, names: [String]
  ) -> TemplateProblem {
    let company = policy.company.language
    let kind = ending.isEmpty ? "template" : "template of a letter"
    return TemplateProblem(
      step.place ?? schedule.place ?? Place(file: "templates"),
      "step \"\(step.name)\" of schedule \"\(schedule.name)\" names the \(kind) \"\(step.template)\", which "
        + "there is none of in \(company == "en" ? "en" : "\(company) or en")",
      remedy: "write \(company)/\(step.template)\(ending).mustache, or name one of: "
        + Set(names).sorted().joined(separator: ", "))
  }

  // MARK: - Reading

  /// - Parameter parts: the files among which the parts are.
  private static func readLetters(
    _ pages: [String: (file: String, text: String)], _ parts: [String: (file: String, text: String)],
    _ language: String, _ problems: inout [TemplateProblem]
  ) -> [String: LetterTemplate] {
    var partials: [String: (file: String, text: String)] = [:]
    for (name, source) in parts where name.hasPrefix("_") && name.hasSuffix(".html") {
      partials[String(name.dropFirst().dropLast(".html".count))] = source
    }
    var letters: [String: LetterTemplate] = [:]
    for (name, source) in pages.sorted(by: { $0.key < $1.key }) {
      guard let header = header(of: source.text, file: source.file, &problems) else { continue }
      let subject = TemplatePart.read(
        .subject, file: source.file, text: header.subject, firstLine: header.subjectLine, partials: [:],
        problems: &problems)
      let page = TemplatePart.read(
        .html, file: source.file, text: header.body, firstLine: header.bodyLine, partials: partials,
        problems: &problems)
      guard let subject, let page else { continue }
      letters[String(name.dropLast(letterEnding.count))] = LetterTemplate(
        language: language, file: source.file, subject: subject, page: page)
    }
    return letters
  }

  private static func read(
    _ named: [String: (file: String, text: String)], _ language: String, _ problems: inout [TemplateProblem]
  ) -> [String: Template] {
    var textPartials: [String: (file: String, text: String)] = [:]
    var htmlPartials: [String: (file: String, text: String)] = [:]
    for (name, source) in named where name.hasPrefix("_") {
      if name.hasSuffix(".html") {
        htmlPartials[String(name.dropFirst().dropLast(".html".count))] = source
      } else {
        textPartials[String(name.dropFirst())] = source
      }
    }
    var templates: [String: Template] = [:]
    for (name, source) in named.sorted(by: { $0.key < $1.key }) where !name.hasPrefix("_") {
      if name.hasSuffix(".html") {
        if named[String(name.dropLast(".html".count))] == nil {
          problems.append(
            TemplateProblem(
              Place(file: source.file), "it has no text part beside it",
              remedy: "write \(name.dropLast(".html".count)).mustache: not every reader shows HTML"))
        }
        continue
      }
      guard let header = header(of: source.text, file: source.file, &problems) else { continue }
      let subject = TemplatePart.read(
        .subject, file: source.file, text: header.subject, firstLine: header.subjectLine, partials: [:],
        problems: &problems)
      let text = TemplatePart.read(
        .text, file: source.file, text: header.body, firstLine: header.bodyLine, partials: textPartials,
        problems: &problems)
      var html: TemplatePart?
      if let source = named[name + ".html"] {
        html = TemplatePart.read(
          .html, file: source.file, text: source.text, partials: htmlPartials, problems: &problems)
      }
      guard let subject, let text else { continue }
      templates[name] = Template(
        name: name, language: language, file: source.file, subject: subject, text: text, html: html)
    }
    return templates
  }

  private struct Header {
    var subject: String
    var subjectLine: Int
    var body: String
    var bodyLine: Int
  }

  /// `subject: …` until a blank line; the rest is the text.
  private static func header(of text: String, file: String, _ problems: inout [TemplateProblem]) -> Header? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    var subject: (text: String, line: Int)?
    for (index, line) in lines.enumerated() {
      if line.allSatisfy(\.isWhitespace) {
        guard let subject else { break }
        let body = lines[(index + 1)...].joined(separator: "\n")
        return Header(subject: subject.text, subjectLine: subject.line, body: body, bodyLine: index + 2)
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

  private static func text(_ bytes: [UInt8]) -> String? {
    guard bytes.count <= fileSizeMax, var text = String(validating: bytes, as: UTF8.self) else { return nil }
    if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
    return text.split(separator: "\r\n", omittingEmptySubsequences: false).joined(separator: "\n")
  }

  private static func isLanguage(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    return (2...3).contains(parts[0].utf8.count)
      && parts.allSatisfy { part in
        (1...8).contains(part.utf8.count)
          && part.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
      }
  }
}
