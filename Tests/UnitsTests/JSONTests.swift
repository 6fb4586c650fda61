import Foundation
import Testing

@testable import Units

@Suite("JSON")
struct JSONTests {
  /// Section 7 and 8 of RFC 8259, and what could steer a terminal.
  static let strings: [(String, String)] = [
    ("", #""""#), ("a/b", #""a/b""#), ("\"\\", #""\"\\""#), ("\n\r\t", #""\n\r\t""#),
    ("\u{0}\u{1B}", #""\u0000\u001b""#),
    ("\u{7F}\u{85}", #""\u007f\u0085""#), ("\u{2028}\u{202E}\u{2066}", #""\u2028\u202e\u2066""#),
    ("Grüße 😀", #""Grüße 😀""#),
  ]

  @Test("a string is written in one way and reads back", arguments: strings)
  func writes(value: String, text: String) throws {
    #expect(JSONValue.string(value).text == text)
    #expect(try JSONReader.value(text) == .string(value))
  }

  @Test("members keep their order, and the same value is the same bytes")
  func objects() throws {
    var object = JSONObject([("b", .int(1)), ("a", .strings(["x"])), ("c", .null)])
    object["b"] = .bool(true)
    object["c"] = nil
    object["d"] = .object(JSONObject())
    #expect(object.text == #"{"b":true,"a":["x"],"d":{}}"#)
    #expect(try JSONReader.value(" {\"b\" : true,\"a\":[ \"x\"],\"d\":{} }\n") == .object(object))
  }

  static let numbers: [(String, JSONValue)] = [
    ("0", .int(0)), ("-7", .int(-7)), ("9223372036854775807", .int(.max)),
    ("9223372036854775808", .number("9223372036854775808")), ("1.50", .number("1.50")), ("-0", .number("-0")),
    ("1e5", .number("1e5")), ("0.1E-2", .number("0.1E-2")),
  ]

  @Test("a number that is not a whole one keeps its digits", arguments: numbers)
  func keepsDigits(text: String, value: JSONValue) throws {
    #expect(try JSONReader.value(text) == value)
    #expect(value.text == text)
  }

  @Test("escapes are read, pairs of surrogates too")
  func escapes() throws {
    #expect(try JSONReader.value(#""\u00e4\/\b\f\ud83d\ude00""#) == .string("ä/\u{8}\u{C}😀"))
  }

  static let bad: [(String, Int, String)] = [
    ("", 0, "found the end, expected a value"), ("{", 1, "found the end, expected a member's name"),
    ("[1,]", 3, "found \"]\", expected a value"), (#"{"a":1,}"#, 7, "found \"}\", expected a member's name"),
    (#"{"a":1,"a":2}"#, 7, "found a second member \"a\""), ("01", 0, "found the end, expected a number"),
    ("1.", 2, "found the end, expected a digit after the point"), ("+1", 0, "found \"+\", expected a value"),
    ("nul", 0, "found \"n\", expected a value"), ("1 2", 2, "found \"2\" after the value, expected its end"),
    ("\"a\nb\"", 2, "found byte 0x0A in a string, expected it as an escape"), (#""\x""#, 1, "found an unknown escape"),
    (#""\ud83d""#, 7, "found half of a surrogate pair"),
    (#""\u12g4""#, 3, "found \"1\", expected four hexadecimal digits"),
    ("'a'", 0, "found \"'\", expected a value"),
    (#""abc"#, 4, "found the end, expected the end of the string that began at byte 1"),
  ]

  @Test("what is no JSON is refused at its place", arguments: bad)
  func refuses(text: String, offset: Int, message: String) {
    #expect(throws: JSONError(offset: offset, message: message)) { try JSONReader.value(text) }
  }

  @Test("bytes that are no UTF-8 are refused")
  func encoding() {
    for bytes: [UInt8] in [[0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]] {
      #expect(throws: JSONError(offset: 0, message: "the string is not UTF-8")) { try JSONReader.value(bytes[...]) }
    }
  }

  @Test("depth is limited, so that no input overflows the stack")
  func depth() throws {
    let deep = JSONReader.depthMax
    _ = try JSONReader.value(String(repeating: "[", count: deep) + String(repeating: "]", count: deep))
    #expect(throws: JSONError(offset: deep, message: "nested more than \(deep) deep")) {
      try JSONReader.value(String(repeating: "[", count: 100_000))
    }
  }

  @Test("Foundation reads what is written")
  func foundation() throws {
    let object = JSONObject(JSONTests.strings.enumerated().map { ("k\($0.offset)", .string($0.element.0)) })
    let read = try JSONSerialization.jsonObject(with: Data(object.text.utf8)) as? [String: String]
    #expect(read?.values.sorted() == JSONTests.strings.map(\.0).sorted())
  }
}
