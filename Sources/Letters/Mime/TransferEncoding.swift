import Foundation

/// Bodies as seven-bit lines of at most 76 characters (RFC 2045 section 6).
enum TransferEncoding {
  /// Quoted-printable of text whose lines end in LF; the result's end in CRLF, also the last one.
  ///
  /// Beyond what RFC 2045 asks, a `.` or `From ` that begins a line is encoded, because some servers alter those.
  static func quotedPrintable(_ text: String) -> String {
    var output: [UInt8] = []
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
    if lines.last?.isEmpty == true { lines.removeLast() }
    for line in lines {
      var column = 0
      for (index, byte) in line.enumerated() {
        let isLast = index == line.count - 1
        let piece = encoded(byte, beginsLine: column == 0, endsLine: isLast, followedBy: line[(index + 1)...])
        // One column stays free for the soft break's "=", unless this is the line's end.
        if column + piece.count > (isLast ? 76 : 75) {
          output += [UInt8(ascii: "="), 0x0D, 0x0A]
          column = 0
          let again = encoded(byte, beginsLine: true, endsLine: isLast, followedBy: line[(index + 1)...])
          output += again
          column = again.count
        } else {
          output += piece
          column += piece.count
        }
      }
      output += [0x0D, 0x0A]
    }
    return String(decoding: output, as: UTF8.self)
  }

  private static func encoded(
    _ byte: UInt8, beginsLine: Bool, endsLine: Bool, followedBy rest: ArraySlice<UInt8>
  ) -> [UInt8] {
    let isGraphic = byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "=")
    let isBlank = byte == 0x20 || byte == 0x09
    let isRisky =
      beginsLine && (byte == UInt8(ascii: ".") || (byte == UInt8(ascii: "F") && rest.starts(with: "rom ".utf8)))
    if (isGraphic && !isRisky) || (isBlank && !endsLine) { return [byte] }
    return Array(("=" + Hex.pair(byte)).utf8)
  }

  /// Base64 in lines of 76, each ending in CRLF.
  static func base64(_ bytes: [UInt8]) -> String {
    let text = Data(bytes).base64EncodedString(options: [
      .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
    ])
    return text.isEmpty ? "" : text + "\r\n"
  }
}
