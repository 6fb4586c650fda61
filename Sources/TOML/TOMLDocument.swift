/// A TOML 1.0.0 document (https://toml.io/en/v1.0.0), read strictly, with the place of every key and value.
package enum TOMLDocument {
  /// Reads a whole document.
  ///
  /// Throws at the first fault. Never crashes, whatever the bytes; nesting is limited to 256 levels.
  package static func parse(_ bytes: [UInt8]) throws(TOMLError) -> TOMLTable {
    var reader = TOMLReader(scanner: try TOMLScanner(bytes))
    return try reader.document()
  }
}

/// The grammar: one method a construct, from the document down to a word.
struct TOMLReader {
  var scanner: TOMLScanner

  mutating func document() throws(TOMLError) -> TOMLTable {
    var draft = TOMLDraft(position: TOMLPosition(line: 1, column: 1), depth: 0)
    var table = 0
    while true {
      try scanner.skipBlanksAndLines()
      if scanner.isAtEnd { return draft.finished() }
      if scanner.peek == TOMLByte.openBracket {
        table = try header(&draft)
        try scanner.finishLine(after: "a table header")
      } else {
        try keyAndValue(&draft, table)
        try scanner.finishLine(after: "a value")
      }
    }
  }

  /// `[keys]` or `[[keys]]`; the table that the following lines belong to.
  private mutating func header(_ draft: inout TOMLDraft) throws(TOMLError) -> Int {
    let position = scanner.here
    scanner.advance()
    let isElement = scanner.take(TOMLByte.openBracket)
    let keys = try dottedKey()
    guard scanner.take(TOMLByte.closeBracket) else {
      throw TOMLError(scanner.here, "found \(scanner.found), expected \"]\" to close the table header")
    }
    guard isElement else { return try draft.open(keys, at: position) }
    guard scanner.take(TOMLByte.closeBracket) else {
      throw TOMLError(scanner.here, "found \(scanner.found), expected \"]]\" to close the table header")
    }
    return try draft.append(keys, at: position)
  }

  private mutating func keyAndValue(_ draft: inout TOMLDraft, _ table: Int) throws(TOMLError) {
    let keys = try dottedKey()
    guard scanner.take(TOMLByte.equals) else {
      throw TOMLError(scanner.here, "found \(scanner.found), expected \"=\" after the key")
    }
    scanner.skipBlanks()
    // Known to be new before its value is read: a repeated key is named even if its value is wrong too.
    let owner = try draft.place(keys, in: table)
    let value = try value(depth: draft.depth(of: owner) + 1)
    draft.add(keys[keys.count - 1], value, to: owner)
  }

  /// One or more keys with dots between them, and the blanks around them.
  private mutating func dottedKey() throws(TOMLError) -> [TOMLKey] {
    var keys: [TOMLKey] = []
    repeat {
      scanner.skipBlanks()
      keys.append(try key())
      scanner.skipBlanks()
    } while scanner.take(TOMLByte.dot)
    return keys
  }

  private mutating func key() throws(TOMLError) -> TOMLKey {
    let position = scanner.here
    switch scanner.peek {
    case TOMLByte.quote: return TOMLKey(text: try scanner.takeLineText(), position: position)
    case TOMLByte.apostrophe: return TOMLKey(text: try scanner.takeLineLiteral(), position: position)
    default:
      let start = scanner.offset
      while let byte = scanner.peek, TOMLByte.isBareKey(byte) { scanner.advance() }
      guard scanner.offset > start else {
        throw TOMLError(
          position, "found \(scanner.found), expected a key (letters A-Z, digits, - and _; others need quotes)")
      }
      return TOMLKey(text: String(decoding: scanner.taken(from: start), as: UTF8.self), position: position)
    }
  }

  /// Any value; `depth` is its own distance from the document.
  private mutating func value(depth: Int) throws(TOMLError) -> TOMLValue {
    let position = scanner.here
    switch scanner.peek {
    case TOMLByte.quote, TOMLByte.apostrophe:
      return TOMLValue(kind: .string(try scanner.takeText()), position: position)
    case TOMLByte.openBracket, TOMLByte.openBrace:
      guard depth <= TOMLDraft.depthMax else { throw TOMLDraft.tooDeep(position) }
      let isArray = scanner.peek == TOMLByte.openBracket
      return TOMLValue(
        kind: isArray ? .array(try array(depth: depth)) : .table(try inlineTable(depth: depth)), position: position)
    default:
      return TOMLValue(kind: try word(), position: position)
    }
  }

  private mutating func array(depth: Int) throws(TOMLError) -> [TOMLValue] {
    let start = scanner.here
    scanner.advance()
    var elements: [TOMLValue] = []
    while true {
      try scanner.skipBlanksAndLines()
      if scanner.take(TOMLByte.closeBracket) { return elements }
      elements.append(try value(depth: depth + 1))
      try scanner.skipBlanksAndLines()
      if scanner.take(TOMLByte.comma) { continue }
      guard scanner.take(TOMLByte.closeBracket) else {
        throw TOMLError(
          scanner.here, "found \(scanner.found), expected \",\" or \"]\" in the list that starts at \(start)")
      }
      return elements
    }
  }

  private mutating func inlineTable(depth: Int) throws(TOMLError) -> TOMLTable {
    let start = scanner.here
    scanner.advance()
    var draft = TOMLDraft(position: start, depth: depth)
    scanner.skipBlanks()
    if scanner.take(TOMLByte.closeBrace) { return draft.finished() }
    while true {
      scanner.skipBlanks()
      if scanner.isAtLineEnd || scanner.peek == TOMLByte.hash { throw inlineTableBroken(start) }
      try keyAndValue(&draft, 0)
      scanner.skipBlanks()
      if scanner.take(TOMLByte.closeBrace) { return draft.finished() }
      if scanner.isAtLineEnd || scanner.peek == TOMLByte.hash { throw inlineTableBroken(start) }
      guard scanner.take(TOMLByte.comma) else {
        throw TOMLError(
          scanner.here, "found \(scanner.found), expected \",\" or \"}\" in the inline table that starts at \(start)")
      }
      scanner.skipBlanks()
      if scanner.peek == TOMLByte.closeBrace {
        throw TOMLError(
          scanner.here, "found \"}\" after a comma, expected another key: an inline table has no last comma")
      }
    }
  }

  private func inlineTableBroken(_ start: TOMLPosition) -> TOMLError {
    TOMLError(
      scanner.here,
      "found \(scanner.found), expected the inline table that starts at \(start) to end with \"}\" on its line")
  }

  /// A boolean, number, date or time: a run of the characters that these are made of.
  private mutating func word() throws(TOMLError) -> TOMLValue.Kind {
    let position = scanner.here
    let start = scanner.offset
    skipWord()
    guard scanner.offset > start else {
      throw TOMLError(position, "found \(scanner.found), expected a value")
    }
    if TOMLMoment.isDateAlone(scanner.taken(from: start)), scanner.peek == TOMLByte.space,
      let next = scanner.peek(1), TOMLByte.isDigit(next)
    {
      scanner.advance()
      skipWord()
    }
    let word = scanner.taken(from: start)
    if word.elementsEqual("true".utf8) { return .boolean(true) }
    if word.elementsEqual("false".utf8) { return .boolean(false) }
    let text = String(decoding: word, as: UTF8.self)
    do throws(TOMLWordFault) {
      if TOMLMoment.looksLikeOne(word) { return try TOMLMoment.read(word) }
      if let first = word.first,
        TOMLByte.isDigit(first) || first == TOMLByte.plus || first == TOMLByte.minus || text == "inf" || text == "nan"
      {
        return try TOMLNumber.read(word)
      }
    } catch {
      throw TOMLError(
        position, "found \(quoted(text)), which has \(error.what); expected a number, a date, or text in quotes")
    }
    throw TOMLError(position, TOMLReader.bareWord(text))
  }

  private mutating func skipWord() {
    while let byte = scanner.peek,
      TOMLByte.isBareKey(byte) || byte == TOMLByte.plus || byte == TOMLByte.dot || byte == TOMLByte.colon
    {
      scanner.advance()
    }
  }

  private static func bareWord(_ text: String) -> String {
    switch text.lowercased() {
    case "true", "yes", "on": return "found \(quoted(text)), expected a value: is true meant?"
    case "false", "no", "off": return "found \(quoted(text)), expected a value: is false meant?"
    default: return "found \(quoted(text)), expected a value: text needs quotes"
    }
  }
}
