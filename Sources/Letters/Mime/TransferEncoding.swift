import Foundation

/// Bodies as seven-bit lines of at most 76 characters (RFC 2045 section 6).
enum TransferEncoding {
  /// Quoted-printable of text whose lines end in LF; the result's end in CRLF, also the last one.
  ///
  /// Beyond what RFC 2045 asks, a `.` or `From ` that begins a line is encoded, because some servers alter those.
  static func quotedPrintable(_ text: String) -> [UInt8] {
    var text = text
    return text.withUTF8 { bytes in
      // At most three for one, and a soft break for each 72 of them; a line feed becomes two. Eight are written at once.
      let most = bytes.count * 3 + (bytes.count / 24 + 1) * 3 + 2 + 8
      return Array(unsafeUninitializedCapacity: most) { output, count in
        var writer = Writer(output)
        var start = bytes.startIndex
        while start < bytes.endIndex {
          let end = endOfLine(bytes, from: start)
          writer.line(UnsafeBufferPointer(rebasing: bytes[start..<end]))
          start = end + 1
        }
        count = writer.count
      }
    }
  }

  /// Where the next line feed stands, or else the end.
  private static func endOfLine(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    guard let first = bytes.baseAddress,
      let feed = memchr(first + start, Int32(UInt8(ascii: "\n")), bytes.count - start)
    else { return bytes.endIndex }
    return UnsafeRawPointer(feed) - UnsafeRawPointer(first)
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
        // Most bytes are plain wherever they stand; what begins or ends a line has rules of its own.
        while column > 0 {
          let taken = takeRun(line, index, atMost: min(75 - column, line.count - 1 - index))
          if taken == 0 { break }
          column += taken
          index += taken
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

    /// Puts up to eight bytes, as many as are between blank and tilde and no "=".
    @inline(__always)
    private mutating func takeRun(_ line: UnsafeBufferPointer<UInt8>, _ index: Int, atMost limit: Int) -> Int {
      guard limit > 0, index + 8 <= line.count else { return 0 }
      let word = UInt64(
        littleEndian: UnsafeRawBufferPointer(line).loadUnaligned(fromByteOffset: index, as: UInt64.self))
      let ones: UInt64 = 0x0101_0101_0101_0101
      let highs: UInt64 = 0x8080_8080_8080_8080
      let equals = word ^ (ones &* UInt64(UInt8(ascii: "=")))
      let deletes = word ^ (ones &* 0x7F)
      // A byte is zero, or below 0x20, where subtracting borrows from its highest bit: surely so for the first of them.
      let odd = word | (word &- ones &* 0x20) & ~word | (equals &- ones) & ~equals | (deletes &- ones) & ~deletes
      let taken = min(limit, (odd & highs).trailingZeroBitCount / 8)
      // All eight are written, and those that do not count are written over.
      UnsafeMutableRawBufferPointer(output).storeBytes(of: word.littleEndian, toByteOffset: count, as: UInt64.self)
      count += taken
      return taken
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
