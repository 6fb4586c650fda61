import Ledger

/// A file's bytes as UTF-8, whatever they were written in.
struct FileText {
  /// UTF-8, if the file is what it is said to be.
  let bytes: [UInt8]
  /// Where the text begins, after a byte order mark.
  let start: Int

  /// Why no text could be made of the bytes at all.
  struct Fault: Error { let reason: String }

  init(_ file: [UInt8], encoding: IntakeFormat.Encoding) throws(Fault) {
    let hasMark = file.starts(with: [0xEF, 0xBB, 0xBF])
    if file.starts(with: [0xFF, 0xFE]) || file.starts(with: [0xFE, 0xFF]) {
      throw Fault(
        reason: "the file is UTF-16; export it as \"CSV UTF-8\", or convert it: iconv -f UTF-16 -t UTF-8")
    }
    // A byte order mark settles it, whatever is configured.
    if hasMark || encoding == .utf8 {
      bytes = file
      start = hasMark ? 3 : 0
    } else {
      bytes = FileText.utf8(file, from: encoding)
      start = 0
    }
  }

  /// Whether `slice` is well-formed UTF-8 (RFC 3629: no surrogates, nothing overlong, nothing beyond U+10FFFF).
  static func isValid(_ slice: ArraySlice<UInt8>) -> Bool { slice.withUnsafeBufferPointer { isValid($0) } }

  static func isValid(_ buffer: UnsafeBufferPointer<UInt8>) -> Bool {
    let bytes = UnsafeRawBufferPointer(buffer)
    var at = 0
    let count = buffer.count
    while at < count {
      // Nearly all of it is ASCII: eight bytes at a time.
      if at + 8 <= count, bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self) & 0x8080_8080_8080_8080 == 0 {
        at += 8
        continue
      }
      let byte = buffer[at]
      if byte < 0x80 {
        at += 1
        continue
      }
      let length: Int
      var second: ClosedRange<UInt8> = 0x80...0xBF
      switch byte {
      case 0xC2...0xDF: length = 2
      case 0xE0: (length, second) = (3, 0xA0...0xBF)
      case 0xED: (length, second) = (3, 0x80...0x9F)
      case 0xE1...0xEF: length = 3
      case 0xF0: (length, second) = (4, 0x90...0xBF)
      case 0xF1...0xF3: length = 4
      case 0xF4: (length, second) = (4, 0x80...0x8F)
      default: return false
      }
      guard at + length <= count, second.contains(buffer[at + 1]) else { return false }
      for next in (at + 2)..<(at + max(length, 2)) where buffer[next] & 0xC0 != 0x80 { return false }
      at += length
    }
    return true
  }

  /// What a cell that is no UTF-8 says if some program of Windows wrote it.
  static func guess(_ cell: Cell) -> String {
    String(decoding: utf8(Array(cell), from: .windows1252), as: UTF8.self)
  }

  private static func utf8(_ file: [UInt8], from encoding: IntakeFormat.Encoding) -> [UInt8] {
    var scalars = (0...255).map { Unicode.Scalar(UInt8($0)) }
    switch encoding {
    case .windows1252:
      for (byte, scalar) in zip(0x80..., windows1252) { scalars[byte] = scalar }
    case .latin9:
      for (byte, scalar) in latin9 { scalars[byte] = scalar }
    case .latin1, .utf8: break
    }
    let encoded = scalars.map { Array(String(Character($0)).utf8) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(file.count + file.count / 16)
    for byte in file {
      if byte < 0x80 { bytes.append(byte) } else { bytes += encoded[Int(byte)] }
    }
    return bytes
  }

  /// 0x80...0x9F. The five bytes that mean nothing stay control characters, which no cell may hold.
  private static let windows1252: [Unicode.Scalar] = [
    "\u{20AC}", "\u{81}", "\u{201A}", "\u{192}", "\u{201E}", "\u{2026}", "\u{2020}", "\u{2021}",
    "\u{2C6}", "\u{2030}", "\u{160}", "\u{2039}", "\u{152}", "\u{8D}", "\u{17D}", "\u{8F}",
    "\u{90}", "\u{2018}", "\u{2019}", "\u{201C}", "\u{201D}", "\u{2022}", "\u{2013}", "\u{2014}",
    "\u{2DC}", "\u{2122}", "\u{161}", "\u{203A}", "\u{153}", "\u{9D}", "\u{17E}", "\u{178}",
  ]

  /// Where ISO 8859-15 differs from ISO 8859-1.
  private static let latin9: [(Int, Unicode.Scalar)] = [
    (0xA4, "\u{20AC}"), (0xA6, "\u{160}"), (0xA8, "\u{161}"), (0xB4, "\u{17D}"), (0xB8, "\u{17E}"),
    (0xBC, "\u{152}"), (0xBD, "\u{153}"), (0xBE, "\u{178}"),
  ]
}
