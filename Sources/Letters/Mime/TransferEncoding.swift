import Foundation

/// Bodies as seven-bit lines of at most 76 characters (RFC 2045 section 6).
enum TransferEncoding {
  /// Quoted-printable of text whose lines end in LF; the result's end in CRLF, also the last one.
  ///
  /// Beyond what RFC 2045 asks, a `.` or `From ` that begins a line is encoded, because some servers alter those.
  static func quotedPrintable(_ text: String) -> [UInt8] {
    var text = text
    return text.withUTF8 { bytes in
      // At most three for one, and a soft break for each 72 of them; a line feed becomes two.
      let most = bytes.count * 3 + (bytes.count / 24 + 1) * 3 + 2
      return Array(unsafeUninitializedCapacity: most) { output, count in
        var writer = Writer(output)
        var start = bytes.startIndex
        while start < bytes.endIndex {
          let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
          writer.line(UnsafeBufferPointer(rebasing: bytes[start..<end]))
          start = end + 1
        }
        count = writer.count
      }
    }
  }

  private struct Writer {
    private let output: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(_ output: UnsafeMutableBufferPointer<UInt8>) { self.output = output }

    @inline(__always)
    private mutating func put(_ byte: UInt8) {
      output[count] = byte
      count += 1
    }

    mutating func line(_ line: UnsafeBufferPointer<UInt8>) {
      var column = 0
      var index = 0
      while index < line.count {
        // Bytes that are plain wherever they stand go eight at once; what begins or ends a line has rules of its own.
        while column > 0, column + 8 <= 75, index + 8 < line.count, takeEight(line, index) {
          column += 8
          index += 8
        }
        let isLast = index == line.count - 1
        var isPlain = isPlain(line, index, beginsLine: column == 0, endsLine: isLast)
        // One column stays free for the soft break's "=", unless this is the line's end.
        if column + (isPlain ? 1 : 3) > (isLast ? 76 : 75) {
          put(UInt8(ascii: "="))
          put(0x0D)
          put(0x0A)
          column = 0
          isPlain = self.isPlain(line, index, beginsLine: true, endsLine: isLast)
        }
        if isPlain {
          put(line[index])
          column += 1
        } else {
          put(UInt8(ascii: "="))
          put(Hex.upperDigit(line[index] >> 4))
          put(Hex.upperDigit(line[index] & 15))
          column += 3
        }
        index += 1
      }
      put(0x0D)
      put(0x0A)
    }

    /// Puts eight bytes if every one of them is between blank and tilde, and none is "=".
    @inline(__always)
    private mutating func takeEight(_ line: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
      let word = UnsafeRawBufferPointer(line).loadUnaligned(fromByteOffset: index, as: UInt64.self)
      let ones: UInt64 = 0x0101_0101_0101_0101
      let highs: UInt64 = 0x8080_8080_8080_8080
      let equals = word ^ (ones &* UInt64(UInt8(ascii: "=")))
      let deletes = word ^ (ones &* 0x7F)
      // A byte is zero, or below 0x20, where subtracting borrows from its highest bit.
      let odd = word | (word &- ones &* 0x20) & ~word | (equals &- ones) & ~equals | (deletes &- ones) & ~deletes
      guard odd & highs == 0 else { return false }
      UnsafeMutableRawBufferPointer(output).storeBytes(of: word, toByteOffset: count, as: UInt64.self)
      count += 8
      return true
    }

    @inline(__always)
    private func isPlain(
      _ line: UnsafeBufferPointer<UInt8>, _ index: Int, beginsLine: Bool, endsLine: Bool
    ) -> Bool {
      let byte = line[index]
      if byte == 0x20 || byte == 0x09 { return !endsLine }
      guard byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "=") else { return false }
      guard beginsLine else { return true }
      let isFrom = byte == UInt8(ascii: "F") && line[index...].starts(with: "From ".utf8)
      return byte != UInt8(ascii: ".") && !isFrom
    }
  }

  /// Base64 in lines of 76, each ending in CRLF.
  static func base64(_ bytes: [UInt8]) -> String {
    let text = Data(bytes).base64EncodedString(options: [
      .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
    ])
    return text.isEmpty ? "" : text + "\r\n"
  }
}
