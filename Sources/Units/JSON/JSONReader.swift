/// Why a text is not JSON, and at which byte.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// From 0, in bytes.
  package let offset: Int
  /// What was found and what was expected.
  package let message: String

  package var description: String { "byte \(offset + 1): \(message)" }
}

/// Reads JSON as RFC 8259 has it and nothing else: no comments, no trailing commas, no two members of one name, no
/// lone surrogates, only UTF-8, nested at most `depthMax` deep. Any bytes give a value or an error, never a crash.
package struct JSONReader {
  package static let depthMax = 32

  private let bytes: ArraySlice<UInt8>
  private var at: Int
  private var depth = 0

  private init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    at = bytes.startIndex
  }

  /// The one value that `bytes` hold, blanks around it allowed.
  package static func value(_ bytes: ArraySlice<UInt8>) throws(JSONError) -> JSONValue {
    var reader = JSONReader(bytes)
    let value = try reader.value()
    reader.skipBlanks()
    if let byte = reader.peek { throw reader.error("found \(name(byte)) after the value, expected its end") }
    return value
  }

  package static func value(_ text: String) throws(JSONError) -> JSONValue { try value(Array(text.utf8)[...]) }

  private var peek: UInt8? { at < bytes.endIndex ? bytes[at] : nil }
  private var found: String { peek.map(JSONReader.name) ?? "the end" }

  private func error(_ message: String, at place: Int? = nil) -> JSONError {
    JSONError(offset: (place ?? at) - bytes.startIndex, message: message)
  }

  private static func name(_ byte: UInt8) -> String {
    guard byte > 0x20, byte < 0x7F else {
      let hex = String(byte, radix: 16, uppercase: true)
      return "byte 0x" + (hex.count < 2 ? "0" : "") + hex
    }
    return "\"\(Character(Unicode.Scalar(byte)))\""
  }

  private mutating func skipBlanks() {
    while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { at += 1 }
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    skipBlanks()
    guard let byte = peek else { throw error("found the end, expected a value") }
    switch byte {
    case UInt8(ascii: "{"): return .object(try nested { reader throws(JSONError) in try reader.object() })
    case UInt8(ascii: "["): return .array(try nested { reader throws(JSONError) in try reader.array() })
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw error("found \(found), expected a value")
    }
  }

  private mutating func nested<Value>(
    _ read: (inout JSONReader) throws(JSONError) -> Value
  ) throws(JSONError) -> Value {
    guard depth < JSONReader.depthMax else { throw error("nested more than \(JSONReader.depthMax) deep") }
    depth += 1
    at += 1
    let value = try read(&self)
    depth -= 1
    return value
  }

  private mutating func object() throws(JSONError) -> JSONObject {
    var object = JSONObject()
    skipBlanks()
    if take(UInt8(ascii: "}")) { return object }
    while true {
      skipBlanks()
      let place = at
      guard peek == UInt8(ascii: "\"") else { throw error("found \(found), expected a member's name") }
      let name = try string()
      if object[name] != nil { throw error("found a second member \"\(name)\"", at: place) }
      skipBlanks()
      guard take(UInt8(ascii: ":")) else { throw error("found \(found), expected \":\"") }
      object.append(name, try value())
      skipBlanks()
      if take(UInt8(ascii: "}")) { return object }
      guard take(UInt8(ascii: ",")) else { throw error("found \(found), expected \",\" or \"}\"") }
    }
  }

  private mutating func array() throws(JSONError) -> [JSONValue] {
    var list: [JSONValue] = []
    skipBlanks()
    if take(UInt8(ascii: "]")) { return list }
    while true {
      list.append(try value())
      skipBlanks()
      if take(UInt8(ascii: "]")) { return list }
      guard take(UInt8(ascii: ",")) else { throw error("found \(found), expected \",\" or \"]\"") }
    }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    at += 1
    return true
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
    let letters = word.description.utf8
    guard bytes[at...].starts(with: letters) else { throw error("found \(found), expected a value") }
    at += letters.count
    return value
  }
}

// MARK: - Numbers and strings

extension JSONReader {
  private mutating func number() throws(JSONError) -> JSONValue {
    let start = at
    let isNegative = take(UInt8(ascii: "-"))
    let isZero = peek == UInt8(ascii: "0")
    let whole = digits()
    guard whole > 0, !(isZero && whole > 1) else { throw error("found \(found), expected a number", at: start) }
    var isWhole = !(isNegative && isZero)
    if take(UInt8(ascii: ".")) {
      isWhole = false
      guard digits() > 0 else { throw error("found \(found), expected a digit after the point") }
    }
    if let byte = peek, byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
      isWhole = false
      at += 1
      if let sign = peek, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { at += 1 }
      guard digits() > 0 else { throw error("found \(found), expected a digit of the exponent") }
    }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    if isWhole, let value = Int(text) { return .int(value) }
    return .number(text)
  }

  private mutating func digits() -> Int {
    let start = at
    while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { at += 1 }
    return at - start
  }

  private mutating func string() throws(JSONError) -> String {
    let start = at
    at += 1
    while let byte = peek, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { at += 1 }
    if peek == UInt8(ascii: "\"") {
      at += 1
      return try text(bytes[(start + 1)..<(at - 1)], from: start)
    }
    var output = Array(bytes[(start + 1)..<at])
    while let byte = peek {
      at += 1
      switch byte {
      case UInt8(ascii: "\""): return try text(output[...], from: start)
      case UInt8(ascii: "\\"): output.append(contentsOf: try escape())
      case 0..<0x20: throw error("found \(JSONReader.name(byte)) in a string, expected it as an escape", at: at - 1)
      default: output.append(byte)
      }
    }
    throw error("found the end, expected the end of the string that began at byte \(start - bytes.startIndex + 1)")
  }

  private func text(_ bytes: ArraySlice<UInt8>, from start: Int) throws(JSONError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw error("the string is not UTF-8", at: start)
    }
    return text
  }

  private mutating func escape() throws(JSONError) -> UTF8.EncodedScalar {
    let place = at - 1
    guard let byte = peek else { throw error("found the end, expected an escape") }
    at += 1
    let scalar: Unicode.Scalar? =
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): Unicode.Scalar(byte)
      case UInt8(ascii: "b"): "\u{8}"
      case UInt8(ascii: "f"): "\u{C}"
      case UInt8(ascii: "n"): "\n"
      case UInt8(ascii: "r"): "\r"
      case UInt8(ascii: "t"): "\t"
      case UInt8(ascii: "u"): try unicode()
      default: nil
      }
    guard let scalar, let encoded = UTF8.encode(scalar) else { throw error("found an unknown escape", at: place) }
    return encoded
  }

  private mutating func unicode() throws(JSONError) -> Unicode.Scalar? {
    let first = try hexadecimal()
    guard (0xD800..<0xE000).contains(first) else { return Unicode.Scalar(first) }
    guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
      throw error("found half of a surrogate pair")
    }
    let second = try hexadecimal()
    guard (0xDC00..<0xE000).contains(second) else { throw error("found half of a surrogate pair") }
    return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt32 {
    guard bytes.endIndex - at >= 4 else { throw error("found the end, expected four hexadecimal digits") }
    var value: UInt32 = 0
    for byte in bytes[at..<(at + 4)] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw error("found \(found), expected four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
    }
    at += 4
    return value
  }
}
