import Decisions
@_spi(_Unicode) import Swift

/// Rows of 64-bit words, sorted, found by their first word: the hash of a name.
package struct SealTable: Sendable, Equatable {
  /// Words a row.
  package let width: Int
  package private(set) var words: [UInt64]

  package init(width: Int, words: [UInt64] = []) {
    self.width = width
    self.words = words
  }

  package var count: Int { words.count / width }
  package func row(_ index: Int) -> ArraySlice<UInt64> { words[(index * width)..<((index + 1) * width)] }

  /// Rows that begin with that word.
  package func rows(of hash: UInt64) -> Range<Int> { rows(of: hash, in: 0..<count) }

  /// Rows that begin with that word, of some that are in order.
  func rows(of hash: UInt64, in rows: Range<Int>) -> Range<Int> {
    let first = self.first(in: rows) { $0 >= hash }
    var end = first
    while end < rows.upperBound, words[end * width] == hash { end += 1 }
    return first..<end
  }

  private func first(in rows: Range<Int>, where isBehind: (UInt64) -> Bool) -> Int {
    var low = rows.lowerBound
    var high = rows.upperBound
    while low < high {
      let middle = (low + high) / 2
      if isBehind(words[middle * width]) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// This table with `new` rows: of two that begin with the same `keyWords` words the new one stays.
  func merged(with new: [[UInt64]], keyWords: Int) -> SealTable {
    func precedes(_ a: some Collection<UInt64>, _ b: some Collection<UInt64>) -> Bool {
      a.prefix(keyWords).lexicographicallyPrecedes(b.prefix(keyWords))
    }
    var output: [UInt64] = []
    output.reserveCapacity(words.count + new.count * width)
    var index = 0
    for row in new.sorted(by: precedes) {
      while index < count, precedes(self.row(index), row) {
        output.append(contentsOf: self.row(index))
        index += 1
      }
      if index < count, self.row(index).prefix(keyWords).elementsEqual(row.prefix(keyWords)) { index += 1 }
      output.append(contentsOf: row)
    }
    output.append(contentsOf: words[(index * width)...])
    return SealTable(width: width, words: output)
  }

  /// Eight bytes a word, the lowest first.
  var bytes: [UInt8] {
    words.map(\.littleEndian).withUnsafeBytes { Array($0) }
  }

  package init(width: Int, bytes: UnsafeRawBufferPointer) {
    self.width = width
    words = (0..<(bytes.count / 8)).map {
      UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
    }
  }
}

/// Names as 64 bits (FNV-1a, then mixed): two of them may collide, so what is found by one is looked at.
///
/// Names that are equal have the same hash. To Swift, and so to a history in memory, `é` is one letter whether it stands
/// there as one or as `e` with an accent; so a name is hashed in its composed form (NFC).
package enum NameHash {
  package static func person(_ id: String) -> UInt64 { hash(0, id) }

  package static func link(_ link: HistoryLink) -> UInt64 {
    switch link {
    case .address(let text): hash(1, text)
    case .customer(let text): hash(2, text)
    case .contact(let text): hash(3, text)
    case .invoice(let text): hash(4, text)
    case .subject(let text): hash(5, text)
    }
  }

  private static func hash(_ kind: UInt8, _ text: String) -> UInt64 {
    var value: UInt64 = 0xCBF2_9CE4_8422_2325
    value = (value ^ UInt64(kind)) &* 0x100_0000_01B3
    func take(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    if text.utf8.allSatisfy({ $0 < 0x80 }) {
      text.utf8.forEach(take)
    } else {
      for scalar in text._nfc { UTF8.encode(scalar)?.forEach(take) }
    }
    value = (value ^ (value >> 32)) &* 0xD6E8_FEB8_6659_FD93
    return value ^ (value >> 32)
  }
}
