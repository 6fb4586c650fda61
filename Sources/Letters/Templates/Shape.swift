import Synchronization
import Units

/// A template's part with the places of its values open: what all messages have in common that have values, and lack
/// them, in the same places.
///
/// The template engine makes it, once; the next messages of that shape are filled in at a hundredth of its cost.
struct Shape: Sendable {
  private enum Piece {
    case literal(String)
    /// Index into the words of a `Shape.Facts`.
    case word(Int)
  }

  private var pieces: [Piece] = []

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
  }

  /// Nil where a value would have been tidied at the end of a line, or is out of the ordinary in another way.
  func filled(_ facts: inout Facts, _ form: TemplatePart.Form) -> String? {
    var text = ""
    text.reserveCapacity(4096)
    for piece in pieces {
      switch piece {
      case .literal(let literal): text += literal
      case .word(let index):
        let word = facts.written(index, form)
        if word.utf8.last.map(Shape.isBlank) ?? true { return nil }
        text += word
      }
    }
    return text
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte <= 0x20 }
}

extension Shape {
  /// The facts of one message in the order of the vocabulary: which of its values are there, and the values.
  struct Facts {
    /// As templates see them.
    private(set) var named: [String: Any]
    /// A byte or more for each name: what a template can branch on.
    private(set) var key: [UInt8] = []
    private(set) var words: [Word] = []
    /// Words written out already, since most stand in a message more than once.
    private var texts: [String?] = []

    init(_ facts: [String: Any]) {
      named = facts
      key.reserveCapacity(128)
      words.reserveCapacity(96)
      walk(facts, Vocabulary.root)
      texts = Array(repeating: nil, count: words.count)
    }

    /// The subject comes out of all others, and so it comes last.
    mutating func add(subject: Word) {
      named["subject"] = subject
      key.append(subject.isNull ? 0 : 1)
      words.append(subject)
      texts.append(nil)
    }

    mutating func written(_ index: Int, _ form: TemplatePart.Form) -> String {
      let text = texts[index] ?? words[index].text
      texts[index] = text
      return Word.written(text, form)
    }

    private mutating func walk(_ facts: [String: Any], _ terms: [Vocabulary.Term]) {
      for term in terms {
        switch facts[term.name] {
        case let word as Word:
          key.append(word.isNull ? 0 : 1)
          words.append(word)
        case let flag as Bool: key.append(flag ? 1 : 0)
        case let list as [Any]:
          // No list that is kept is longer: `Shape.wordsMax`.
          key.append(UInt8(truncatingIfNeeded: list.count))
          key.append(UInt8(truncatingIfNeeded: list.count >> 8))
          if case .list(let inner) = term.kind {
            for case let entry as [String: Any] in list { walk(entry, inner) }
          }
        default: key.append(2)
        }
      }
    }

    /// The same facts with a mark in place of each value.
    func marked(_ rendering: Rendering) -> [String: Any] {
      var next = 0
      var marked = named
      marked["subject"] = nil
      marked = Facts.marked(marked, Vocabulary.root, rendering, &next)
      if let subject = named["subject"] as? Word {
        marked["subject"] = subject.isNull ? subject : Word(text: Shape.mark(next), rendering: rendering)
      }
      return marked
    }

    private static func marked(
      _ facts: [String: Any], _ terms: [Vocabulary.Term], _ rendering: Rendering, _ next: inout Int
    ) -> [String: Any] {
      var marked = facts
      for term in terms {
        switch facts[term.name] {
        case let word as Word:
          if !word.isNull { marked[term.name] = Word(text: Shape.mark(next), rendering: rendering) }
          next += 1
        case let list as [Any]:
          guard case .list(let inner) = term.kind else { continue }
          marked[term.name] = list.map { entry in
            (entry as? [String: Any]).map { Facts.marked($0, inner, rendering, &next) as Any } ?? entry
          }
        default: continue
        }
      }
      return marked
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
    // Columns of the ledger are no names of the vocabulary.
    guard part.usedColumns.isEmpty, !part.hasMarks, facts.words.count <= Shape.wordsMax else {
      return written(part, facts.named, rendering)
    }
    let key = Key(file: file, form: part.form, facts: facts.key)
    let shape: Shape
    if let known = shapes.withLock({ $0[key] }) {
      shape = known
    } else {
      let text = written(part, facts.marked(rendering), rendering)
      // What is wrong with the template is said of the facts as they are.
      guard rendering.unknown.isEmpty, rendering.missing.isEmpty else { return text }
      shape = Shape(text)
      shapes.withLock { shapes in
        if shapes.count >= Self.shapesMax { shapes = [:] }
        shapes[key] = shape
      }
    }
    return shape.filled(&facts, part.form) ?? written(part, facts.named, rendering)
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
