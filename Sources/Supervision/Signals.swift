import Glibc
import Synchronization

/// SIGTERM and SIGINT ask to stop, SIGHUP to reload: flags that are asked for, and a pipe that wakes who waits.
package enum Signals {
  private static let stop = Atomic<Bool>(false)
  private static let hangUp = Atomic<Bool>(false)
  private static let readEnd = Atomic<Int32>(-1)
  private static let writeEnd = Atomic<Int32>(-1)

  /// What is on the wire is finished and recorded, nothing more is begun.
  package static var isStopping: Bool { stop.load(ordering: .relaxed) }
  /// Whether a reload was asked for since the last question.
  package static func takeHangUp() -> Bool { hangUp.exchange(false, ordering: .relaxed) }

  /// From here on these signals no longer end the process by themselves; a second SIGINT does.
  package static func listen() {
    // Made now, since a handler must not be the first to ask for them.
    stop.store(false, ordering: .relaxed)
    hangUp.store(false, ordering: .relaxed)
    var ends: [Int32] = [-1, -1]
    if pipe(&ends) == 0 {
      for end in ends {
        _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        _ = fcntl(end, F_SETFL, O_NONBLOCK)
      }
      readEnd.store(ends[0], ordering: .relaxed)
      writeEnd.store(ends[1], ordering: .relaxed)
    }
    signal(SIGTERM) { _ in
      Signals.stop.store(true, ordering: .relaxed)
      Signals.wake()
    }
    signal(SIGINT) { _ in
      Signals.stop.store(true, ordering: .relaxed)
      Signals.wake()
      signal(SIGINT, SIG_DFL)
    }
    signal(SIGHUP) { _ in
      Signals.hangUp.store(true, ordering: .relaxed)
      Signals.wake()
    }
    // A full disk or a limit shows as an error of the write, not as the end of the process.
    signal(SIGXFSZ, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
  }

  /// Waits until a signal comes, somebody knocks at one of `listeners`, or the time is over.
  package static func wait(_ time: Duration, listeners: [Int32]) {
    var waiting = ([readEnd.load(ordering: .relaxed)] + listeners).map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    let (seconds, attoseconds) = time.components
    let milliseconds = min(max(0, seconds * 1000 + attoseconds / 1_000_000_000_000_000), Int64(Int32.max))
    _ = poll(&waiting, nfds_t(waiting.count), Int32(milliseconds))
    var bytes = [UInt8](repeating: 0, count: 64)
    while read(readEnd.load(ordering: .relaxed), &bytes, bytes.count) > 0 {}
  }

  /// Only what a handler may call (signal-safety(7)).
  private static func wake() {
    let before = errno
    var byte: UInt8 = 1
    _ = write(writeEnd.load(ordering: .relaxed), &byte, 1)
    errno = before
  }
}
