import Foundation

/// Bodies as seven-bit lines of at most 76 characters (RFC 2045 section 6).
enum TransferEncoding {
  /// Quoted-printable of text whose lines end in LF; the result's end in CRLF, also the last one.
  ///
  /// Beyond what RFC 2045 asks, a `.` or `From ` that begins a line is encoded, because some servers alter those.
  static func quotedPrintable(_ text: String) -> [UInt8] {
    var text = text
    return text.withUTF8 { bytes in
      var output: [UInt8] = []
      output.reserveCapacity(bytes.count + bytes.count / 16)
      var start = bytes.startIndex
      while start < bytes.endIndex {
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
        appendLine(bytes[start..<end], to: &output)
        start = end + 1
      }
      return output
    }
  }

  private static func appendLine(_ line: Slice<UnsafeBufferPointer<UInt8>>, to output: inout [UInt8]) {
    var column = 0
    for index in line.indices {
      let byte = line[index]
      let isLast = index == line.endIndex - 1
      var isPlain = isPlain(byte, line[index...], beginsLine: column == 0, endsLine: isLast)
      // One column stays free for the soft break's "=", unless this is the line's end.
      if column + (isPlain ? 1 : 3) > (isLast ? 76 : 75) {
        output += [UInt8(ascii: "="), 0x0D, 0x0A]
        column = 0
        isPlain = self.isPlain(byte, line[index...], beginsLine: true, endsLine: isLast)
      }
      if isPlain {
        output.append(byte)
        column += 1
      } else {
        output.append(UInt8(ascii: "="))
        output.append(Hex.upperDigit(byte >> 4))
        output.append(Hex.upperDigit(byte & 15))
        column += 3
      }
    }
    output.append(0x0D)
    output.append(0x0A)
  }

  /// - Parameter rest: from the byte on.
  @inline(__always)
  private static func isPlain(
    _ byte: UInt8, _ rest: Slice<UnsafeBufferPointer<UInt8>>, beginsLine: Bool, endsLine: Bool
  ) -> Bool {
    if byte == 0x20 || byte == 0x09 { return !endsLine }
    guard byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "=") else { return false }
    guard beginsLine else { return true }
    return byte != UInt8(ascii: ".") && !(byte == UInt8(ascii: "F") && rest.starts(with: "From ".utf8))
  }

  /// Base64 in lines of 76, each ending in CRLF.
  static func base64(_ bytes: [UInt8]) -> String {
    let text = Data(bytes).base64EncodedString(options: [
      .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
    ])
    return text.isEmpty ? "" : text + "\r\n"
  }
}
