/// A cell's first fifteen bytes and its length in two words, so that short cells, as most are, are compared at once.
struct ShortCell: Equatable {
  private var low: UInt64 = 0
  private var high: UInt64 = 0

  /// A cell of so many bytes is all here.
  static let most = 15

  init(_ cell: Cell) {
    let bytes = UnsafeRawBufferPointer(cell)
    let count = bytes.count
    if count >= 8 {
      low = bytes.loadUnaligned(as: UInt64.self)
      // The eight bytes that end with the last one that counts, less those that are in `low` already.
      let end = min(count, ShortCell.most)
      if end > 8 { high = bytes.loadUnaligned(fromByteOffset: end - 8, as: UInt64.self) >> UInt64(8 * (16 - end)) }
    } else if count >= 4 {
      let first = UInt64(bytes.loadUnaligned(as: UInt32.self))
      low = first | UInt64(bytes.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)) << UInt64(8 * (count - 4))
    } else {
      for index in 0..<count { low |= UInt64(bytes[index]) << UInt64(8 * index) }
    }
    high |= UInt64(min(count, ShortCell.most + 1)) << 56
  }

  init(_ text: StaticString) {
    self.init(Cell(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Whether every byte is of ASCII; of a longer cell, those that are here.
  var isPlain: Bool { (low | high) & 0x8080_8080_8080_8080 == 0 }
  /// Whether there is more of the cell than is here.
  var isCut: Bool { high >> 56 > UInt64(ShortCell.most) }

  /// All bits count towards all bits of it.
  var mixed: UInt64 {
    let product = (low ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: high ^ 0xC2B2_AE3D_27D4_EB4F)
    return product.high ^ product.low
  }
}
