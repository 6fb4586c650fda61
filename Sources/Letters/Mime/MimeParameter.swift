/// A parameter of a MIME header: `filename="R-1001.pdf"`, or as RFC 2231 writes one that is long or not ASCII.
enum MimeParameter {
  /// The pieces, without the `;` between; each fits a line of its own.
  static func pieces(_ name: String, _ value: String) -> [String] {
    let isPlain = value.utf8.allSatisfy {
      $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
    }
    if isPlain, value.utf8.count <= 60 { return ["\(name)=\"\(value)\""] }
    // Whole characters stay together, so that a reader who decodes piece by piece sees no half of one.
    let characters = value.unicodeScalars.map { scalar in Array(String(scalar).utf8).map(encoded).joined() }
    var chunks = [""]
    for character in characters {
      if chunks[chunks.count - 1].utf8.count + character.utf8.count > 50 { chunks.append("") }
      chunks[chunks.count - 1] += character
    }
    if chunks.count == 1 { return ["\(name)*=utf-8''\(chunks[0])"] }
    return chunks.enumerated().map { index, chunk in "\(name)*\(index)*=\(index == 0 ? "utf-8''" : "")\(chunk)" }
  }

  /// `attribute-char` of RFC 2231 section 7 bare, the rest as `%XX`.
  private static func encoded(_ byte: UInt8) -> String {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
      String(decoding: [byte], as: UTF8.self)
    default: "%" + Hex.pair(byte)
    }
  }
}
