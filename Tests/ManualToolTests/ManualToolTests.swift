import Testing

@testable import ManualTool

@Suite("Manual pages")
struct ManualToolTests {
  private func page(_ markdown: String) -> [String] {
    var roff = Roff(name: "x", section: 5, version: "1")
    MarkdownPage(markdown).write(into: &roff)
    return Array(roff.lines.dropFirst(3))
  }

  @Test("headings, paragraphs, bullets, code")
  func blocks() {
    #expect(
      page(
        "# Title\n\none `two-three`\n**four** [five](six.md)\n\n## A `b`\n\n- x\n  y\n- z\n\n    code -1\n    .end\n")
        == [
          ".PP", "one \\fBtwo\\-three\\fR \\fBfour\\fR five", ".SH \"A B\"", ".IP \\(bu 2", "x y", ".IP \\(bu 2", "z",
          ".PP", ".RS 4", ".nf", "code \\-1", "\\&.end", ".fi", ".RE",
        ])
  }

  @Test("a table becomes tagged paragraphs, what is between by its heading")
  func table() {
    #expect(
      page("| key | default | what it does |\n|---|---|---|\n| `every` | `\"15m\"` | the time \\| between |\n") == [
        ".TP", "\\fBevery\\fR", "default: \\fB\\(dq15m\\(dq\\fR; the time | between",
      ])
  }

  @Test("what would be a macro or an escape stays text")
  func escapes() {
    #expect(Roff.marked(".profile") == "\\&.profile")
    #expect(Roff.marked("a *word*, 2 * 3 * 4") == "a \\fIword\\fR, 2 * 3 * 4")
    #expect(Roff.marked("'a' \\b") == "\\&'a' \\eb")
  }
}
