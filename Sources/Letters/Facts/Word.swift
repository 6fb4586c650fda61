import Decisions
import Mustache
import Units

/// How values are written just now, and what was asked for and is not there. One for each message.
final class Rendering {
  let locale: String
  let formats: LocaleFormats
  var form = TemplatePart.Form.text
  /// Names of columns that no row of the ledger has.
  var missing: [String] = []
  /// Names outside the vocabulary: a bug, as templates were checked against it.
  var unknown: [String] = []

  init(locale: String, formats: LocaleFormats) {
    self.locale = locale
    self.formats = formats
  }
}

/// A value in a template, written out only where a template asks for it. It escapes itself: the engine's own HTML
/// escaping looks at graphemes and lets a quote pass that a combining character follows.
struct Word: MustacheCustomRenderable, MustacheParent {
  /// What it stands for, before it is written as the payer's language writes it.
  enum Value {
    case text(String)
    case amount(Money)
    case date(Day)
    case shortDate(Day)
    case percent(basisPoints: Int)

    var isNull: Bool { if case .text(let text) = self { text.isEmpty } else { false } }

    /// As it is written, before any escaping.
    func text(_ rendering: Rendering) -> String {
      let (formats, locale) = (rendering.formats, rendering.locale)
      return switch self {
      case .text(let text): text
      case .amount(let money): formats.amount(money, locale)
      case .date(let day): formats.date(day, locale)
      case .shortDate(let day): formats.date(day, locale, short: true)
      case .percent(let basisPoints): formats.percent(basisPoints: basisPoints, locale)
      }
    }
  }

  let value: Value
  let rendering: Rendering

  init(_ value: Value, rendering: Rendering) {
    self.value = value
    self.rendering = rendering
  }

  init(text: String, rendering: Rendering) { self.init(.text(text), rendering: rendering) }

  var isNull: Bool { value.isNull }
  var renderText: String { Word.written(value.text(rendering), rendering.form) }

  static func written(_ text: String, _ form: TemplatePart.Form) -> String {
    switch form {
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
    if isHarmless(text) { return text }
    guard text.unicodeScalars.contains(where: { MailAddress.isControl($0) || isDirection($0) }) else { return text }
    var output = String.UnicodeScalarView()
    for scalar in text.unicodeScalars where !isDirection(scalar) {
      output.append(MailAddress.isControl(scalar) ? " " : scalar)
    }
    return String(output)
  }

  /// Without the characters that make text run backwards and could show one number as another.
  static func withoutDirections(_ text: String) -> String {
    if isHarmless(text) { return text }
    guard text.unicodeScalars.contains(where: isDirection) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.filter { !isDirection($0) }))
  }

  /// Whether its bytes alone show that no control and no direction is among them, as those of most values do: neither
  /// ASCII nor Latin-1 controls (`C2 80` to `C2 9F`), nor anything of the blocks that the others stand in.
  private static func isHarmless(_ text: String) -> Bool {
    if text.isPrintable { return true }
    var previous: UInt8 = 0
    for byte in text.utf8 {
      switch (previous, byte) {
      case (_, ..<0x20), (_, 0x7F), (0xC2, ..<0xA0), (0xE2, ...0x81), (0xEF, 0xBB): return false
      default: previous = byte
      }
    }
    return true
  }

  /// Embeddings, overrides and isolates (Unicode standard annex 9), and the byte order mark.
  private static func isDirection(_ scalar: Unicode.Scalar) -> Bool {
    (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value) || scalar.value == 0xFEFF
  }

  /// For HTML text and quoted attributes; by scalar, because browsers read by scalar.
  static func escaped(_ text: String) -> String {
    let isPlain = text.utf8.allHold {
      $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") && $0 != UInt8(ascii: "&") && $0 != UInt8(ascii: "\"")
        && $0 != UInt8(ascii: "'")
    }
    if isPlain { return text }
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
