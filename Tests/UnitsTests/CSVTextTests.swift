import Testing
import Units

@Suite("CSV that is written")
struct CSVTextTests {
  @Test(
    "quotes what needs it, by bytes",
    arguments: [
      (["a", "b c"], "a,b c\r\n"),
      (["a,b", "say \"hi\""], "\"a,b\",\"say \"\"hi\"\"\"\r\n"),
      (["two\nlines", "r\r\n"], "\"two\nlines\",\"r\r\n\"\r\n"),
      // A mark behind a quote makes another character of it, and none for whoever reads the file.
      (["X\"\u{301},=1+1"], "\"X\"\"\u{301},=1+1\"\r\n"),
    ])
  func quotes(cells: [String], line: String) {
    #expect(Array(CSVText.line(cells).utf8) == Array(line.utf8))
  }

  @Test(
    "nothing that a spreadsheet would run",
    arguments: ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\tx", "=\u{301}1", "-"])
  func formulas(cell: String) {
    #expect(CSVText.line([cell]).utf8.first == UInt8(ascii: "'"))
  }

  @Test("plain numbers stay what they are", arguments: ["-12.50", "+3", "0", "12"])
  func numbers(cell: String) { #expect(CSVText.line([cell]) == cell + "\r\n") }
}
