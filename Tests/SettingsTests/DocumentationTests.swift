import Foundation
import Testing

@testable import Settings

/// docs/configuration.md and the keys that are read are one list.
@Suite("docs/configuration.md")
struct DocumentationTests {
  /// Tables and keys as the page documents them: headings such as "## `[mail]`", rows such as "| `url` | …".
  private static func documented() throws -> [(table: String, keys: [String])] {
    let page = Repository.root.appendingPathComponent("docs/configuration.md")
    var tables: [(table: String, keys: [String])] = []
    for line in String(decoding: try Data(contentsOf: page), as: UTF8.self).split(separator: "\n") {
      if line.hasPrefix("#"), let start = line.firstIndex(of: "`"), let end = line.lastIndex(of: "`"), start < end {
        let name = line[line.index(after: start)..<end].filter { $0 != "[" && $0 != "]" }
        tables.append((name, []))
      } else if line.hasPrefix("| `"), let end = line.dropFirst(3).firstIndex(of: "`"), !tables.isEmpty {
        tables[tables.count - 1].keys.append(String(line.dropFirst(3)[..<end]))
      }
    }
    return tables
  }

  @Test("every known key is documented and every documented key is known, in one order")
  func keys() throws {
    let documented = try DocumentationTests.documented()
    let known = KnownKeys.tables.filter { !$0.path.isEmpty }
    #expect(documented.map(\.table).sorted() == known.map(\.path).sorted())
    for table in documented {
      #expect(table.keys == KnownKeys.keys(of: table.table), "in [\(table.table)]")
    }
  }

  @Test("the page gives each key a type, a default and a meaning")
  func rows() throws {
    let page = Repository.root.appendingPathComponent("docs/configuration.md")
    for line in String(decoding: try Data(contentsOf: page), as: UTF8.self).split(separator: "\n")
    where line.hasPrefix("| `") {
      let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
      #expect(cells.count == 4, "\(line)")
      #expect(cells.last?.allSatisfy(\.isWhitespace) == false, "\(line)")
    }
  }
}

enum Repository {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
}
