/// Where a key or value starts in its text.
package struct TOMLPosition: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// From 1.
  package let line: Int
  /// From 1, in Unicode scalars (a tab is one, `ä` is one).
  package let column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  package static func < (a: TOMLPosition, b: TOMLPosition) -> Bool { (a.line, a.column) < (b.line, b.column) }
  /// `14:9`
  package var description: String { "\(line):\(column)" }
}

/// One key of a table, where the key stands, and its value.
package struct TOMLEntry: Sendable {
  package let key: String
  /// Where this part of the key was first written; for `a.b = 1` the entry `b` stands at the `b`.
  package let position: TOMLPosition
  package let value: TOMLValue
}

/// A table: entries in the order in which their keys first appear.
package struct TOMLTable: Sendable {
  package let entries: [TOMLEntry]
  /// The `[` of its header or the `{` of an inline table; for one made in passing (`a` in `[a.b]`) the key that made
  /// it; 1:1 for the document.
  package let position: TOMLPosition
  /// By the bytes of the key: keys that differ only in Unicode normalisation are different keys in TOML.
  private let indexByKey: [[UInt8]: Int]

  init(entries: [TOMLEntry], position: TOMLPosition, indexByKey: [[UInt8]: Int]) {
    self.entries = entries
    self.position = position
    self.indexByKey = indexByKey
  }

  /// A table without entries, as an empty document gives.
  package static let empty = TOMLTable(
    entries: [], position: TOMLPosition(line: 1, column: 1), indexByKey: [:])

  package var isEmpty: Bool { entries.isEmpty }

  /// The entry of `key`, nil if the table has none.
  package func entry(_ key: String) -> TOMLEntry? {
    indexByKey[Array(key.utf8)].map { entries[$0] }
  }

  /// The value of `key`, nil if the table has none.
  package subscript(key: String) -> TOMLValue? { entry(key)?.value }
}

/// A value and where it starts.
package struct TOMLValue: Sendable {
  package let kind: Kind
  package let position: TOMLPosition

  package enum Kind: Sendable {
    case string(String)
    case integer(Int64)
    case float(TOMLFloat)
    case boolean(Bool)
    case offsetDateTime(TOMLDateTime, offsetMinutes: Int)
    case localDateTime(TOMLDateTime)
    case localDate(TOMLDate)
    case localTime(TOMLTime)
    case array([TOMLValue])
    case table(TOMLTable)
  }

  /// What kind it is, in the words of an error message: `a text`, `a whole number`.
  package var kindName: String {
    switch kind {
    case .string: "a text"
    case .integer: "a whole number"
    case .float: "a decimal number"
    case .boolean: "true or false"
    case .offsetDateTime: "a date and time with offset"
    case .localDateTime: "a date and time"
    case .localDate: "a date"
    case .localTime: "a time"
    case .array: "a list"
    case .table: "a table"
    }
  }
}

/// A float as it was written: an exact decimal must not pass through `double`.
package struct TOMLFloat: Sendable, Hashable {
  /// As in the file, without underscores: `0.10`, `-1e6`, `inf`.
  package let text: String

  /// The nearest binary number; only for quantities that are not exact.
  package var double: Double {
    switch text {
    case "nan", "+nan", "-nan": .nan
    case "inf", "+inf": .infinity
    case "-inf": -.infinity
    default: Double(text) ?? .nan
    }
  }
}

/// A civil date that exists (no 30 February); the year is 0...9999.
package struct TOMLDate: Hashable, Sendable {
  package let year: Int
  package let month: Int
  package let day: Int
}

/// A time of day. The second may be 60 (RFC 3339 section 5.7 allows for leap seconds).
package struct TOMLTime: Hashable, Sendable {
  package let hour: Int
  package let minute: Int
  package let second: Int
  /// Digits beyond the ninth are cut off, as the specification allows.
  package let nanosecond: Int
}

/// A date with a time of day.
package struct TOMLDateTime: Hashable, Sendable {
  package let date: TOMLDate
  package let time: TOMLTime
}
