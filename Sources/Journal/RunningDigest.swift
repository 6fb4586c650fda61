import Crypto

/// SHA-256 over bytes that come in pieces.
package struct RunningDigest {
  private var hash = SHA256()

  package init() {}

  package mutating func take(_ bytes: [UInt8]) { bytes.withUnsafeBytes { hash.update(bufferPointer: $0) } }

  /// Of what was taken up to now: 64 lower-case hexadecimal digits.
  package var hex: String { Link(hash.finalize()).hex }
}
