import Crypto

/// The digest by which one line vouches for the one before it: 32 bytes, held without an allocation.
struct Link: Sendable, Equatable {
  private var words: (UInt64, UInt64, UInt64, UInt64)

  /// 64 zeros: what the first record has for `prev`.
  static let first = Link()

  private init() { words = (0, 0, 0, 0) }

  /// - Parameter bytes: 32 of them; what is missing is zero.
  init(_ bytes: some Sequence<UInt8>) {
    self.init()
    withUnsafeMutableBytes(of: &words) { target in
      for (index, byte) in bytes.prefix(32).enumerated() { target[index] = byte }
    }
  }

  init(_ digest: SHA256Digest) {
    self.init()
    withUnsafeMutableBytes(of: &words) { target in digest.withUnsafeBytes { target.copyMemory(from: $0) } }
  }

  init(_ code: HashedAuthenticationCode<SHA256>) {
    self.init()
    withUnsafeMutableBytes(of: &words) { target in code.withUnsafeBytes { target.copyMemory(from: $0) } }
  }

  var bytes: [UInt8] { withUnsafeBytes(of: words) { Array($0) } }
  var hex: String { Digest.hex(bytes) }

  /// In hexadecimal.
  func write(firstBytes count: Int = 32, to output: inout [UInt8]) {
    withUnsafeBytes(of: words) { Digest.write($0.prefix(count), to: &output) }
  }

  /// Whether `digits` are the lower-case hexadecimal of the first half as many bytes.
  func begins(withHex digits: UnsafeRawBufferPointer) -> Bool {
    withUnsafeBytes(of: words) { own in
      var difference: UInt8 = digits.count % 2 == 0 && digits.count <= 64 ? 0 : 1
      for index in 0..<min(32, digits.count / 2) {
        difference |= digits[2 * index] ^ Digest.digit(own[index] >> 4)
        difference |= digits[2 * index + 1] ^ Digest.digit(own[index] & 15)
      }
      return difference == 0
    }
  }

  static func == (a: Link, b: Link) -> Bool { a.words == b.words }
}
