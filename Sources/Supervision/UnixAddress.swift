import Glibc

/// A place of a Unix socket (unix(7)): a path, or with `@` in front a name in the abstract space.
struct UnixAddress {
  private var raw = sockaddr_un()
  private let length: socklen_t

  /// Nil when the path is longer than a socket's may be (107 bytes).
  init?(_ path: String) {
    var bytes = Array(path.utf8)
    let isAbstract = bytes.first == UInt8(ascii: "@")
    if isAbstract { bytes[0] = 0 }
    let capacity = MemoryLayout.size(ofValue: raw.sun_path)
    guard !bytes.isEmpty, bytes.count < capacity else { return nil }
    raw.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &raw.sun_path) { $0.copyBytes(from: bytes) }
    // An abstract name ends with its length, a path with its zero byte.
    length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count + (isAbstract ? 0 : 1))
  }

  /// Calls `connect` or `bind` with it.
  func with(_ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    withUnsafePointer(to: raw) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, length) }
    }
  }

  static func socket(_ type: __socket_type) -> Int32 {
    Glibc.socket(AF_UNIX, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), 0)
  }
}
