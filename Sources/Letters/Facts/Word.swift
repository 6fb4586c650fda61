import Decisions
import Mustache

/// How values are written just now, and what was asked for and is not there. One for each message.
final class Rendering {
  var form = TemplatePart.Form.text
  /// Names of columns that no row of the ledger has.
  var missing: [String] = []
  /// Names outside the vocabulary: a bug, as templates were checked against it.
  var unknown: [String] = []
}

/// A value in a template. It escapes itself: the engine's own HTML escaping looks at graphemes and lets a quote pass
/// that a combining character follows.
struct Word: MustacheCustomRenderable, MustacheParent {
  let text: String
  let rendering: Rendering

  var isNull: Bool { text.isEmpty }

  var renderText: String {
    switch rendering.form {
    // Controls stay in a subject, so that the header refuses them.
    case .subject: Word.withoutDirections(text)
    case .text: Word.singleLine(text)
    case .html: Word.escaped(Word.singleLine(text))
    }
  }

  /// Inside of its own section all names are those around it.
  func child(named: String) -> Any? { nil }

  /// Without controls, which could forge lines, and without directions.
  static func singleLine(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { MailAddress.isControl($0) || isDirection($0) }) else { return text }
    var output = String.UnicodeScalarView()
    for scalar in text.unicodeScalars where !isDirection(scalar) {
      output.append(MailAddress.isControl(scalar) ? " " : scalar)
    }
    return String(output)
  }

  /// Without the characters that make text run backwards and could show one number as another.
  static func withoutDirections(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isDirection) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.filter { !isDirection($0) }))
  }

  /// Embeddings, overrides and isolates (Unicode standard annex 9), and the byte order mark.
  private static func isDirection(_ scalar: Unicode.Scalar) -> Bool {
    (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value) || scalar.value == 0xFEFF
  }

  /// For HTML text and quoted attributes; by scalar, because browsers read by scalar.
  static func escaped(_ text: String) -> String {
    var output = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": output.append(contentsOf: "&lt;".unicodeScalars)
      case ">": output.append(contentsOf: "&gt;".unicodeScalars)
      case "&": output.append(contentsOf: "&amp;".unicodeScalars)
      case "\"": output.append(contentsOf: "&quot;".unicodeScalars)
      case "'": output.append(contentsOf: "&#39;".unicodeScalars)
      default: output.append(scalar)
      }
    }
    return String(output)
  }
}

/// The outermost context of a template: answers every name of the vocabulary and records the others.
struct RootContext: MustacheParent {
  let values: [String: Any]
  let rendering: Rendering

  func child(named name: String) -> Any? {
    if let value = values[name] { return value }
    rendering.unknown.append(name)
    return nil
  }
}

/// `extra`: columns of a row by the name that templates use.
struct ColumnContext: MustacheParent {
  /// The row's own columns first.
  let rows: [[String: String]]
  /// Columns of the whole ledger; a row may lack one.
  let known: Set<String>
  let rendering: Rendering

  func child(named name: String) -> Any? {
    for row in rows {
      if let value = row[name] { return Word(text: value, rendering: rendering) }
    }
    if !known.contains(name) { rendering.missing.append(name) }
    return Word(text: "", rendering: rendering)
  }
}
