/// Tells what was whole once from what a crash tore: a tail that one bit turns into whole records was written, synced and
/// perhaps acted upon, and memory or disk changed it later. No crash leaves such a thing: it would have to guess a
/// SHA-256.
struct FlippedBit {
  /// From 0.
  let byte: Int
  /// From 0, the least significant.
  let bit: Int

  /// Longer tails are not looked at; every bit of one is tried, and each trial reads all of it.
  static let bytesMax = 32 << 10
  private static let start = Array(#"{"seq":"#.utf8)
  private static let end = Array("}\n".utf8)

  /// Finds it in what stands behind the last record of `chain`; nil when there is none.
  init?(in tail: [UInt8], after chain: Chain) {
    let edges =
      FlippedBit.start.indices.map { ($0, FlippedBit.start[$0]) }
      + FlippedBit.end.indices.map { (tail.count - 2 + $0, FlippedBit.end[$0]) }
    guard (edges.count...FlippedBit.bytesMax).contains(tail.count), tail.count(where: { $0 == 0 }) <= 1 else {
      return nil
    }
    // Most torn tails are told by their ends alone. Where one bit is wrong there, no other can be.
    let wrong = edges.filter { tail[$0.0] != $0.1 }
    guard wrong.reduce(0, { $0 + (tail[$1.0] ^ $1.1).nonzeroBitCount }) <= 1 else { return nil }
    var bytes = tail
    for byte in wrong.first.map({ $0.0..<$0.0 + 1 }) ?? 0..<tail.count {
      for bit in 0..<8 {
        bytes[byte] ^= 1 << bit
        if FlippedBit.areRecords(bytes, after: chain) {
          self.byte = byte
          self.bit = bit
          return
        }
        bytes[byte] ^= 1 << bit
      }
    }
    return nil
  }

  private static func areRecords(_ bytes: [UInt8], after chain: Chain) -> Bool {
    var chain = chain
    var start = bytes.startIndex
    while start < bytes.endIndex {
      guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")), (try? chain.take(bytes[start..<end])) != nil
      else { return false }
      start = end + 1
    }
    return true
  }
}
