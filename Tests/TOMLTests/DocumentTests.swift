import TOML
import Testing

@Suite("Document")
struct DocumentTests {
  @Test("entries keep the order of the file and know where key and value start")
  func positions() throws {
    let table = try TOMLDocument.parse(
      Array(
        """
        # a comment
        name = "Käse"   # one
        "größe".x = 1\r
        list = [ 1,
          { b = 2.50 } ]

        [mail.relay]
          url = 'x'
        [mail]
        [[pay]]
        [[pay]]
        kind = "link"
        """.utf8))
    #expect(table.entries.map(\.key) == ["name", "größe", "list", "mail", "pay"])
    #expect(table.entries.map(\.position.description) == ["2:1", "3:1", "4:1", "7:2", "10:3"])
    #expect(table["name"]?.position.description == "2:8")
    let size = try #require(table["größe"]?.table)
    #expect(size.entry("x")?.position.description == "3:9")
    #expect(size["x"]?.position.description == "3:13")
    guard case .array(let list)? = table["list"]?.kind else { return #expect(Bool(false), "no list") }
    #expect(list.map(\.position.description) == ["4:10", "5:3"])
    #expect(list[1].table?["b"]?.position.description == "5:9")
    // A header that comes after its sub-table gives the table its place.
    #expect(table["mail"]?.position.description == "9:1")
    #expect(table["mail"]?.table?["relay"]?.table?["url"]?.position.description == "8:9")
    guard case .array(let pays)? = table["pay"]?.kind else { return #expect(Bool(false), "no list") }
    #expect(pays.map(\.position.description) == ["10:1", "11:1"])
  }

  @Test("a decimal number keeps the digits that it was written with")
  func decimals() throws {
    let table = try TOMLDocument.parse(Array("a = 0.10\nb = -1_000.50\nc = 1e3\nd = -inf".utf8))
    let texts = table.entries.map { entry in
      if case .float(let number) = entry.value.kind { return number.text } else { return "" }
    }
    #expect(texts == ["0.10", "-1000.50", "1e3", "-inf"])
    if case .float(let number)? = table["b"]?.kind { #expect(number.double == -1000.5) }
  }

  @Test("keys that look alike but have other bytes are two keys")
  func normalisation() throws {
    let table = try TOMLDocument.parse(Array("\"\u{E9}\" = 1\n\"e\u{301}\" = 2".utf8))
    #expect(table.entries.count == 2)
    if case .integer(let number)? = table["e\u{301}"]?.kind { #expect(number == 2) }
  }

  @Test("256 levels are read and one more is refused", arguments: ["[", "{a=", "a."])
  func depth(_ opening: String) {
    func document(_ levels: Int) -> [UInt8] {
      switch opening {
      case "[": Array(("a = " + String(repeating: "[", count: levels) + String(repeating: "]", count: levels)).utf8)
      case "{a=":
        Array(("a = " + String(repeating: "{a=", count: levels) + "1" + String(repeating: "}", count: levels)).utf8)
      default: Array(("[" + Array(repeating: "a", count: levels).joined(separator: ".") + "]").utf8)
      }
    }
    #expect(throws: Never.self) { try TOMLDocument.parse(document(256)) }
    for levels in [257, 100_000] {
      let error = #expect(throws: TOMLError.self) { try TOMLDocument.parse(document(levels)) }
      #expect(error?.message == "found more than 256 tables or lists inside each other, expected fewer")
    }
  }
}

extension TOMLValue {
  var table: TOMLTable? { if case .table(let table) = kind { table } else { nil } }
}
