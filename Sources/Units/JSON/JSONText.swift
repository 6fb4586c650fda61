/// Writes JSON: one way to write each value, no blanks, no line breaks, so that the same value is the same bytes.
///
/// Besides what RFC 8259 section 7 demands, it escapes what could steer a terminal or turn text around on it (C1
/// controls, delete, line separators, bidirectional marks), since people look at these lines with `tail -f`.
package struct JSONText {
  package private(set) var bytes: [UInt8] = []

  package init() { bytes.reserveCapacity(1024) }

  package mutating func write(_ value: JSONValue) {
    switch value {
    case .null: write(raw: "null")
    case .bool(let value): write(raw: value ? "true" : "false")
    case .int(let value): write(raw: String(value))
    case .number(let text): write(raw: text)
    case .string(let text): write(string: text)
    case .array(let list):
      bytes.append(UInt8(ascii: "["))
      for (index, value) in list.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        write(value)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let object): write(object)
    }
  }

  package mutating func write(_ object: JSONObject) {
    bytes.append(UInt8(ascii: "{"))
    for (index, member) in object.members.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      write(member)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  package mutating func write(_ member: JSONObject.Member) {
    write(string: member.name)
    bytes.append(UInt8(ascii: ":"))
    write(member.value)
  }

  /// Characters that are JSON already.
  package mutating func write(raw text: String) { bytes.append(contentsOf: text.utf8) }
  mutating func write(byte: UInt8) { bytes.append(byte) }
  mutating func write(bytes: some Collection<UInt8>) { self.bytes.append(contentsOf: bytes) }

  package mutating func write(string text: String) {
    bytes.append(UInt8(ascii: "\""))
    if text.utf8.allHold(JSONText.isPlain) {
      bytes.append(contentsOf: text.utf8)
    } else {
      for scalar in text.unicodeScalars { write(escaping: scalar) }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  @inline(__always)
  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  private mutating func write(escaping scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x22: write(raw: "\\\"")
    case 0x5C: write(raw: "\\\\")
    case 0x0A: write(raw: "\\n")
    case 0x0D: write(raw: "\\r")
    case 0x09: write(raw: "\\t")
    case 0..<0x20, 0x7F...0x9F, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
      let hex = String(scalar.value, radix: 16)
      write(raw: "\\u" + String(repeating: "0", count: 4 - hex.count) + hex)
    default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
  }
}

extension JSONValue {
  /// One line without a line break.
  package var text: String {
    var text = JSONText()
    text.write(self)
    return String(decoding: text.bytes, as: UTF8.self)
  }
}
