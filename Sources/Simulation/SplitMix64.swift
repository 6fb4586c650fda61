/// A generator of chance that is the same everywhere: one seed, one history.
///
/// Source: Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators (OOPSLA 2014), figure 18.
package struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  /// A stream of its own for a part of the history, so that what another part draws does not change it.
  init(seed: UInt64, stream: UInt64) {
    var mixer = SplitMix64(seed: seed)
    state = mixer.next() ^ (stream &* 0xD6E8_FEB8_6659_FD93)
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  /// A whole number of the range, each as likely as the other but for a bias below 2^-32.
  ///
  /// Not `Int.random(in:using:)`, whose use of the generator is not promised to stay the same.
  mutating func pick(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() >> 32) % (range.upperBound - range.lowerBound + 1)
  }

  /// True so often in a thousand.
  mutating func chance(_ perMille: Int) -> Bool { pick(0...999) < perMille }

  mutating func pick<Element>(_ list: [Element]) -> Element { list[pick(0...(list.count - 1))] }

  mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 24) } }
}
