import Testing

@testable import Intake

/// The rows of a text: line, fields, fault.
private func rows(_ text: String, _ delimiter: Character = ",") -> [String] {
  text.bytes { bytes in
    var reader = CSVReader(bytes, delimiter: delimiter.asciiValue ?? 0)
    var rows: [String] = []
    while reader.next() {
      let fields = (0..<reader.fieldCount).map { String(decoding: reader.field($0), as: UTF8.self) }
      let fault = reader.fault.map { " !\($0)" } ?? ""
      rows.append("\(reader.line): \(fields.joined(separator: "|"))\(fault)")
    }
    return rows
  }
}

@Suite("A CSV file is read strictly")
struct CSVReaderTests {
  // RFC 4180 section 2, and what exports add to it.
  @Test(
    "rows and fields",
    arguments: [
      ("a,b\nc,d\n", ["1: a|b", "2: c|d"]),
      ("a,b\nc,d", ["1: a|b", "2: c|d"]),
      ("a,b\r\nc,d\re,f\ng,h", ["1: a|b", "2: c|d", "3: e|f", "4: g|h"]),
      ("a,\n,b", ["1: a|", "2: |b"]),
      ("\"a,b\",c", ["1: a,b|c"]),
      ("\"a\"\"b\",c", ["1: a\"b|c"]),
      ("\"\"\"\",\"\"", ["1: \"|"]),
      ("\"a\nb\",c\nd,e", ["1: a\nb|c", "3: d|e"]),
      ("\"a\r\nb\rc\",c\nd,e", ["1: a\r\nb\rc|c", "4: d|e"]),
      ("24\" pipe,x", ["1: 24\" pipe|x"]),
      (" a , b ", ["1: a|b"]),
      ("\"a\" ,b", ["1: a|b"]),
      ("a,b\n\n\nc,d\n\n", ["1: a|b", "4: c|d"]),
      ("\n\na", ["3: a"]),
      ("a;b,c", ["1: a;b|c"]),
      ("", []), ("\n", []), ("\"\"", ["1: "]),
    ])
  func fields(text: String, expected: [String]) { #expect(rows(text) == expected) }

  @Test("semicolons and tabs part fields when they are the delimiter")
  func delimiters() {
    #expect(rows("a,b;\"c;d\"", ";") == ["1: a,b|c;d"])
    #expect(rows("a\t\t\"b\tc\"", "\t") == ["1: a||b\tc"])
  }

  @Test(
    "faults",
    arguments: [
      ("a,\"b\nc,d\n", ["1: a|b\nc,d\n !unterminatedQuote"]),
      ("\"", ["1:  !unterminatedQuote"]),
      ("a,\"b\"c,d\ne,f", ["1: a|b|d !textAfterQuote(field: 1)", "2: e|f"]),
      ("a, \"b\"\ne,f", ["1: a|\"b\" !blankBeforeQuote(field: 1)", "2: e|f"]),
      ("a,b\0\nc", ["1: a|b\0 !nul", "2: c"]),
      ("a,\"b\0\"\nc", ["1: a|b\0 !nul", "2: c"]),
    ])
  func faults(text: String, expected: [String]) { #expect(rows(text) == expected) }

  // Unicode 16 section 3.9, table 3-7.
  @Test(
    "only well-formed UTF-8 is text",
    arguments: [
      ([0x41, 0xC3, 0xA4, 0xE2, 0x82, 0xAC, 0xF0, 0x9F, 0x98, 0x80], true),
      ([0xC0, 0x80], false), ([0xC3], false), ([0xE4, 0x41], false), ([0xED, 0xA0, 0x80], false),
      ([0xE0, 0x9F, 0xBF], false), ([0xF4, 0x90, 0x80, 0x80], false), ([0xF5, 0x80, 0x80, 0x80], false),
      ([0xE2, 0x82], false), ([0x80], false), ([], true),
    ] as [([UInt8], Bool)])
  func utf8(bytes: [UInt8], isValid: Bool) {
    #expect(FileText.isValid(bytes[...]) == isValid)
    #expect((String(validating: bytes, as: UTF8.self) != nil) == isValid)
  }
}
