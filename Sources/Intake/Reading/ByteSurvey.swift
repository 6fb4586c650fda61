/// What a stretch of a file holds of the bytes that decide whether it can be parted; eight bytes are looked at together.
struct ByteSurvey {
  private(set) var lineFeeds = 0
  private(set) var hasQuote = false
  private(set) var hasReturn = false

  init(_ buffer: UnsafeBufferPointer<UInt8>) {
    let bytes = UnsafeRawBufferPointer(buffer)
    var (quotes, returns) = (UInt64(0), UInt64(0))
    var at = 0
    while at + 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      lineFeeds += ByteSurvey.marks(of: Byte.lf, in: word).nonzeroBitCount
      quotes |= ByteSurvey.marks(of: Byte.quote, in: word)
      returns |= ByteSurvey.marks(of: Byte.cr, in: word)
      at += 8
    }
    hasQuote = quotes != 0
    hasReturn = returns != 0
    for byte in bytes[at...] {
      if byte == Byte.lf { lineFeeds += 1 }
      if byte == Byte.quote { hasQuote = true }
      if byte == Byte.cr { hasReturn = true }
    }
  }

  /// The highest bit of each of the eight bytes that is `byte`, and no other bit.
  private static func marks(of byte: UInt8, in word: UInt64) -> UInt64 {
    let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    let rest = word ^ (0x0101_0101_0101_0101 &* UInt64(byte))
    return ~(((rest & low) &+ low) | rest | low)
  }
}
