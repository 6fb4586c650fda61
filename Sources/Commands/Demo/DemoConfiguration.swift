import Defaults

/// The configuration of the made-up company: the shipped one, with the keys filled in that every company fills in. All
/// rules about whom, when and how stay as shipped.
struct DemoConfiguration {
  private(set) var text: String

  static let company = "Nordlicht Werkstatt GmbH"
  /// An hour at noon for Europe, and one in which New York is awake as well.
  private static let cycles = #"["10:30", "14:00", "16:30"]"#

  init(_ folder: DemoFolder, port: Int) {
    var file = ShippedConfiguration(ShippedFiles.text("dunningd.toml") ?? "")
    file.set("[company]", "name", DemoConfiguration.quoted(DemoConfiguration.company))
    file.set("[ledger]", "path", DemoConfiguration.quoted(folder.ledger))
    file.set("[cycle]", "every", as: "at", DemoConfiguration.cycles)
    file.set("[mail]", "url", "\"smtp://127.0.0.1:\(port)\"")
    file.set("[mail]", "security", "\"none\"")
    file.set("[mail]", "from", #""Nordlicht Werkstatt, Accounts <accounts@nordlicht.example>""#)
    file.set("[mail]", "reply_to", #""accounts@nordlicht.example""#)
    file.set("[[pay]]", "kind", #""bank-transfer""#)
    file.set("[[pay]]", "name", DemoConfiguration.quoted(DemoConfiguration.company))
    file.set("[[pay]]", "iban", #""DE89370400440532013000""#)
    file.set("[[pay]]", "bic", #""COBADEFFXXX""#)
    file.set("[[pay]]", "currency", #"["EUR"]"#)
    file.set("[[pay]]", number: 2, "kind", #""link""#)
    file.set(
      "[[pay]]", number: 2, "url", #""https://pay.nordlicht.example/{invoice}?amount={amount}&currency={currency}""#)
    file.set("[journal]", "directory", DemoConfiguration.quoted(folder.state))
    text = file.text
  }

  /// A basic TOML string.
  private static func quoted(_ text: String) -> String {
    var quoted = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case "\u{0}"..."\u{1f}", "\u{7f}":
        let hex = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return "\"\(quoted)\""
  }
}

/// The text of a configuration with comments and keys that are commented out, in which keys get values.
struct ShippedConfiguration {
  private var lines: [String]

  init(_ text: String) { lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }

  var text: String { lines.joined(separator: "\n") }

  /// Gives a key its value, in the table of that header; both come to life where they are commented out. A comment
  /// behind the old value stays. A key that the table does not show goes behind those that have a value.
  ///
  /// - Parameters:
  ///   - occurrence: which of several tables with that header, from 1.
  ///   - newKey: another name for the key, where one key takes the place of another.
  mutating func set(
    _ header: String, number occurrence: Int = 1, _ key: String, as newKey: String? = nil, _ value: String
  ) {
    let heads = lines.indices.filter { ShippedConfiguration.bare(lines[$0]).hasPrefix(header) }
    guard heads.count >= occurrence else {
      lines += [header, "\(newKey ?? key) = \(value)"]
      return
    }
    let head = heads[occurrence - 1]
    lines[head] = ShippedConfiguration.bare(lines[head])
    var index = head + 1
    var last = head
    while index < lines.count, !ShippedConfiguration.bare(lines[index]).hasPrefix("[") {
      let line = ShippedConfiguration.bare(lines[index])
      if line.hasPrefix(key + " = ") {
        let comment = newKey == nil ? ShippedConfiguration.comment(of: line) : nil
        let text = "\(newKey ?? key) = \(value)"
        let column = comment.map { max(text.count + 2, lines[index].count - $0.count) } ?? 0
        lines[index] = text + (comment.map { String(repeating: " ", count: column - text.count) + $0 } ?? "")
        return
      }
      if !lines[index].isEmpty, !lines[index].hasPrefix("#") { last = index }
      index += 1
    }
    lines.insert("\(newKey ?? key) = \(value)", at: last + 1)
  }

  /// Without the mark of a comment.
  private static func bare(_ line: String) -> String { line.hasPrefix("# ") ? String(line.dropFirst(2)) : line }

  /// What stands behind the value, `#` included.
  private static func comment(of line: String) -> String? {
    var isQuoted = false
    for index in line.indices {
      if line[index] == "\"" { isQuoted.toggle() }
      if line[index] == "#", !isQuoted { return String(line[index...]) }
    }
    return nil
  }
}
