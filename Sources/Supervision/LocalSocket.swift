import Glibc

/// What a listener and a caller do alike with a stream socket of this machine.
enum LocalSocket {
  /// A listening socket at `path`, for owner and group (0660). A socket that a dead process left there is removed;
  /// anything else that stands there stays, and is refused.
  ///
  /// - Parameter group: given to the socket if the system knows it; nil leaves the process's own.
  static func listen(at path: String, group: String? = nil) throws(ControlFault) -> Int32 {
    guard let address = UnixAddress(path) else {
      throw ControlFault(path, "this path is too long for a socket: 107 bytes are the most")
    }
    try clear(path, address)
    let socket = UnixAddress.socket(SOCK_STREAM)
    guard socket >= 0 else { throw ControlFault(path, words(errno)) }
    // Whatever its permissions are until chmod, nobody is let in before it listens.
    let bound = address.with { bind(socket, $0, $1) }
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

  /// The next caller, never waited for; nil when nobody waits.
  static func accept(_ listener: Int32) -> Int32? {
    let caller = Glibc.accept(listener, nil, nil)
    guard caller >= 0 else { return nil }
    _ = fcntl(caller, F_SETFD, FD_CLOEXEC)
    _ = fcntl(caller, F_SETFL, O_NONBLOCK)
    return caller
  }

  /// For a caller: how long each piece of an answer may take.
  static func limit(_ socket: Int32, _ patience: Duration) {
    var time = timeval(tv_sec: Int(patience.components.seconds), tv_usec: 0)
    let length = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, length)
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, length)
  }

  enum Reading {
    case whole(String)
    case more
    /// It hung up, or said too much.
    case gone
  }

  /// Reads what is there, without waiting, until `isWhole` finds the end of what it looks for.
  static func readOn(_ socket: Int32, _ bytes: inout [UInt8], most: Int, _ isWhole: ([UInt8]) -> Int?) -> Reading {
    var piece = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = Glibc.read(socket, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN { return .more }
      guard count > 0 else { return .gone }
      bytes += piece[..<count]
      if let end = isWhole(bytes) { return .whole(String(decoding: bytes[..<end], as: UTF8.self)) }
      if bytes.count >= most { return .gone }
    }
  }

  /// All of it, or as much as the other side hears in time.
  static func write(_ text: String, to socket: Int32, patience: Duration) {
    let end = ContinuousClock.now + patience
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN {
        let left = ContinuousClock.now.duration(to: end)
        guard left > .zero else { return }
        var writable = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
        _ = poll(&writable, 1, Int32(left / .milliseconds(1)) + 1)
        continue
      }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  static func words(_ code: Int32) -> String { String(cString: strerror(code)) }

  private static func clear(_ path: String, _ address: UnixAddress) throws(ControlFault) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw ControlFault(path, "something else than a socket stands there, and stays; move it, or name another path")
    }
    let probe = UnixAddress.socket(SOCK_STREAM)
    guard probe >= 0 else { throw ControlFault(path, words(errno)) }
    defer { close(probe) }
    _ = fcntl(probe, F_SETFL, O_NONBLOCK)
    // Nobody there, and nothing else, makes it a dead one.
    guard address.with({ connect(probe, $0, $1) }) != 0, errno == ECONNREFUSED else {
      throw ControlFault(path, "another program listens there", isTaken: true)
    }
    unlink(path)
  }

  private static func began(_ socket: Int32, _ name: String) throws(ControlFault) -> Int32 {
    guard Glibc.listen(socket, 16) == 0 else { throw closed(socket, name) }
    _ = fcntl(socket, F_SETFL, O_NONBLOCK)
    return socket
  }

  private static func closed(_ socket: Int32, _ name: String) -> ControlFault {
    let fault = errno
    close(socket)
    return ControlFault(name, words(fault), isTaken: fault == EADDRINUSE)
  }
}
