import Testing
import Units

@testable import Commands

@Suite("What commands print")
struct OutputTests {
  private let plain = Terminal(width: nil, colours: false)

  private func table(_ rows: [[String]]) -> TextTable {
    var table = TextTable([.init("NAME", least: 6), .init("AMOUNT", right: true), .init("NOTE", least: 4)])
    for row in rows { table.add(row) }
    return table
  }

  @Test("columns are as narrow as their cells, amounts stand right, nothing trails")
  func columnsFit() {
    let lines = table([["Möller", "1.00", ""], ["K", "1234.50", "late"]]).lines(in: plain)
    #expect(lines == ["NAME     AMOUNT  NOTE", "Möller     1.00", "K       1234.50  late"])
  }

  @Test("wide characters take two columns and marks over letters none")
  func widths() {
    #expect("東京".columns == 4)
    #expect("e\u{301}".columns == 1)
    let lines = table([["東京", "1.00", "x"]]).lines(in: plain)
    #expect(lines[1] == "東京    1.00  x")
  }

  @Test("a narrow terminal shortens the widest column that may shrink, and never an amount")
  func narrow() {
    let terminal = Terminal(width: 24, colours: false)
    let lines = table([["a very long name indeed", "1234567.50", "paid"]]).lines(in: terminal)
    #expect(lines[1] == "a ver…  1234567.50  paid")
    #expect(lines.allSatisfy { $0.columns <= 24 })
  }

  @Test("no cell steers the terminal or turns its direction")
  func printable() {
    #expect("a\u{1B}[31mb\nc\u{202E}d".printable == "a?[31mb?c?d")
    #expect("Grüße".printable == "Grüße")
  }

  @Test("colour only where the output says so")
  func colour() {
    #expect(plain.paint("x", .red) == "x")
    #expect(Terminal(width: 80, colours: true).paint("x", .red) == "\u{1B}[31mx\u{1B}[0m")
  }

  @Test(
    "CSV quotes what needs it and defuses formulas",
    arguments: [
      (["a", "b"], "a,b\r\n"), (["a,b", "say \"hi\""], "\"a,b\",\"say \"\"hi\"\"\"\r\n"),
      (["two\nlines"], "\"two\nlines\"\r\n"), (["=1+1"], "'=1+1\r\n"), (["-5.00"], "-5.00\r\n"), (["@x"], "'@x\r\n"),
      (["-5;cmd"], "'-5;cmd\r\n"), ([""], "\r\n"),
    ])
  func csv(cells: [String], line: String) { #expect(CSVText.line(cells) == line) }

  @Test("one listing speaks table, JSON and CSV")
  func listing() {
    var listing = Listing([.init("INVOICE"), .init("OPEN", right: true)], empty: "Nothing.")
    #expect(listing.text(.table, plain) == "Nothing.\n")
    #expect(listing.text(.json, plain).isEmpty)
    listing.rows.append(
      .init(["R-1", "5.00"], [("invoice", .string("R-1")), ("to", .strings(["a@b", "c@d"])), ("level", .null)]))
    #expect(listing.text(.table, plain) == "INVOICE  OPEN\nR-1      5.00\n")
    #expect(listing.text(.json, plain) == #"{"invoice":"R-1","to":["a@b","c@d"],"level":null}"# + "\n")
    #expect(listing.text(.csv, plain) == "invoice,to,level\r\nR-1,a@b;c@d,\r\n")
  }
}
