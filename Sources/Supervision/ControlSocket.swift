import Glibc

/// Why there is no socket to listen on, or nobody answers on it.
package struct ControlFault: Error, Sendable, Equatable, CustomStringConvertible {
  package let path: String
  package let what: String
  /// Nobody listens there.
  package let isAlone: Bool
  /// Somebody does, but not for this user.
  package let isForbidden: Bool
  /// Another program has it: that can pass.
  package let isTaken: Bool
  /// It was not asked: the question is longer than it would read.
  package let isTooLong: Bool

  package var description: String { "\(path): \(what)" }

  init(
    _ path: String, _ what: String, isAlone: Bool = false, isForbidden: Bool = false, isTaken: Bool = false,
    isTooLong: Bool = false
  ) {
    self.path = path
    self.what = what
    self.isAlone = isAlone
    self.isForbidden = isForbidden
    self.isTaken = isTaken
    self.isTooLong = isTooLong
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

  private let path: String
  private let callers: Callers

  /// The longest line that is read, in bytes.
  static let lineMax = 1 << 16
  /// How long a caller may take to say its line.
  static let patience = Duration.seconds(5)

  /// Listens at `path`.
  ///
  /// - Parameter group: the group that may call, if the system knows it; else the process's own.
  package init(_ path: String, group: String) throws(ControlFault) {
    self.path = path
    callers = Callers(try LocalSocket.listen(at: path, group: group), most: Self.lineMax, patience: Self.patience) {
      $0.firstIndex(of: UInt8(ascii: "\n"))
    }
  }

  deinit { unlink(path) }

  /// To be waited on.
  package var descriptors: [Int32] { callers.descriptors }

  /// Answers all who have said their line; returns at once when nobody has.
  package func attend(_ answer: (Caller, String) -> String) {
    callers.attend { heard in Self.identity(of: heard.socket).map { answer($0, heard.text) + "\n" } }
  }

  /// Asks whoever listens at `path`, and gives the whole answer without its line's end.
  package static func ask(_ path: String, _ line: String, patience: Duration) throws(ControlFault) -> String {
    guard let address = UnixAddress(path) else { throw ControlFault(path, "is no path for a socket", isAlone: true) }
    let socket = UnixAddress.socket(SOCK_STREAM)
    guard socket >= 0 else { throw ControlFault(path, LocalSocket.words(errno)) }
    defer { close(socket) }
    guard address.with({ connect(socket, $0, $1) }) == 0 else {
      throw ControlFault(
        path, LocalSocket.words(errno), isAlone: [ENOENT, ECONNREFUSED, ENOTDIR].contains(errno),
        isForbidden: errno == EACCES)
    }
    guard line.utf8.count < lineMax else {
      throw ControlFault(
        path, "the daemon reads no more than \(lineMax) bytes at once, and these are \(line.utf8.count)",
        isTooLong: true)
    }
    LocalSocket.limit(socket, patience)
    LocalSocket.write(line + "\n", to: socket, patience: patience)
    var answer: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(socket, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw ControlFault(path, "the daemon did not answer: \(LocalSocket.words(errno))") }
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
}
