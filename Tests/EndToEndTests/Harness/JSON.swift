import Foundation

/// JSON as a test looks at it: `line["invoices"][0]["number"].text`.
enum JSON: Sendable, Equatable, CustomStringConvertible {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])
  /// There is nothing at that place.
  case missing

  init?(text: String) {
    guard let value = try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed) else {
      return nil
    }
    self.init(value)
  }

  private init(_ value: Any) {
    switch value {
    case is NSNull: self = .null
    case let text as String: self = .string(text)
    case let list as [Any]: self = .array(list.map { JSON($0) })
    case let table as [String: Any]: self = .object(table.mapValues { JSON($0) })
    case let number as NSNumber:
      // NSNumber hides truth values; its Objective-C type tells them apart.
      self = String(cString: number.objCType) == "c" ? .bool(number.boolValue) : .number(number.doubleValue)
    default: self = .missing
    }
  }

  subscript(name: String) -> JSON {
    if case .object(let table) = self { return table[name] ?? .missing }
    return .missing
  }

  subscript(place: Int) -> JSON {
    if case .array(let list) = self, list.indices.contains(place) { return list[place] }
    return .missing
  }

  var text: String? { if case .string(let text) = self { text } else { nil } }
  var int: Int? { if case .number(let number) = self { Int(number) } else { nil } }
  var list: [JSON] { if case .array(let list) = self { list } else { [] } }
  var names: Set<String> { if case .object(let table) = self { Set(table.keys) } else { [] } }
  var texts: [String] { list.compactMap(\.text) }
  var isList: Bool { if case .array = self { true } else { false } }
  var isPresent: Bool { self != .missing }

  var description: String {
    switch self {
    case .null: "null"
    case .bool(let truth): "\(truth)"
    case .number(let number): number == number.rounded() ? "\(Int(number))" : "\(number)"
    case .string(let text): "\"\(text)\""
    case .array(let list): "[\(list.map(\.description).joined(separator: ","))]"
    case .object(let table): "{\(table.sorted { $0.key < $1.key }.map { "\"\($0)\":\($1)" }.joined(separator: ","))}"
    case .missing: "(missing)"
    }
  }
}
