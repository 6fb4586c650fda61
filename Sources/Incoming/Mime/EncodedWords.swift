/// Header text with words such as `=?UTF-8?Q?J=C3=B6rg?=` (RFC 2047).
enum EncodedWords {
  static func decoded(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var output: [UInt8] = []
    var at = 0
    /// Where the blanks behind an encoded word begin: between two of them they do not count.
    var pending: Int?
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "="), let word = word(bytes, at) {
        if let start = pending { output.removeSubrange(start...) }
        output += Array(Charset.decoded(word.content, word.charset).utf8)
        pending = output.count
        at = word.end
      } else {
        if !bytes[at].isBlank { pending = nil }
        output.append(bytes[at])
        at += 1
      }
    }
    return String(decoding: output, as: UTF8.self).cleaned(keepsLines: false)
  }

  private static func word(_ bytes: [UInt8], _ start: Int) -> (content: [UInt8], charset: String, end: Int)? {
    guard start + 1 < bytes.count, bytes[start + 1] == UInt8(ascii: "?") else { return nil }
    let limit = min(bytes.count, start + 300)
    let mark = UInt8(ascii: "?")
    guard let first = bytes[(start + 2)..<limit].firstIndex(of: mark), first + 2 < limit, bytes[first + 2] == mark,
      let last = bytes[(first + 3)..<limit].firstIndex(of: mark), last + 1 < bytes.count,
      bytes[last + 1] == UInt8(ascii: "=")
    else { return nil }
    // RFC 2231 section 5 lets a language follow the charset.
    let charset = String(decoding: bytes[(start + 2)..<first], as: UTF8.self).prefix { $0 != "*" }
    let code = bytes[(first + 3)..<last]
    switch bytes[first + 1].lowered {
    case UInt8(ascii: "b"): return (TransferDecoding.base64(code), String(charset), last + 2)
    case UInt8(ascii: "q"):
      let spaced = code.map { $0 == UInt8(ascii: "_") ? 0x20 : $0 }
      return (TransferDecoding.quotedPrintable(spaced[...]), String(charset), last + 2)
    default: return nil
    }
  }
}
