import Synchronization
import Units

/// A template's part with the places of its values open: what all messages have in common that have values, and lack
/// them, in the same places.
///
/// The template engine makes it, once; the next messages of that shape are filled in at a hundredth of its cost.
struct Shape: Sendable {
  enum Piece {
    case literal(String)
    /// Index into the words of a `Shape.Facts`.
    case word(Int)
  }

  private var pieces: [Piece] = []
  /// Bytes of all literals.
  private var literalCount = 0
  private var quoted = QuotedShape()

  /// Values are marked by private use characters (Unicode, section 23.5), which no template and no font has.
  static let firstMark: UInt32 = 0xF0000
  static let wordsMax = 2000

  static func mark(_ index: Int) -> String {
    Unicode.Scalar(firstMark + UInt32(index)).map { String(Character($0)) } ?? ""
  }

  /// - Parameter text: rendered with marks in place of the values.
  init(_ text: String) {
    var literal = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      guard scalar.value >= Shape.firstMark else {
        literal.append(scalar)
        continue
      }
      if !literal.isEmpty { pieces.append(.literal(String(literal))) }
      literal = String.UnicodeScalarView()
      pieces.append(.word(Int(scalar.value - Shape.firstMark)))
    }
    if !literal.isEmpty { pieces.append(.literal(String(literal))) }
    for case .literal(let literal) in pieces { literalCount += literal.utf8.count }
    quoted = QuotedShape(pieces)
  }

  /// Nil where a value would have been tidied at the end of a line, or is out of the ordinary in another way.
  func filled(_ facts: inout Facts, _ form: TemplatePart.Form) -> String? {
    var text = ""
    text.reserveCapacity(literalCount + 24 * pieces.count)
    for piece in pieces {
      switch piece {
      case .literal(let literal): text += literal
      case .word(let index):
        guard let word = facts.usual(index, form) else { return nil }
        text += word
      }
    }
    return text
  }

  /// The same as it stands in a mail.
  func quoted(_ facts: inout Facts, _ form: TemplatePart.Form) -> [UInt8]? { quoted.filled(&facts, form) }
}

extension Shape {
  /// The facts of one message: which of its values are there, and the values.
  struct Facts {
    private let facts: [Fact]
    private var subject: [Fact] = []
    private let rendering: Rendering
    /// A byte or more for each name: what a template can branch on.
    private(set) var key: [UInt8] = []
    private(set) var words: [Word.Value] = []
    /// Words written out already, since most stand in a message more than once.
    private var texts: [String?] = []

    init(_ facts: [Fact], _ rendering: Rendering) {
      self.facts = facts
      self.rendering = rendering
      key.reserveCapacity(128)
      words.reserveCapacity(96)
      walk(facts)
      texts.reserveCapacity(words.count + 1)
      texts += repeatElement(nil, count: words.count)
    }

    /// As the template engine looks them up.
    var named: [String: Any] { (facts + subject).named(rendering) }

    /// The subject comes out of all others, and so it comes last.
    mutating func add(subject: Word.Value) {
      self.subject = [Fact("subject", subject)]
      walk(self.subject)
      texts.append(nil)
    }

    /// A value as it is written; nil where it would have been tidied at the end of a line, or is empty after all.
    mutating func usual(_ index: Int, _ form: TemplatePart.Form) -> String? {
      let text: String
      if case .text(let plain) = words[index] {
        text = plain
      } else {
        text = texts[index] ?? words[index].text(rendering)
        texts[index] = text
      }
      let word = Word.written(text, form)
      guard let last = word.utf8.last, last > 0x20 else { return nil }
      return word
    }

    /// The names and their order are the same in every message, so that they need not stand in the key.
    private mutating func walk(_ facts: [Fact]) {
      for fact in facts {
        switch fact.value {
        case .word(let word):
          key.append(word.isNull ? 0 : 1)
          words.append(word)
        case .flag(let flag): key.append(flag ? 1 : 0)
        case .list(let entries):
          // No list that is kept is longer: `Shape.wordsMax`.
          key.append(UInt8(truncatingIfNeeded: entries.count))
          key.append(UInt8(truncatingIfNeeded: entries.count >> 8))
          for entry in entries { walk(entry) }
        case .columns: break
        }
      }
    }

    /// The same facts with a mark in place of each value.
    var marked: [String: Any] {
      var next = 0
      return (facts + subject).named(rendering) { word in
        defer { next += 1 }
        return word.isNull ? word : .text(Shape.mark(next))
      }
    }
  }
}

/// The shapes met so far. What it renders depends on the facts alone, not on what was rendered before.
final class ShapeBook: Sendable {
  private struct Key: Hashable {
    let file: String
    let form: TemplatePart.Form
    let facts: [UInt8]
  }

  private let shapes = Mutex<[Key: Shape]>([:])
  private static let shapesMax = 256

  /// The part with its values filled in; text and HTML with tidy lines.
  func render(_ part: TemplatePart, of file: String, _ facts: inout Shape.Facts, _ rendering: Rendering) -> String {
    shape(of: part, file, facts, rendering)?.filled(&facts, part.form) ?? written(part, facts.named, rendering)
  }

  /// The same in quoted-printable.
  func quoted(_ part: TemplatePart, of file: String, _ facts: inout Shape.Facts, _ rendering: Rendering) -> [UInt8] {
    shape(of: part, file, facts, rendering)?.quoted(&facts, part.form)
      ?? TransferEncoding.quotedPrintable(written(part, facts.named, rendering))
  }

  /// Nil for a part that has to be rendered each time, or has something wrong in it.
  private func shape(
    of part: TemplatePart, _ file: String, _ facts: Shape.Facts, _ rendering: Rendering
  ) -> Shape? {
    // Columns of the ledger are no names of the vocabulary.
    guard part.usedColumns.isEmpty, !part.hasMarks, facts.words.count <= Shape.wordsMax else { return nil }
    let key = Key(file: file, form: part.form, facts: facts.key)
    if let known = shapes.withLock({ $0[key] }) { return known }
    let text = written(part, facts.marked, rendering)
    // What is wrong with the template is said of the facts as they are.
    guard rendering.unknown.isEmpty, rendering.missing.isEmpty else { return nil }
    let shape = Shape(text)
    shapes.withLock { shapes in
      if shapes.count >= Self.shapesMax { shapes = [:] }
      shapes[key] = shape
    }
    return shape
  }

  private func written(_ part: TemplatePart, _ facts: [String: Any], _ rendering: Rendering) -> String {
    rendering.form = part.form
    let text = part.render(RootContext(values: facts, rendering: rendering))
    return part.form == .subject ? text : Self.tidy(text)
  }

  /// Lines without blanks at their ends, never two empty ones in a row, none at the beginning or the end.
  static func tidy(_ text: String) -> String {
    var lines: [Substring.UTF8View] = []
    for var line in Substring(text).utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      while let last = line.last, last == 0x20 || last == 0x09 || last == 0x0D { line.removeLast() }
      if line.isEmpty, lines.last?.isEmpty ?? true { continue }
      lines.append(line)
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { String(Substring($0)) }.joined(separator: "\n") + "\n"
  }
}
