import Foundation

/// What `--experimental-dump-help` of the program says of itself, as far as the manual needs it.
struct CommandHelp: Decodable {
  struct Whole: Decodable { let command: CommandHelp }

  struct Argument: Decodable {
    struct Name: Decodable {
      let kind: String
      let name: String
    }

    let kind: String
    let names: [Name]?
    let valueName: String?
    let defaultValue: String?
    let abstract: String?
    let shouldDisplay: Bool

    /// `--config <file>`, `<invoice|customer>`.
    var tag: String {
      let spelled = (names ?? []).map { ($0.kind == "long" ? "--" : "-") + $0.name }.joined(separator: ", ")
      let value = valueName.map { "<\($0)>" } ?? ""
      switch kind {
      case "positional": return value
      case "flag": return spelled
      default: return spelled + " " + value
      }
    }
  }

  let commandName: String
  let abstract: String?
  let discussion: String?
  let arguments: [Argument]?
  let subcommands: [CommandHelp]?

  var shown: [CommandHelp] { (subcommands ?? []).filter { $0.commandName != "help" } }
}

/// dunningd(1), from the program's own help.
struct CommandPage {
  let help: CommandHelp

  func write(into page: inout Roff) {
    page.section("Name")
    page.paragraph("dunningd - follows up open invoices: on time, politely, exactly once, and with proof")
    page.section("Synopsis")
    page.paragraph("`dunningd` COMMAND [OPTION]... [ARGUMENT]...")
    page.section("Description")
    discuss(help, into: &page)
    page.section("Commands")
    for command in help.shown { describe(command, as: command.commandName, into: &page) }
    page.section("Files")
    page.tagged("/etc/dunningd/dunningd.toml", "the configuration; templates and holidays beside it: dunningd.toml(5)")
    page.tagged("/var/lib/dunningd", "the state directory: journal, kept messages, control socket: dunningd-journal(5)")
    page.section("See also")
    page.paragraph("dunningd.toml(5), dunningd-journal(5), systemctl(1)")
  }

  private func describe(_ command: CommandHelp, as name: String, into page: inout Roff) {
    let shown = command.shown
    guard shown.isEmpty else {
      for inner in shown { describe(inner, as: "\(name) \(inner.commandName)", into: &page) }
      return
    }
    page.subsection("dunningd \(name)")
    page.paragraph(command.abstract ?? "")
    discuss(command, into: &page)
    for argument in command.arguments ?? [] where argument.shouldDisplay && !Self.isCommon(argument) {
      let fallback = argument.defaultValue.map { " (default: \($0))" } ?? ""
      page.tagged(argument.tag, (argument.abstract ?? "") + fallback)
    }
  }

  /// Paragraphs; lines that stand in from the margin are examples.
  private func discuss(_ command: CommandHelp, into page: inout Roff) {
    for block in (command.discussion ?? "").split(separator: "\n\n") {
      let lines = block.split(separator: "\n").map(String.init)
      let words = lines.filter { !$0.hasPrefix("  ") }
      let examples = lines.filter { $0.hasPrefix("  ") }.map { String($0.dropFirst(2)) }
      if !words.isEmpty { page.paragraph(words.joined(separator: " ")) }
      if !examples.isEmpty { page.verbatim(examples) }
    }
  }

  private static func isCommon(_ argument: CommandHelp.Argument) -> Bool {
    let names = (argument.names ?? []).map(\.name)
    return names.contains("version") || names.contains("help")
  }
}
