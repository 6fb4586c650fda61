import TOML
import Units

/// A value and where it stands.
package struct Located<Value: Sendable>: Sendable {
  package let value: Value
  package let place: Place
}

/// Takes values out of one table: each key once, each with its type, and at the end whatever nobody asked for is an
/// unknown key. What is wrong goes to the list of problems; the value is then nil, and reading goes on.
final class TableReader {
  /// As `KnownKeys` calls the table.
  let path: String
  /// As a person writes it: `mail.password` where `path` is `secret`.
  let name: String
  /// The table in a sentence: `[mail]`, `[[pay]]`, `contact.at_most`, `the step`.
  let label: String
  let table: TOMLTable
  let place: Place
  let problems: ProblemList
  private var asked: Set<String> = []

  init(_ table: TOMLTable, path: String, name: String? = nil, label: String? = nil, problems: ProblemList) {
    self.path = path
    self.name = name ?? path
    self.label = label ?? (self.name.contains(".") ? self.name : "[\(self.name)]")
    self.table = table
    self.problems = problems
    place = Place(table.position, in: problems.file)
  }

  /// The key with its table in front: `mail.url`.
  func dotted(_ key: String) -> String { name.isEmpty ? key : "\(name).\(key)" }

  func place(_ position: TOMLPosition) -> Place { Place(position, in: problems.file) }

  /// Where `key` is written; the table's own place if it is not.
  func place(of key: String) -> Place { table.entry(key).map { place($0.position) } ?? place }

  /// Whether the file gives `key`, rightly or wrongly.
  func has(_ key: String) -> Bool { table.entry(key) != nil }

  func entry(_ key: String) -> TOMLEntry? {
    assert(KnownKeys.keys(of: path).contains(key), "\(path).\(key) is read but not in KnownKeys")
    asked.insert(key)
    return table.entry(key)
  }

  /// Says that `key` has the wrong value; `place` is that of the value.
  func refuse(_ key: String, _ value: TOMLValue, expected: String, remedy: String? = nil) {
    problems.error(
      place(value.position), key: dotted(key), "\(dotted(key)): found \(value.shown), expected \(expected)",
      remedy: remedy)
  }

  /// The value of `key` as `read` makes it; where that gives nil, the problem is that `expected` was expected.
  func value<Value>(
    _ key: String, expected: String, remedy: String? = nil, _ read: (TOMLValue) -> Value?
  ) -> Located<Value>? {
    guard let entry = entry(key) else { return nil }
    guard let value = read(entry.value) else {
      refuse(key, entry.value, expected: expected, remedy: remedy)
      return nil
    }
    return Located(value: value, place: place(entry.position))
  }

  /// Says that a key is missing that has no default.
  func require(_ key: String, expected: String) {
    guard !has(key) else { return }
    problems.error(
      place, key: dotted(key), "\(label) has no \"\(key)\", expected \(expected)")
  }

  /// A table below this one; nil if there is none.
  func reader(_ key: String, path: String? = nil) -> TableReader? {
    guard let entry = entry(key) else { return nil }
    guard case .table(let table) = entry.value.kind else {
      let isList = if case .array = entry.value.kind { true } else { false }
      refuse(
        key, entry.value, expected: "a table",
        remedy: isList ? "write [\(dotted(key))] with single brackets, once" : nil)
      return nil
    }
    return TableReader(table, path: path ?? dotted(key), name: dotted(key), problems: problems)
  }

  /// The tables of a list of tables; empty if there are none.
  func readers(_ key: String) -> [TableReader] {
    guard let entry = entry(key) else { return [] }
    guard case .array(let elements) = entry.value.kind else {
      let isTable = if case .table = entry.value.kind { true } else { false }
      refuse(
        key, entry.value, expected: "a list of tables",
        remedy: isTable ? "write [[\(dotted(key))]] with double brackets for each" : nil)
      return []
    }
    return elements.compactMap { element in
      guard case .table(let table) = element.kind else {
        refuse(key, element, expected: "a table, { … }")
        return nil
      }
      let label = key == "steps" ? "the step" : "[[\(dotted(key))]]"
      return TableReader(table, path: dotted(key), label: label, problems: problems)
    }
  }

  /// To be called when all keys were asked for: what is left is unknown.
  func finish() {
    assert(
      asked == Set(KnownKeys.keys(of: path)),
      "[\(path)] is read but for \(Set(KnownKeys.keys(of: path)).subtracting(asked).sorted())")
    for entry in table.entries where !asked.contains(entry.key) { unknown(entry) }
  }

  private func unknown(_ entry: TOMLEntry) {
    let place = place(entry.position)
    let known = KnownKeys.keys(of: path)
    let what =
      name.isEmpty
      ? "found [\(entry.key.shownKey)], which is unknown" : "found \(entry.key.shownKey), which is unknown in \(label)"
    if name.isEmpty, KnownKeys.laterTables.contains(entry.key) {
      problems.error(
        place, key: dotted(entry.key), "found [\(entry.key)], which this version of dunningd does not know yet",
        remedy: "remove it, or put # in front of its lines")
    } else if let nearest = Nearest.match(entry.key, in: known) {
      problems.error(place, key: dotted(entry.key), what, remedy: "is \"\(nearest)\" meant?")
    } else if let home = KnownKeys.homes(of: entry.key, besides: path).first {
      problems.error(place, key: dotted(entry.key), what, remedy: "it belongs into [\(home)]")
    } else {
      problems.error(place, key: dotted(entry.key), what, remedy: "known are \(known.joined(separator: ", "))")
    }
  }
}

extension Place {
  init(_ position: TOMLPosition, in file: String) {
    self.init(file: file, line: position.line, column: position.column)
  }
}

extension String {
  /// A key as it must be written in a file.
  var shownKey: String {
    let isBare =
      !isEmpty
      && utf8.allSatisfy { byte in
        byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte)
          || (0x61...0x7A).contains(byte | 0x20)
      }
    return isBare ? self : quoted(self)
  }
}

extension TOMLValue {
  /// The value in an error message.
  var shown: String {
    switch kind {
    case .string(let text): quoted(text)
    case .integer(let number): String(number)
    case .float(let number): number.text
    case .boolean(let truth): String(truth)
    case .offsetDateTime, .localDateTime, .localDate, .localTime, .table: kindName
    case .array(let elements): elements.isEmpty ? "an empty list" : kindName
    }
  }
}
