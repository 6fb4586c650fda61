import Glibc

/// Why there is no socket to listen on, or nobody answers on it.
package struct ControlFault: Error, Sendable, Equatable, CustomStringConvertible {
  package let path: String
  package let what: String
  /// Nobody listens there.
  package let isAlone: Bool

  package var description: String { "\(path): \(what)" }

  init(_ path: String, _ what: String, isAlone: Bool = false) {
    self.path = path
    self.what = what
    self.isAlone = isAlone
  }
}

/// Answers local callers on a Unix stream socket: they write one line, get the answer, and hang up.
///
/// Who may call is the file's mode and group (0660). Who calls is what the kernel says.
package final class ControlSocket {
  package struct Caller: Sendable, Equatable {
    package let process: Int32
    package let user: UInt32
  }

  /// To be waited on.
  package let descriptor: Int32
  private let path: String

  /// The longest line that is read, in bytes.
  static let lineMax = 1 << 16
  /// How long a caller may take to say its line, or to hear the answer.
  static let patience = Duration.seconds(2)

  /// Listens at `path`. A socket that stands there is removed: only who holds the daemon's lock comes here.
  ///
  /// - Parameter group: the group that may call, if the system knows it; else the process's own.
  package init(_ path: String, group: String) throws(ControlFault) {
    guard let address = UnixAddress(path) else {
      throw ControlFault(path, "this path is too long for a socket: 107 bytes are the most")
    }
    self.path = path
    descriptor = UnixAddress.socket(SOCK_STREAM)
    guard descriptor >= 0 else { throw ControlFault(path, Self.words(errno)) }
    unlink(path)
    // Nobody may call between bind and chmod.
    let mask = umask(0o177)
    let bound = address.with { bind(descriptor, $0, $1) }
    let fault = errno
    umask(mask)
    guard bound == 0 else {
      close(descriptor)
      throw ControlFault(path, Self.words(fault))
    }
    if let entry = getgrnam(group) { _ = chown(path, uid_t.max, entry.pointee.gr_gid) }
    guard chmod(path, 0o660) == 0, listen(descriptor, 16) == 0 else {
      let fault = errno
      close(descriptor)
      throw ControlFault(path, Self.words(fault))
    }
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
  }

  deinit {
    close(descriptor)
    unlink(path)
  }

  /// Answers all who wait; returns at once when nobody does.
  package func attend(_ answer: (Caller, String) -> String) {
    while true {
      let caller = accept(descriptor, nil, nil)
      guard caller >= 0 else { return }
      defer { close(caller) }
      _ = fcntl(caller, F_SETFD, FD_CLOEXEC)
      Self.limit(caller)
      guard let who = Self.identity(of: caller), let line = Self.line(from: caller) else { continue }
      Self.write(answer(who, line) + "\n", to: caller)
    }
  }

  /// Asks whoever listens at `path`, and gives the whole answer without its line's end.
  package static func ask(_ path: String, _ line: String, patience: Duration) throws(ControlFault) -> String {
    guard let address = UnixAddress(path) else { throw ControlFault(path, "is no path for a socket", isAlone: true) }
    let socket = UnixAddress.socket(SOCK_STREAM)
    guard socket >= 0 else { throw ControlFault(path, words(errno)) }
    defer { close(socket) }
    guard address.with({ connect(socket, $0, $1) }) == 0 else {
      throw ControlFault(path, words(errno), isAlone: [ENOENT, ECONNREFUSED, ENOTDIR].contains(errno))
    }
    limit(socket, patience)
    write(line + "\n", to: socket)
    var answer: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(socket, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw ControlFault(path, "the daemon did not answer: \(words(errno))") }
      if count == 0 { break }
      answer += piece[..<count]
    }
    guard answer.last == UInt8(ascii: "\n") else { throw ControlFault(path, "the daemon's answer was cut off") }
    return String(decoding: answer.dropLast(), as: UTF8.self)
  }

  // MARK: - One conversation

  /// `SO_PEERCRED`: process, user, group. The structure itself is hidden from Swift.
  private static func identity(of socket: Int32) -> Caller? {
    var raw: [Int32] = [0, -1, -1]
    var length = socklen_t(MemoryLayout<Int32>.size * raw.count)
    guard getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &raw, &length) == 0 else { return nil }
    return Caller(process: raw[0], user: UInt32(bitPattern: raw[1]))
  }

  private static func limit(_ socket: Int32, _ patience: Duration = ControlSocket.patience) {
    var time = timeval(tv_sec: Int(patience.components.seconds), tv_usec: 0)
    let length = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, length)
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, length)
  }

  /// Nil when the caller says nothing whole in time.
  private static func line(from socket: Int32) -> String? {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while bytes.count < lineMax {
      let count = read(socket, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return nil }
      bytes += piece[..<count]
      if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) { return String(decoding: bytes[..<end], as: UTF8.self) }
    }
    return nil
  }

  private static func write(_ text: String, to socket: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  private static func words(_ code: Int32) -> String { String(cString: strerror(code)) }
}
