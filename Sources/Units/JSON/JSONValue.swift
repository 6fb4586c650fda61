/// A JSON value (RFC 8259) whose objects remember the order of their members, so that what is written is always the
/// same bytes.
///
/// Whole numbers that fit are `int`; any other number keeps the characters it was written with, so that none loses
/// digits. Money, days and instants are strings.
package enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case int(Int)
  /// A number with a fraction, an exponent or too many digits, as written.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  package static func strings(_ list: [String]) -> JSONValue { .array(list.map(JSONValue.string)) }
  package static func money(_ money: Money) -> JSONValue { .string(money.decimal) }
  package static func day(_ day: Day) -> JSONValue { .string(day.description) }
  package static func instant(_ instant: Instant) -> JSONValue { .string(instant.description) }

  package var string: String? { if case .string(let value) = self { value } else { nil } }
  package var int: Int? { if case .int(let value) = self { value } else { nil } }
  package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  package var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
  package var object: JSONObject? { if case .object(let value) = self { value } else { nil } }
}

/// The members of a JSON object in their order; no two have one name.
package struct JSONObject: Sendable, Equatable {
  package struct Member: Sendable, Equatable {
    package var name: String
    package var value: JSONValue

    package init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  package private(set) var members: [Member] = []

  package init() {}

  package init(_ members: [(String, JSONValue)]) {
    for (name, value) in members { self[name] = value }
  }

  /// The member's value; nil when there is none. Setting keeps the member's place or puts it last; nil removes it.
  package subscript(name: String) -> JSONValue? {
    get { members.first { $0.name == name }?.value }
    set {
      let index = members.firstIndex { $0.name == name }
      switch (index, newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append(Member(name, value))
      case (nil, nil): break
      }
    }
  }

  /// Puts a member last without looking whether the name is taken: for readers that have looked already.
  mutating func append(_ name: String, _ value: JSONValue) { members.append(Member(name, value)) }

  package var isEmpty: Bool { members.isEmpty }
  /// One line, as `JSONText` writes it.
  package var text: String { JSONValue.object(self).text }
}
