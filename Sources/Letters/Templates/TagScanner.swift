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
    let bytes = text.utf8
    var line = firstLine
    var lineStart = text.startIndex
    var index = text.startIndex
    func isPair(_ at: String.Index, _ byte: UInt8) -> Bool {
      guard at < bytes.endIndex, bytes[at] == byte else { return false }
      let next = bytes.index(after: at)
      return next < bytes.endIndex && bytes[next] == byte
    }
    while index < bytes.endIndex {
      let next = bytes.index(after: index)
      if bytes[index] == UInt8(ascii: "\n") {
        line += 1
        lineStart = next
      }
      guard isPair(index, UInt8(ascii: "{")) else {
        index = next
        continue
      }
      let place = Place(file: file, line: line, column: text[lineStart..<index].count + 1)
      let inner = bytes.index(index, offsetBy: 2)
      guard let close = bytes[inner...].indices.first(where: { isPair($0, UInt8(ascii: "}")) }) else {
        problems.append(
          TemplateProblem(place, "this {{ has no }}", remedy: "close the tag; a lone { needs nothing"))
        return
      }
      let end = bytes.index(close, offsetBy: 2)
      read(text[inner..<close], index..<end, place)
      for position in bytes[inner..<close].indices where bytes[position] == UInt8(ascii: "\n") {
        line += 1
        lineStart = bytes.index(after: position)
      }
      index = end
    }
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
