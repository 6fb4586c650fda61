import Decisions
import Units

/// A file of the template folder, as the edge read it.
package struct TemplateFile: Sendable {
  /// Below the folder: `en/first.mustache`.
  package let path: String
  package let bytes: [UInt8]
  /// It came with the program, whose tests have read it.
  package let isShipped: Bool

  package init(path: String, bytes: [UInt8], isShipped: Bool = false) {
    self.path = path
    self.bytes = bytes
    self.isShipped = isShipped
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
/// Reading one takes a millisecond or more. Where all of a language's files came with the program, whose tests have read
/// them, each is read when it is first used.
///
///     LANG/NAME.mustache          "subject: …", a blank line, the text part
///     LANG/NAME.html.mustache     the HTML part, if there is one
///     LANG/NAME.letter.mustache   the page of a letter: "subject: …", a blank line, HTML
///     LANG/_PART.mustache         what {{> PART}} puts into a text part
///     LANG/_PART.html.mustache    what it puts into an HTML part or a page
package struct TemplateSet: Sendable {
  /// By language, then name.
  private let templates: [String: [String: OnDemand<Template>]]
  private let letters: [String: [String: OnDemand<LetterTemplate>]]

  /// Bytes of a template file that are read at most.
  package static let fileSizeMax = 256 * 1024

  /// Reads and checks every file. Files that do not end in `.mustache` are passed over.
  ///
  /// - Parameter folder: stands before the paths in error texts.
  /// - Throws: everything that is wrong in any of them.
  package init(_ files: [TemplateFile], folder: String = "templates") throws(TemplateProblems) {
    var problems: [TemplateProblem] = []
    var folders: [String: TemplateFolder] = [:]
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
      folders[parts[0], default: TemplateFolder(language: parts[0])].add(
        String(parts[1].dropLast(".mustache".count)), TemplateFolder.Source(file: shown, text: text),
        isShipped: file.isShipped)
    }
    var templates: [String: [String: OnDemand<Template>]] = [:]
    var letters: [String: [String: OnDemand<LetterTemplate>]] = [:]
    for (language, folder) in folders.sorted(by: { $0.key < $1.key }) {
      templates[language] = folder.templates(&problems)
      letters[language] = folder.letters(&problems)
    }
    guard problems.isEmpty else { throw TemplateProblems(problems) }
    self.templates = templates
    self.letters = letters
  }

  /// The languages that have templates, sorted.
  package var languages: [String] { templates.keys.sorted() }

  /// The names of a language's templates, sorted.
  package func names(in language: String) -> [String] { (templates[language]?.keys).map { $0.sorted() } ?? [] }

  /// The language in which a template would be used: the payer's, without its region, the company's, English.
  ///
  /// Nil when none of them has it.
  package func language(of name: String, payer: String?, company: String) -> String? {
    TemplateSet.first(name, in: templates, payer: payer, company: company)?.language
  }

  func template(_ name: String, payer: String?, company: String) -> Template? {
    TemplateSet.first(name, in: templates, payer: payer, company: company)?.found.value
  }

  func letter(_ name: String, payer: String?, company: String) -> LetterTemplate? {
    TemplateSet.first(name, in: letters, payer: payer, company: company)?.found.value
  }

  private static func first<Kind>(
    _ name: String, in templates: [String: [String: Kind]], payer: String?, company: String
  ) -> (language: String, found: Kind)? {
    for wanted in [payer, company].compactMap(\.self) {
      // As most are written.
      if let template = templates[wanted]?[name] { return (wanted, template) }
      let full = wanted.lowercased().split(separator: "_").joined(separator: "-")
      let base = full.split(separator: "-").first.map(String.init) ?? full
      for language in [full, base] {
        if let template = templates[language]?[name] { return (language, template) }
      }
    }
    return templates["en"]?[name].map { ("en", $0) }
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
          TemplateSet.first(step.template, in: templates, payer: nil, company: policy.company.language) == nil
        {
          found.append(missing(step, schedule, policy, ending: "", names: templates.values.flatMap(\.keys)))
        }
        if channels.contains(.letter),
          TemplateSet.first(step.template, in: letters, payer: nil, company: policy.company.language) == nil
        {
          found.append(
            missing(
              step, schedule, policy, ending: TemplateFolder.letterEnding, names: letters.values.flatMap(\.keys)))
        }
      }
    }
    guard let columns else { return found }
    for language in languages {
      let pages = (letters[language] ?? [:]).sorted { $0.key < $1.key }.compactMap(\.value.value)
      for parts in names(in: language).map({ templates[language]?[$0]?.value?.parts ?? [] })
        + pages.map({ [$0.subject, $0.page] })
      {
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

  private static func text(_ bytes: [UInt8]) -> String? {
    guard bytes.count <= fileSizeMax, var text = String(validating: bytes, as: UTF8.self) else { return nil }
    if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
    guard bytes.contains(UInt8(ascii: "\r")) else { return text }
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
