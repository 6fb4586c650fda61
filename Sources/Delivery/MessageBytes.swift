import Glibc

/// What must be true of a message before its bytes may go on the wire.
///
/// Nothing is converted on the way, so a bare LF or a byte above 127 would reach the server as it is: the door to smuggled
/// messages, and to refusals.
package enum MessageBytes {
  /// The longest line without its CRLF (RFC 5322 section 2.1.1).
  package static let lineBytesMax = 998

  /// The first fault with its line (from 1), in words; nil for a message that may go out.
  package static func fault(in message: [UInt8]) -> String? {
    if message.isEmpty { return "the message is empty" }
    return message.withUnsafeBytes { fault(in: $0) }
  }

  private static func fault(in message: UnsafeRawBufferPointer) -> String? {
    var line = 1
    var start = 0
    while start < message.count {
      let end = endOfLine(message, from: start)
      // What is wrong with a line, if anything is, is worth a second look.
      guard let end, isGood(UnsafeRawBufferPointer(rebasing: message[start..<end])) else {
        return fault(in: UnsafeRawBufferPointer(rebasing: message[start...]), firstLine: line)
      }
      start = end + 1
      line += 1
    }
    return nil
  }

  /// What ends a message on the wire.
  package static let dot: [UInt8] = [UInt8(ascii: "."), 0x0d, 0x0a]

  /// A message without fault as it goes out: a dot before each line that begins with one, and the last dot (RFC 5321
  /// section 4.5.2).
  package static func onTheWire(_ message: [UInt8]) -> [UInt8] {
    var wire: [UInt8] = []
    wire.reserveCapacity(message.count + dot.count + 64)
    message.withUnsafeBytes { bytes in
      var written = 0
      var start = 0
      while start < bytes.count {
        if bytes[start] == UInt8(ascii: ".") {
          wire += bytes[written..<start]
          wire.append(UInt8(ascii: "."))
          written = start
        }
        start = (endOfLine(bytes, from: start) ?? bytes.count - 1) + 1
      }
      wire += bytes[written...]
    }
    wire += dot
    return wire
  }

  /// Where the next LF stands; nil when none does.
  private static func endOfLine(_ message: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard let first = message.baseAddress, let feed = memchr(first + start, 0x0a, message.count - start) else {
      return nil
    }
    return UnsafeRawPointer(feed) - first
  }

  /// Whether nothing is wrong with a line; its CR is there and its LF is not.
  private static func isGood(_ line: UnsafeRawBufferPointer) -> Bool {
    let count = line.count - 1
    guard line.last == 0x0d, count <= lineBytesMax else { return false }
    var index = 0
    while index + 8 <= count {
      guard isText(line.loadUnaligned(fromByteOffset: index, as: UInt64.self)) else { break }
      index += 8
    }
    while index < count {
      let byte = line[index]
      guard byte != 0x00, byte != 0x0d, byte < 0x80 else { return false }
      index += 1
    }
    return true
  }

  /// Whether each of eight bytes is ASCII from the blank on.
  private static func isText(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    return (word | (word &- ones &* 0x20) & ~word) & (ones &* 0x80) == 0
  }

  private static func fault(in message: UnsafeRawBufferPointer, firstLine: Int) -> String? {
    var line = firstLine
    var length = 0
    var previous: UInt8 = 0
    for byte in message {
      if previous == 0x0d && byte != 0x0a { return "line \(line) has a CR without its LF" }
      switch byte {
      case 0x0d: break
      case 0x0a:
        if previous != 0x0d { return "line \(line) ends in LF without CR" }
        line += 1
        length = 0
      case 0x00: return "line \(line) has a NUL in it"
      case 0x80...: return "line \(line) has a byte that is not 7-bit"
      default:
        length += 1
        if length > lineBytesMax { return "line \(line) is longer than \(lineBytesMax) characters" }
      }
      previous = byte
    }
    return previous == 0x0a ? nil : "line \(line), the last, does not end in CRLF"
  }
}
