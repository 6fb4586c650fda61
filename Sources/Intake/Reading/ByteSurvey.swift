/// What a stretch of a file holds of the bytes that decide whether it can be parted; eight bytes are looked at together.
struct ByteSurvey {
  private(set) var lineFeeds = 0
  private(set) var returns = 0
  private(set) var hasQuote = false
  private(set) var isASCII = true

  init(_ buffer: UnsafeBufferPointer<UInt8>) {
    let bytes = UnsafeRawBufferPointer(buffer)
    let (feed, quote, carriage) = (
      ByteWord.filled(with: Byte.lf), ByteWord.filled(with: Byte.quote), ByteWord.filled(with: Byte.cr)
    )
    var (quotes, all) = (UInt64(0), UInt64(0))
    var at = 0
    while at + 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      lineFeeds += ByteWord.marks(of: feed, in: word).nonzeroBitCount
      quotes |= ByteWord.marks(of: quote, in: word)
      returns += ByteWord.marks(of: carriage, in: word).nonzeroBitCount
      all |= word
      at += 8
    }
    hasQuote = quotes != 0
    for byte in bytes[at...] {
      if byte == Byte.lf { lineFeeds += 1 }
      if byte == Byte.cr { returns += 1 }
      if byte == Byte.quote { hasQuote = true }
      all |= UInt64(byte)
    }
    isASCII = ByteWord.isASCII(all)
  }
}

/// Eight bytes of a file in one word, the first one lowest; a mark is the highest bit of a byte.
enum ByteWord {
  static func filled(with byte: UInt8) -> UInt64 { 0x0101_0101_0101_0101 &* UInt64(byte) }

  /// A mark for each byte that is as in `pattern`, and no other bit.
  static func marks(of pattern: UInt64, in word: UInt64) -> UInt64 {
    let rest = word ^ pattern
    return ~(((rest & low) &+ low) | rest | low)
  }

  /// A mark for each byte of ASCII that is `limit` at most, and no other bit.
  static func marks(upTo limit: UInt8, in word: UInt64) -> UInt64 {
    let above = (word & low) &+ filled(with: 0x7F - limit)
    return ~(above | word | low)
  }

  static func isASCII(_ word: UInt64) -> Bool { word & ~low == 0 }

  /// Whether all eight are printable ASCII.
  static func isPrintable(_ word: UInt64) -> Bool {
    let notBlank = (word & low) &+ filled(with: 0x60)
    let noDelete = (word ^ low) &+ low
    return notBlank & noDelete & ~word & ~low == ~low
  }

  private static let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
}
