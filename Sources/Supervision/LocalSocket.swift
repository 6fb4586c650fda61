import Glibc

/// What a listener and a caller do alike with a stream socket of this machine.
enum LocalSocket {
  /// A listening socket at `path`, for owner and group (0660). What stands there is removed.
  ///
  /// - Parameter group: given to the socket if the system knows it; nil leaves the process's own.
  static func listen(at path: String, group: String? = nil) throws(ControlFault) -> Int32 {
    guard let address = UnixAddress(path) else {
      throw ControlFault(path, "this path is too long for a socket: 107 bytes are the most")
    }
    let socket = UnixAddress.socket(SOCK_STREAM)
    guard socket >= 0 else { throw ControlFault(path, words(errno)) }
    unlink(path)
    // Nobody may call between bind and chmod.
    let mask = umask(0o177)
    let bound = address.with { bind(socket, $0, $1) }
    umask(mask)
    if bound == 0, let group, let entry = getgrnam(group) { _ = chown(path, uid_t.max, entry.pointee.gr_gid) }
    guard bound == 0, chmod(path, 0o660) == 0 else { throw closed(socket, path) }
    return try began(socket, path)
  }

  /// A listening socket on 127.0.0.1.
  static func listen(port: Int) throws(ControlFault) -> Int32 {
    let name = "127.0.0.1:\(port)"
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw ControlFault(name, words(errno)) }
    var yes: Int32 = 1
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let bound = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard bound == 0 else { throw closed(socket, name) }
    return try began(socket, name)
  }

  /// The next caller, who may take so long with each piece; nil when nobody waits.
  static func accept(_ listener: Int32, patience: Duration) -> Int32? {
    let caller = Glibc.accept(listener, nil, nil)
    guard caller >= 0 else { return nil }
    _ = fcntl(caller, F_SETFD, FD_CLOEXEC)
    limit(caller, patience)
    return caller
  }

  static func limit(_ socket: Int32, _ patience: Duration) {
    var time = timeval(tv_sec: Int(patience.components.seconds), tv_usec: 0)
    let length = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, length)
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, length)
  }

  /// Reads until `isWhole` finds the end of what it looks for, and gives that; nil when it does not come, in time or
  /// within `most` bytes.
  static func read(_ socket: Int32, most: Int, _ isWhole: ([UInt8]) -> Int?) -> String? {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while bytes.count < most {
      let count = Glibc.read(socket, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return nil }
      bytes += piece[..<count]
      if let end = isWhole(bytes) { return String(decoding: bytes[..<end], as: UTF8.self) }
    }
    return nil
  }

  /// All of it, or as much as the other side wants to hear.
  static func write(_ text: String, to socket: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  static func words(_ code: Int32) -> String { String(cString: strerror(code)) }

  private static func began(_ socket: Int32, _ name: String) throws(ControlFault) -> Int32 {
    guard Glibc.listen(socket, 16) == 0 else { throw closed(socket, name) }
    _ = fcntl(socket, F_SETFL, O_NONBLOCK)
    return socket
  }

  private static func closed(_ socket: Int32, _ name: String) -> ControlFault {
    let fault = errno
    close(socket)
    return ControlFault(name, words(fault))
  }
}
