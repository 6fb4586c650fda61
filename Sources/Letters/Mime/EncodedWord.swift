import Foundation

/// Text beyond ASCII in a header (RFC 2047): `=?utf-8?Q?M=C3=BCller?=`.
enum EncodedWord {
  /// RFC 2047 section 2: an encoded word has at most 75 characters.
  static let lengthMax = 75

  /// The words that spell `text`, each of at most 75 characters, the first of at most `firstMax`.
  ///
  /// Each is complete in itself: none splits a character (a grapheme, or where one alone is too long, a Unicode
  /// scalar). Readers join them without the blank between.
  static func words(_ text: String, firstMax: Int = lengthMax) -> [String] {
    let bytes = Array(text.utf8)
    let usesQ = quotedWidth(bytes[...]) <= (bytes.count + 2) / 3 * 4
    let overhead = "=?utf-8?Q??=".utf8.count
    var words: [String] = []
    /// What goes into the next word, of which the quoted width is known.
    var chunk = 0..<0
    var chunkWidth = 0
    func room() -> Int { (words.isEmpty ? min(firstMax, lengthMax) : lengthMax) - overhead }
    func width(_ count: Int, _ quoted: Int) -> Int { usesQ ? quoted : (count + 2) / 3 * 4 }
    func close() {
      guard !chunk.isEmpty else { return }
      let bytes = bytes[chunk]
      words.append(usesQ ? "=?utf-8?Q?\(quoted(bytes))?=" : "=?utf-8?B?\(Data(bytes).base64EncodedString())?=")
      (chunk, chunkWidth) = (chunk.upperBound..<chunk.upperBound, 0)
    }
    func add(_ count: Int) { add(count, quotedWidth(bytes[chunk.upperBound..<(chunk.upperBound + count)])) }
    func add(_ count: Int, _ pieceWidth: Int) {
      let end = chunk.upperBound + count
      if width(chunk.count + count, chunkWidth + pieceWidth) > room() { close() }
      chunk = chunk.lowerBound..<end
      chunkWidth += pieceWidth
    }
    var index = text.startIndex
    while index < text.endIndex {
      // A byte of ASCII before another one is a character, if it is no control.
      let next = text.utf8.index(after: index)
      if bytes[chunk.upperBound] &- 0x20 < 0x60, next == text.endIndex || text.utf8[next] &- 0x20 < 0x60 {
        add(1, quotedWidth(bytes[chunk.upperBound]))
        index = next
        continue
      }
      let character = text[index]
      text.formIndex(after: &index)
      let count = character.utf8.count
      let whole = bytes[chunk.upperBound..<chunk.upperBound + count]
      if width(count, quotedWidth(whole)) <= min(firstMax, lengthMax) - overhead {
        add(count)
      } else {
        for scalar in character.unicodeScalars { add(UTF8.width(scalar)) }
      }
    }
    close()
    return words
  }

  private static func quotedWidth(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(into: 0) { $0 += quotedWidth($1) }
  }

  private static func quotedWidth(_ byte: UInt8) -> Int { isPlain(byte) || byte == 0x20 ? 1 : 3 }

  /// What may stand bare in the Q encoding wherever an encoded word may stand (RFC 2047 section 5 (3)).
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "!"), UInt8(ascii: "*"), UInt8(ascii: "+"),
      UInt8(ascii: "-"), UInt8(ascii: "/"):
      true
    default: false
    }
  }

  private static func quoted(_ bytes: ArraySlice<UInt8>) -> String {
    var output: [UInt8] = []
    output.reserveCapacity(lengthMax)
    for byte in bytes {
      if byte == 0x20 {
        output.append(UInt8(ascii: "_"))
      } else if isPlain(byte) {
        output.append(byte)
      } else {
        output.append(UInt8(ascii: "="))
        output.append(Hex.upperDigit(byte >> 4))
        output.append(Hex.upperDigit(byte & 15))
      }
    }
    return String(decoding: output, as: UTF8.self)
  }
}

/// Two capitals for a byte: `C3`.
enum Hex {
  static func pair(_ byte: UInt8) -> String {
    String(decoding: [upperDigit(byte >> 4), upperDigit(byte & 15)], as: UTF8.self)
  }

  /// Lower case, two characters a byte.
  static func lower(_ bytes: some Sequence<UInt8>) -> String {
    var digits: [UInt8] = []
    // Of a SHA-256, which does not say how long it is.
    digits.reserveCapacity(64)
    for byte in bytes {
      digits.append(upperDigit(byte >> 4) | 0x20)
      digits.append(upperDigit(byte & 15) | 0x20)
    }
    return String(decoding: digits, as: UTF8.self)
  }

  /// The ASCII of one digit, 0 to 15. The bit that makes a letter small is set in every figure already.
  static func upperDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
  }
}
