import Glibc

/// Calls the thread that waits for its sockets.
final class Bell: Sendable {
  /// The end that is waited for; -1 when the system had no descriptor left, and whoever waits looks by himself.
  let descriptor: Int32
  private let handle: Int32

  init() {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    if socketpair(AF_UNIX, kind, 0, &ends) != 0 { ends = [-1, -1] }
    (descriptor, handle) = (ends[0], ends[1])
  }

  deinit {
    close(descriptor)
    close(handle)
  }

  func ring() {
    var byte: UInt8 = 1
    _ = write(handle, &byte, 1)
  }

  func hush() {
    var bytes: UInt64 = 0
    _ = read(descriptor, &bytes, 8)
  }
}
