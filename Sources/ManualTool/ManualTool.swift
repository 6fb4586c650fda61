import Foundation

/// Writes the manual pages from the program's help and the pages of `docs/`.
///
///     ManualTool HELP.json VERSION DOCS OUT
@main
struct ManualTool {
  static func main() throws {
    let words = CommandLine.arguments
    guard words.count == 5 else {
      FileHandle.standardError.write(Data("usage: ManualTool HELP.json VERSION DOCS OUT\n".utf8))
      exit(64)
    }
    let (help, version, docs, out) = (words[1], words[2], words[3], words[4])
    try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
    let whole = try JSONDecoder().decode(CommandHelp.Whole.self, from: Data(contentsOf: URL(filePath: help)))
    var command = Roff(name: "dunningd", section: 1, version: version)
    CommandPage(help: whole.command).write(into: &command)
    try command.text.write(toFile: out + "/dunningd.1", atomically: true, encoding: .utf8)
    let pages = [
      (name: "dunningd.toml", source: "configuration", what: "configuration of dunningd(1)"),
      (name: "dunningd-journal", source: "journal", what: "the record of all contacts that dunningd(1) keeps"),
    ]
    for page in pages {
      let text = try String(contentsOfFile: "\(docs)/\(page.source).md", encoding: .utf8)
      var roff = Roff(name: page.name, section: 5, version: version)
      roff.section("Name")
      roff.paragraph("\(page.name) - \(page.what)")
      roff.section("Description")
      MarkdownPage(text).write(into: &roff)
      try roff.text.write(toFile: "\(out)/\(page.name).5", atomically: true, encoding: .utf8)
    }
  }
}
