import Units

/// A `{{…}}` of a template.
struct Tag {
  enum Kind { case variable, open, inverted, close, comment, partial }

  var kind: Kind
  var name: String
  var place: Place
  /// Of the whole tag, braces included.
  var range: Range<String.Index>
}

/// Finds the tags of one template file. Everything that Mustache knows beyond variables, sections, comments and
/// partials is refused: no other delimiters, no unescaped values, no inheritance, no functions.
struct TagScanner {
  let file: String
  let text: String
  /// The line that `text` begins on, from 1.
  let firstLine: Int

  private(set) var tags: [Tag] = []
  private(set) var problems: [TemplateProblem] = []

  init(file: String, text: String, firstLine: Int) {
    self.file = file
    self.text = text
    self.firstLine = firstLine
    scan()
  }

  private mutating func scan() {
    var line = firstLine
    var lineStart = text.startIndex
    var index = text.startIndex
    while index < text.endIndex {
      if text[index] == "\n" {
        line += 1
        lineStart = text.index(after: index)
        index = lineStart
        continue
      }
      guard text[index...].hasPrefix("{{") else {
        index = text.index(after: index)
        continue
      }
      let place = Place(file: file, line: line, column: text.distance(from: lineStart, to: index) + 1)
      let inner = text.index(index, offsetBy: 2)
      guard let close = TagScanner.firstClose(in: text[inner...]) else {
        problems.append(
          TemplateProblem(place, "this {{ has no }}", remedy: "close the tag; a lone { needs nothing"))
        return
      }
      let end = text.index(close, offsetBy: 2)
      read(text[inner..<close], index..<end, place)
      for position in text[inner..<close].indices where text[position] == "\n" {
        line += 1
        lineStart = text.index(after: position)
      }
      index = end
    }
  }

  private static func firstClose(in rest: Substring) -> String.Index? {
    var index = rest.startIndex
    while index < rest.endIndex {
      if rest[index...].hasPrefix("}}") { return index }
      index = rest.index(after: index)
    }
    return nil
  }

  private mutating func read(_ inner: Substring, _ range: Range<String.Index>, _ place: Place) {
    let marks: [Character: Tag.Kind] = ["#": .open, "^": .inverted, "/": .close, "!": .comment, ">": .partial]
    let mark = inner.first.flatMap { marks[$0] }
    if mark == .comment {
      tags.append(Tag(kind: .comment, name: "", place: place, range: range))
      return
    }
    var name = mark == nil ? inner : inner.dropFirst()
    while name.first == " " { name.removeFirst() }
    while name.last == " " { name.removeLast() }
    let isPlain = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
        UInt8(ascii: "."), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    guard isPlain, !name.isEmpty else {
      problems.append(
        TemplateProblem(
          place, "{{\(inner)}} is no tag that templates may use",
          remedy: "expected {{name}}, {{#name}}, {{^name}}, {{/name}}, {{! remark}} or {{> part}}, in lower case"))
      return
    }
    tags.append(Tag(kind: mark ?? .variable, name: String(name), place: place, range: range))
  }
}
