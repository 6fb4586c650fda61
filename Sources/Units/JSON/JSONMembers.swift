/// The members of a JSON object, written one after the other just as `JSONText` would, with no values made of them first:
/// for records, of which there are many. That no two have one name is up to who writes them.
package struct JSONMembers {
  private var text = JSONText()
  /// False behind the brace that opens an object.
  private var needsComma = true

  package init() {}

  /// Every member with a comma before it, the first one too.
  package var bytes: [UInt8] { text.bytes }
  package var isEmpty: Bool { text.bytes.isEmpty }

  package mutating func put(_ name: StaticString, _ value: String) {
    begin(name)
    text.write(string: value)
  }

  package mutating func put(_ name: StaticString, _ value: Int) {
    begin(name)
    text.write(raw: String(value))
  }

  package mutating func put(_ name: StaticString, _ value: Bool) {
    begin(name)
    text.write(raw: value ? "true" : "false")
  }

  package mutating func put(_ name: StaticString, _ value: Day) { put(name, plain: value.description) }
  package mutating func put(_ name: StaticString, _ value: Instant) { put(name, plain: value.description) }
  package mutating func put(_ name: StaticString, _ value: Money) { put(name, plain: value.decimal) }

  package mutating func put(_ name: StaticString, _ values: [String]) {
    begin(name)
    text.write(byte: UInt8(ascii: "["))
    for (index, value) in values.enumerated() {
      if index > 0 { text.write(byte: UInt8(ascii: ",")) }
      text.write(string: value)
    }
    text.write(byte: UInt8(ascii: "]"))
  }

  package mutating func put(_ name: StaticString, _ value: JSONObject) {
    begin(name)
    text.write(value)
  }

  /// A list of objects.
  package mutating func put<Element>(
    _ name: StaticString, each list: [Element], _ members: (inout JSONMembers, Element) -> Void
  ) {
    begin(name)
    text.write(byte: UInt8(ascii: "["))
    for (index, element) in list.enumerated() {
      if index > 0 { text.write(byte: UInt8(ascii: ",")) }
      object { members(&$0, element) }
    }
    text.write(byte: UInt8(ascii: "]"))
  }

  package mutating func put(_ name: StaticString, object members: (inout JSONMembers) -> Void) {
    begin(name)
    object(members)
  }

  /// Members that were written elsewhere.
  package mutating func put(all other: JSONMembers) {
    text.write(bytes: needsComma || other.isEmpty ? other.bytes[...] : other.bytes.dropFirst())
    needsComma = needsComma || !other.isEmpty
  }

  private mutating func object(_ members: (inout JSONMembers) -> Void) {
    text.write(byte: UInt8(ascii: "{"))
    needsComma = false
    members(&self)
    needsComma = true
    text.write(byte: UInt8(ascii: "}"))
  }

  /// A text in which nothing is to be escaped.
  private mutating func put(_ name: StaticString, plain value: String) {
    begin(name)
    text.write(byte: UInt8(ascii: "\""))
    text.write(raw: value)
    text.write(byte: UInt8(ascii: "\""))
  }

  private mutating func begin(_ name: StaticString) {
    if needsComma { text.write(byte: UInt8(ascii: ",")) }
    needsComma = true
    text.write(byte: UInt8(ascii: "\""))
    text.write(bytes: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    text.write(byte: UInt8(ascii: "\""))
    text.write(byte: UInt8(ascii: ":"))
  }
}
