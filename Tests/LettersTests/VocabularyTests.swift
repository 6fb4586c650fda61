import Decisions
import Foundation
import Testing
import Units

@testable import Letters

@Suite("The names that templates may use")
struct VocabularyTests {
  private static func isSame(_ facts: Any?, _ terms: [Vocabulary.Term], _ path: String) {
    guard let facts = facts as? [String: Any] else {
      Issue.record("\(path) is no set of names")
      return
    }
    #expect(facts.keys.sorted() == terms.map(\.name).sorted(), "\(path)")
    for term in terms {
      let name = "\(path).\(term.name)"
      switch term.kind {
      case .text, .uri: #expect(facts[term.name] is Word, "\(name)")
      case .flag: #expect(facts[term.name] is Bool, "\(name)")
      case .columns: #expect(facts[term.name] is ColumnContext, "\(name)")
      case .list(let inner):
        guard let list = facts[term.name] as? [Any] else {
          Issue.record("\(name) is no list")
          continue
        }
        for entry in list { isSame(entry, inner, name) }
      }
    }
  }

  @Test("are exactly those that a message knows", arguments: [false, true])
  func facts(many: Bool) {
    let contact = ShippedSamples.contact("discount", "en", many: many)
    let writer = FactWriter(
      rendering: Rendering(locale: "en_GB", formats: LocaleFormats()), columns: ExtraColumns())
    var facts = writer.message(
      contact, language: "en", company: Samples.company, identity: Samples.identity, pay: Samples.pay,
      hasAttachment: false)
    facts.append(Fact("subject", writer.word("x")))
    Self.isSame(facts.named(writer.rendering), Vocabulary.root, "message")
  }

  @Test("are no name twice in one place")
  func unique() {
    func check(_ terms: [Vocabulary.Term]) {
      #expect(Set(terms.map(\.name)).count == terms.count)
      for case .list(let inner) in terms.map(\.kind) { check(inner) }
    }
    check(Vocabulary.root)
  }

  private static func table(_ title: String, _ terms: [Vocabulary.Term]) -> String {
    var text = "### \(title)\n\n| name | kind | stands for |\n|---|---|---|\n"
    var lists: [(String, [Vocabulary.Term])] = []
    for term in terms {
      let kind: String
      switch term.kind {
      case .text: kind = "text"
      case .uri: kind = "link"
      case .flag: kind = "flag"
      case .columns: kind = "columns"
      case .list(let inner):
        kind = "list"
        lists.append((term.name, inner))
      }
      text += "| `\(term.name)` | \(kind) | \(term.about) |\n"
    }
    return text + lists.map { "\n" + table("In `\($0.0)`", $0.1) }.joined()
  }

  @Test("are those of docs/templates.md; UPDATE_GOLDEN=1 writes them there")
  func documented() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "docs/templates.md")
    let text = try String(contentsOf: file, encoding: .utf8)
    let begin = try #require(text.range(of: "<!-- names: begin -->\n"))
    let end = try #require(text.range(of: "<!-- names: end -->"))
    let expected = "\n" + Self.table("Everywhere", Vocabulary.root) + "\n"
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      let updated = text[..<begin.upperBound] + expected + text[end.lowerBound...]
      try String(updated).write(to: file, atomically: true, encoding: .utf8)
    } else {
      #expect(String(text[begin.upperBound..<end.lowerBound]) == expected)
    }
  }
}
