import TOML
import Testing

/// What a person reads who made a mistake: the place, what stands there, what was expected.
@Suite("Error messages")
struct ErrorMessageTests {
  static let table: [(document: String, error: String)] = [
    ("name", #"1:5: found the end of the file, expected "=" after the key"#),
    ("a = 1\nname Example\n", #"2:6: found "E", expected "=" after the key"#),
    ("= 1", #"1:1: found "=", expected a key (letters A-Z, digits, - and _; others need quotes)"#),
    ("größe = 1", #"1:3: found "ö", expected "=" after the key"#),
    ("[ä]", #"1:2: found "ä", expected a key (letters A-Z, digits, - and _; others need quotes)"#),
    ("[%]", #"1:2: found "%", expected a key (letters A-Z, digits, - and _; others need quotes)"#),
    ("[.a]", #"1:2: found ".", expected a key (letters A-Z, digits, - and _; others need quotes)"#),
    ("[mail\nurl = 1", #"1:6: found the end of the line, expected "]" to close the table header"#),
    ("[[pay]\n", #"1:7: found the end of the line, expected "]]" to close the table header"#),
    ("[mail] url = 1", #"1:8: found "u", expected the end of the line after a table header"#),
    ("a = 1 b = 2", #"1:7: found "b", expected the end of the line after a value"#),
    ("a =", "1:4: found the end of the file, expected a value"),
    ("a = \nb = 1", "1:5: found the end of the line, expected a value"),
    ("a = yes", #"1:5: found "yes", expected a value: is true meant?"#),
    ("a = False", #"1:5: found "False", expected a value: is false meant?"#),
    ("currency = EUR", #"1:12: found "EUR", expected a value: text needs quotes"#),
    (
      "hours = 10:00-16:00",
      #"1:9: found "10:00-16:00", which has no ":" between minute and second (TOML times have seconds); "#
        + "expected a number, a date, or text in quotes"
    ),
    (
      "every = 15m",
      #"1:9: found "15m", which has "m" in a number; expected a number, a date, or text in quotes"#
    ),
    (
      "day = 2026-02-30",
      #"1:7: found "2026-02-30", which has 30 for the day of this month, which goes from 1 to 28; "#
        + "expected a number, a date, or text in quotes"
    ),
    (
      "day = 07",
      #"1:7: found "07", which has a leading zero; expected a number, a date, or text in quotes"#
    ),
    (
      "max = 9223372036854775808",
      #"1:7: found "9223372036854775808", which has more than the 64 bits of a whole number; "#
        + "expected a number, a date, or text in quotes"
    ),
    (#"a = "x"#, #"1:7: found the end of the file, expected a closing quote ""#),
    ("a = 'x\nb = 1", "1:7: found the end of the line, expected a closing quote '"),
    (
      "a = \"\"\"x\ny",
      #"2:2: found the end of the file, expected """ to close the text that starts at 1:5"#
    ),
    (
      #"a = "C:\path""#,
      #"1:8: found a backslash before "p", expected one of \b \t \n \f \r \" \\ \uHHHH \UHHHHHHHH; "#
        + "text in single quotes takes a backslash as it is"
    ),
    (#"a = "\ud800""#, "1:6: found U+D800, expected a Unicode character (up to 10FFFF, no surrogate)"),
    (
      "a = \"x\u{7}\"",
      #"1:7: found the control character U+0007 in a text, expected it as an escape such as \n or \u0000"#
    ),
    ("# x\u{7}", "1:4: found the control character U+0007 in a comment, expected none but tabs"),
    (
      "a = 1\rb = 2",
      "1:6: found a carriage return without line feed, expected lines to end in LF or CR LF"
    ),
    (
      "days = [\n  \"mon\"\n  \"tue\"\n]",
      #"3:3: found """, expected "," or "]" in the list that starts at 1:8"#
    ),
    (
      "at_most = { contacts = 1\n}",
      #"1:25: found the end of the line, expected the inline table that starts at 1:11 to end with "}" on its line"#
    ),
    (
      "a = { b = 1, }",
      #"1:14: found "}" after a comma, expected another key: an inline table has no last comma"#
    ),
    (
      "[mail]\nurl = 1\nurl = 2",
      "3:1: found url again, expected a new name: url is a whole number in line 2"
    ),
    (
      "[mail]\n[ledger]\n[mail]\n",
      "3:2: found mail again, expected a new name: mail is a table with its own header in line 1"
    ),
    (
      "[pay]\n[[pay]]\n",
      "2:3: found [[pay]], expected a new name: pay is a table with its own header in line 1"
    ),
    (
      "at_most = { contacts = 1 }\nat_most.per = \"7d\"",
      "2:1: found at_most.per, which adds to a table that is closed: at_most is a table in line 1"
    ),
  ]

  @Test("each mistake is named with its place", arguments: table)
  func message(_ document: String, _ error: String) {
    let thrown = #expect(throws: TOMLError.self) { try TOMLDocument.parse(Array(document.utf8)) }
    #expect(thrown?.description == error)
  }

  @Test("bytes that are not UTF-8 are named with their place")
  func encoding() {
    let thrown = #expect(throws: TOMLError.self) {
      try TOMLDocument.parse(Array("a = 1\nb = \"ä".utf8) + [0xE4, 0x22])
    }
    #expect(
      thrown?.description == "2:7: found byte 0xE4, expected UTF-8: save the file with the encoding UTF-8")
  }
}
