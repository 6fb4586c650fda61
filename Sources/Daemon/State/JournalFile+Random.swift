import Glibc

extension JournalFile {
  /// From the system's generator.
  package static func randomBytes(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    for start in stride(from: 0, to: count, by: entropyMax) {
      let failure = bytes.withUnsafeMutableBytes { buffer in
        let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[start...].prefix(entropyMax))
        return getentropy(piece.baseAddress, piece.count)
      }
      precondition(failure == 0, "the system gives no random bytes")
    }
    return bytes
  }

  /// `getentropy` gives so many at a time.
  private static let entropyMax = 256
}
