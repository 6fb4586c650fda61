import Foundation
import TOML
import Testing

/// The whole TOML 1.0.0 part of the public suite toml-lang/toml-test.
@Suite("Conformance", .enabled(if: SharedData.suite != nil, "shared/data/toml-test is not here"))
struct ConformanceTests {
  @Test("every valid document gives the values that the suite expects")
  func valid() throws {
    let documents = try SharedData.documents("valid/")
    var wrong: [String] = []
    for document in documents {
      let expected = try JSONSerialization.jsonObject(
        with: Data(try SharedData.bytes(String(document.dropLast(5)) + ".json")))
      do {
        let table = try TOMLDocument.parse(try SharedData.bytes(document))
        if let difference = Tagged.difference(.table(table), expected, "") { wrong.append("\(document)\(difference)") }
      } catch {
        wrong.append("\(document): refused: \(error)")
      }
    }
    print("TOML suite: \(documents.count - wrong.count) of \(documents.count) valid documents right")
    #expect(documents.count > 150)
    #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
  }

  @Test("every invalid document is refused, with a place inside the document")
  func invalid() throws {
    let documents = try SharedData.documents("invalid/")
    var wrong: [String] = []
    for document in documents {
      let bytes = try SharedData.bytes(document)
      do throws(TOMLError) {
        _ = try TOMLDocument.parse(bytes)
        wrong.append(document)
      } catch {
        let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
        let isInside =
          error.line >= 1 && error.line <= lines.count && error.column >= 1
          && error.column <= lines[error.line - 1].count + 1
        if !isInside { wrong.append("\(document): \(error)") }
        if ProcessInfo.processInfo.environment["SHOW_MESSAGES"] != nil { print("\(document): \(error)") }
      }
    }
    print("TOML suite: \(documents.count - wrong.count) of \(documents.count) invalid documents refused")
    #expect(documents.count > 300)
    #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
  }
}

/// The suite's way to write values: `{"type": "integer", "value": "42"}`, plain objects and lists around them.
enum Tagged {
  /// Nil if the value is the expected one; else where and how it differs.
  static func difference(_ kind: TOMLValue.Kind, _ expected: Any, _ path: String) -> String? {
    switch kind {
    case .table(let table):
      guard let object = expected as? [String: Any] else { return "\(path): a table" }
      // Compared by bytes: Swift would take keys for equal that differ in normalisation only.
      let keys = table.entries.map { Array($0.key.utf8) }
      guard Set(keys) == Set(object.keys.map { Array($0.utf8) }), keys.count == object.count else {
        return "\(path): keys \(table.entries.map(\.key))"
      }
      for entry in table.entries {
        guard let value = object[entry.key] else { return "\(path).\(entry.key): missing" }
        if let found = difference(entry.value.kind, value, "\(path).\(entry.key)") { return found }
      }
      return nil
    case .array(let elements):
      guard let list = expected as? [Any], list.count == elements.count else { return "\(path): a list" }
      for (index, element) in elements.enumerated() {
        if let found = difference(element.kind, list[index], "\(path)[\(index)]") { return found }
      }
      return nil
    default:
      guard let object = expected as? [String: Any], let type = object["type"] as? String,
        let value = object["value"] as? String
      else { return "\(path): \(kind)" }
      let (ownType, own) = scalar(kind)
      guard type == ownType, same(type, own, value) else { return "\(path): \(ownType) \(own), not \(type) \(value)" }
      return nil
    }
  }

  private static func same(_ type: String, _ own: String, _ expected: String) -> Bool {
    if type == "float" {
      guard let a = number(own), let b = number(expected) else { return false }
      return a == b || a.isNaN && b.isNaN
    }
    if type == "string" { return Array(own.utf8) == Array(expected.utf8) }
    return own == normal(type, expected)
  }

  private static func number(_ text: String) -> Double? { Double(text.replacingOccurrences(of: "_", with: "")) }

  /// Expected times may have zeros at the end of the fraction.
  private static func normal(_ type: String, _ text: String) -> String {
    guard type.hasPrefix("date") || type.hasPrefix("time"), let dot = text.firstIndex(of: ".") else { return text }
    let digits = text[text.index(after: dot)...].prefix { $0.isNumber }
    var kept = digits
    while kept.last == "0" { kept.removeLast() }
    return String(text[..<dot]) + (kept.isEmpty ? "" : "." + kept) + String(text[digits.endIndex...])
  }

  private static func scalar(_ kind: TOMLValue.Kind) -> (type: String, value: String) {
    switch kind {
    case .string(let text): ("string", text)
    case .integer(let number): ("integer", String(number))
    case .float(let number): ("float", number.double.isNaN ? "nan" : number.text)
    case .boolean(let truth): ("bool", String(truth))
    case .offsetDateTime(let moment, let offset): ("datetime", text(moment) + zone(offset))
    case .localDateTime(let moment): ("datetime-local", text(moment))
    case .localDate(let date): ("date-local", text(date))
    case .localTime(let time): ("time-local", text(time))
    case .array, .table: ("none", "")
    }
  }

  private static func text(_ moment: TOMLDateTime) -> String { text(moment.date) + "T" + text(moment.time) }
  private static func text(_ date: TOMLDate) -> String {
    "\(padded(date.year, 4))-\(padded(date.month))-\(padded(date.day))"
  }

  private static func text(_ time: TOMLTime) -> String {
    var fraction = padded(time.nanosecond, 9)
    while fraction.last == "0" { fraction.removeLast() }
    return "\(padded(time.hour)):\(padded(time.minute)):\(padded(time.second))"
      + (fraction.isEmpty ? "" : "." + fraction)
  }

  private static func zone(_ minutes: Int) -> String {
    if minutes == 0 { return "Z" }
    return (minutes < 0 ? "-" : "+") + padded(abs(minutes) / 60) + ":" + padded(abs(minutes) % 60)
  }

  private static func padded(_ value: Int, _ width: Int = 2) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}
