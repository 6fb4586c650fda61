import Foundation

/// Bodies as seven-bit lines of at most 76 characters (RFC 2045 section 6).
enum TransferEncoding {
  /// Quoted-printable of text whose lines end in LF; the result's end in CRLF, also the last one.
  ///
  /// Beyond what RFC 2045 asks, a `.` or `From ` that begins a line is encoded, because some servers alter those.
  static func quotedPrintable(_ text: String) -> [UInt8] {
    var text = text
    return text.withUTF8 { bytes in
      Array(unsafeUninitializedCapacity: most(bytes.count)) { output, count in
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

  /// Writes the end of a line whose beginning `quotedBeginning` gave, up to the given column.
  static func quote(endOfLine line: [UInt8], from column: Int, to output: inout [UInt8]) {
    line.withUnsafeBufferPointer { bytes in
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: most(bytes.count)) { quoted in
        var writer = Writer(quoted, column: column)
        writer.line(bytes)
        output += UnsafeBufferPointer(rebasing: quoted[..<writer.count])
      }
    }
  }

  /// Bytes that `quotedBeginning` must see and does not write: so many decide on how the one before them is written.
  private static let lookahead = "From ".utf8.count

  /// What a line that goes on with at least one byte begins with in any case.
  ///
  /// - Returns: in `quoted` the first `taken` bytes, which end before `column`.
  static func quotedBeginning(_ line: [UInt8]) -> (quoted: [UInt8], taken: Int, column: Int) {
    let taken = max(0, line.count - lookahead)
    var column = 0
    let quoted = line.withUnsafeBufferPointer { bytes in
      [UInt8](unsafeUninitializedCapacity: most(bytes.count)) { output, count in
        var writer = Writer(output)
        writer.beginning(bytes, taken)
        (count, column) = (writer.count, writer.column)
      }
    }
    return (quoted, taken, column)
  }

  /// So many bytes come out of so many at most: three for one, a soft break at once and for each 72 of them, and for a
  /// line feed two; beyond the last, eight may be written that do not count.
  private static func most(_ count: Int) -> Int { count * 3 + (count / 24 + 2) * 3 + 2 + 8 }

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
    /// Characters so far of the line that is being written.
    private(set) var column: Int

    init(_ output: UnsafeMutableBufferPointer<UInt8>, column: Int = 0) {
      self.output = output
      self.column = column
    }

    @inline(__always)
    private mutating func put(_ byte: UInt8) {
      output[count] = byte
      count += 1
    }

    /// The whole of a line, or all that is left of it.
    mutating func line(_ line: UnsafeBufferPointer<UInt8>) {
      beginning(line, line.count)
      put(0x0D)
      put(0x0A)
      column = 0
    }

    /// The first `count` bytes of what is left of a line.
    mutating func beginning(_ line: UnsafeBufferPointer<UInt8>, _ count: Int) {
      var index = 0
      while index < count {
        // Most bytes are plain wherever they stand; what begins or ends a line has rules of its own.
        while column > 0 {
          let taken = takeRun(line, index, atMost: min(75 - column, min(count, line.count - 1) - index))
          if taken == 0 { break }
          column += taken
          index += taken
        }
        guard index < count else { break }
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
