import Crypto

/// The digest of bytes that come in pieces; it can be asked for at any point.
package struct RunningDigest {
  // One of them is there.
  private var hash: SHA256?
  private var code: HMAC<SHA256>?

  /// SHA-256.
  package init() { hash = SHA256() }

  init(_ function: ChainFunction) {
    switch function {
    case .sha256: hash = SHA256()
    case .hmac(let key): code = key.fresh
    }
  }

  mutating func take(_ bytes: UnsafeRawBufferPointer) {
    hash?.update(bufferPointer: bytes)
    code?.update(data: bytes)
  }

  package mutating func take(_ bytes: [UInt8]) { bytes.withUnsafeBytes { take($0) } }
  mutating func take(_ bytes: ArraySlice<UInt8>) { bytes.withUnsafeBytes { take($0) } }

  /// Of what was taken up to now.
  var link: Link { hash.map { Link($0.finalize()) } ?? code.map { Link($0.finalize()) } ?? .first }
  /// 64 lower-case hexadecimal digits.
  package var hex: String { link.hex }
}
