/// The words of an HTML text, as plain lines: tags cut, entities decoded, nothing else looked at. What is quoted bears
/// the `> ` of plain text.
///
/// Not a reader of HTML: it goes through the text once and understands nothing.
package enum HTMLText {
  package static func plain(_ html: String) -> String {
    let bytes = Array(html.utf8)
    var output: [UInt8] = []
    var quotes = 0
    var isAtStart = true
    var at = 0

    func breakLine() {
      while let last = output.last, last == 0x20 { output.removeLast() }
      output.append(0x0A)
      isAtStart = true
    }
    func put(_ text: some Sequence<UInt8>) {
      for byte in text {
        let isSpace = byte.isBlank || byte.isLineEnd
        if isSpace, isAtStart || output.last == 0x20 { continue }
        if isAtStart, quotes > 0 { output += Array("> ".utf8) }
        isAtStart = false
        output.append(isSpace ? 0x20 : byte)
      }
    }

    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "<"):
        guard let tag = Tag(bytes, at) else {
          put([bytes[at]])
          at += 1
          continue
        }
        at = tag.end
        if tag.isHidden, !tag.isClosing {
          at = Tag.close(of: tag.name, bytes, from: at)
        } else if tag.name == "blockquote" {
          breakLine()
          quotes = min(max(0, quotes + (tag.isClosing ? -1 : 1)), 100)
        } else if tag.breaksLine {
          breakLine()
        } else if tag.name == "td" || tag.name == "th" {
          put([0x20])
        }
      case UInt8(ascii: "&"):
        let entity = Entity(bytes, at)
        put(entity.text)
        at = entity.end
      default:
        put([bytes[at]])
        at += 1
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// `<name …>`, `</name>` or a comment.
  private struct Tag {
    var name = ""
    var isClosing = false
    /// Behind its bracket.
    var end: Int

    var isHidden: Bool { ["script", "style", "head", "title", "template"].contains(name) }
    var breaksLine: Bool {
      ["br", "p", "div", "tr", "table", "li", "ul", "ol", "h1", "h2", "h3", "h4", "hr", "pre", "body"].contains(name)
    }

    /// Nil where a `<` is only a character.
    init?(_ bytes: [UInt8], _ start: Int) {
      var at = start + 1
      if bytes[at...].starts(with: Array("!--".utf8)) {
        end = Tag.find(Array("-->".utf8), bytes, from: at + 3) ?? bytes.count
        return
      }
      if at < bytes.count, bytes[at] == UInt8(ascii: "/") {
        isClosing = true
        at += 1
      }
      let first = at
      while at < bytes.count, bytes[at].isLetter || bytes[at].isDigit, at - first < 20 { at += 1 }
      let isDeclaration = at < bytes.count && (bytes[at] == UInt8(ascii: "!") || bytes[at] == UInt8(ascii: "?"))
      guard at > first || isDeclaration else { return nil }
      name = String(decoding: bytes[first..<at].map(\.lowered), as: UTF8.self)
      while at < bytes.count, bytes[at] != UInt8(ascii: ">") { at += 1 }
      end = min(at + 1, bytes.count)
    }

    /// Behind the closing tag of that name; the end of the text when there is none.
    static func close(of name: String, _ bytes: [UInt8], from start: Int) -> Int {
      guard let at = find(Array("</\(name)".utf8), bytes, from: start) else { return bytes.count }
      return bytes[at...].firstIndex(of: UInt8(ascii: ">")).map { $0 + 1 } ?? bytes.count
    }

    /// Behind the first place where `wanted`, in lower case, stands.
    private static func find(_ wanted: [UInt8], _ bytes: [UInt8], from start: Int) -> Int? {
      var at = start
      while at + wanted.count <= bytes.count {
        var same = 0
        while same < wanted.count, bytes[at + same].lowered == wanted[same] { same += 1 }
        if same == wanted.count { return at + same }
        at += 1
      }
      return nil
    }
  }

  /// `&auml;`, `&#228;`, `&#xe4;`; anything else is an ampersand.
  private struct Entity {
    let text: [UInt8]
    let end: Int

    private static let named: [String: Unicode.Scalar] = [
      "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "auml": "ä", "ouml": "ö", "uuml": "ü",
      "Auml": "Ä", "Ouml": "Ö", "Uuml": "Ü", "szlig": "ß", "euro": "€", "pound": "£", "yen": "¥", "eacute": "é",
      "egrave": "è", "agrave": "à", "ccedil": "ç", "ndash": "–", "mdash": "—", "hellip": "…", "lsquo": "‘",
      "rsquo": "’",
      "ldquo": "“", "rdquo": "”", "bdquo": "„", "laquo": "«", "raquo": "»", "copy": "©", "reg": "®",
    ]

    init(_ bytes: [UInt8], _ start: Int) {
      let limit = min(bytes.count, start + 12)
      guard let semicolon = bytes[(start + 1)..<limit].firstIndex(of: UInt8(ascii: ";")) else {
        text = [bytes[start]]
        end = start + 1
        return
      }
      let name = String(decoding: bytes[(start + 1)..<semicolon], as: UTF8.self)
      guard let scalar = Entity.named[name] ?? Entity.numbered(name) else {
        text = [bytes[start]]
        end = start + 1
        return
      }
      text = Array(String(Character(scalar)).utf8)
      end = semicolon + 1
    }

    private static func numbered(_ name: String) -> Unicode.Scalar? {
      guard name.hasPrefix("#") else { return nil }
      let digits = name.dropFirst()
      let value = digits.first == "x" || digits.first == "X" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
      return value.flatMap { $0 < 0x20 ? " " : Unicode.Scalar($0) }
    }
  }
}
