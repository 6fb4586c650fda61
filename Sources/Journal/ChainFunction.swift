import Crypto

/// The secret of a keyed chain, at least 16 bytes, and the public name by which the journal tells it from another.
package struct JournalKey: Sendable, Equatable {
  /// A code that has taken in the key and nothing else yet: copied for each line.
  let fresh: HMAC<SHA256>
  /// 16 hexadecimal digits, derived from the secret and of no use for finding it.
  package let id: String

  package static let countMin = 16

  /// Nil when the secret is shorter than `countMin` bytes.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count >= JournalKey.countMin else { return nil }
    let key = SymmetricKey(data: bytes)
    fresh = HMAC<SHA256>(key: key)
    let code = HMAC<SHA256>.authenticationCode(for: Array("dunningd journal key".utf8), using: key)
    id = Digest.hex(Array(code).prefix(8))
    secret = key
  }

  private let secret: SymmetricKey

  package static func == (a: JournalKey, b: JournalKey) -> Bool { a.secret == b.secret }
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

  /// What a line yields: `check`, of which 16 bytes count, for itself, `link` for the `prev` of the next one.
  struct Marks { var check: Link, link: Link }

  /// The digest of these bytes.
  func digest(_ bytes: UnsafeRawBufferPointer) -> Link {
    var digest = RunningDigest(self)
    digest.take(bytes)
    return digest.link
  }

  /// `line` reaches to the end of its member `check`; `checked` counts the bytes before that member.
  ///
  /// One run over the line serves both: the state after the checked part is the check's, then it goes on.
  func marks(_ line: UnsafeRawBufferPointer, checked: Int) -> Marks {
    var digest = RunningDigest(self)
    digest.take(UnsafeRawBufferPointer(rebasing: line[..<checked]))
    let check = digest.link
    digest.take(UnsafeRawBufferPointer(rebasing: line[checked...]))
    withUnsafeBytes(of: UInt8(ascii: "}")) { digest.take($0) }
    return Marks(check: check, link: digest.link)
  }
}
