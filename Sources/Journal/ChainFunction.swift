import Crypto

/// The secret of a keyed chain, at least 16 bytes, and the public name by which the journal tells it from another.
package struct JournalKey: Sendable, Equatable {
  fileprivate let bytes: [UInt8]
  /// 16 hexadecimal digits, derived from the secret and of no use for finding it.
  package let id: String

  package static let countMin = 16

  /// Nil when the secret is shorter than `countMin` bytes.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count >= JournalKey.countMin else { return nil }
    self.bytes = bytes
    let code = HMAC<SHA256>.authenticationCode(
      for: Array("dunningd journal key".utf8), using: SymmetricKey(data: bytes))
    id = Digest.hex(Array(code).prefix(8))
  }
}

/// How one line vouches for the one before it.
package enum ChainFunction: Sendable, Equatable {
  /// Shows a slip or a fault of the disk; who can write the file can also compute it anew.
  case sha256
  /// Only who has the key can compute it.
  case hmac(JournalKey)

  /// As `journal.opened` names it.
  package var name: String {
    switch self {
    case .sha256: "sha256"
    case .hmac: "hmac-sha256"
    }
  }

  /// What a line yields: `check` for itself, `link` for the `prev` of the next one; 16 and 32 bytes.
  struct Marks { var check: ArraySlice<UInt8>, link: [UInt8] }

  /// The check of what stands before a line's member `check`.
  func check(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    bytes.withUnsafeBytes { run($0).finished.prefix(16) }
  }

  /// `line` reaches to the end of its member `check`; `checked` counts the bytes before that member.
  func marks(_ line: UnsafeRawBufferPointer, checked: Int) -> Marks {
    // One run over the line serves both: the state after the checked part is the check's, then it goes on.
    var running = run(UnsafeRawBufferPointer(rebasing: line[..<checked]))
    let check = running.finished
    running.update(UnsafeRawBufferPointer(rebasing: line[checked...]))
    withUnsafeBytes(of: UInt8(ascii: "}")) { running.update($0) }
    return Marks(check: check.prefix(16), link: running.finished)
  }

  private func run(_ bytes: UnsafeRawBufferPointer) -> Running {
    var running: Running =
      switch self {
      case .sha256: .plain(SHA256())
      case .hmac(let key): .keyed(HMAC<SHA256>(key: SymmetricKey(data: key.bytes)))
      }
    running.update(bytes)
    return running
  }

  private enum Running {
    case plain(SHA256)
    case keyed(HMAC<SHA256>)

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
      switch self {
      case .plain(var hash):
        hash.update(bufferPointer: bytes)
        self = .plain(hash)
      case .keyed(var code):
        code.update(data: bytes)
        self = .keyed(code)
      }
    }

    var finished: [UInt8] {
      switch self {
      case .plain(let hash): Array(hash.finalize())
      case .keyed(let code): Array(code.finalize())
      }
    }
  }
}
