import ArgumentParser
import Glibc
import Synchronization

/// Standard output and standard error.
enum Output {
  /// Why standard output takes nothing more; 0 while it does.
  private static let failure = Atomic<Int32>(0)

  /// At the end of what a command does, which is done to its end whatever becomes of its words.
  ///
  /// - Throws: that not all of them were taken.
  static func finish() throws(CommandFailure) {
    let code = failure.load(ordering: .relaxed)
    guard code != 0 else { return }
    throw CommandFailure(
      .inputOutput,
      "standard output cannot be written: \(String(cString: strerror(code)))\n  meaning: what was printed is not whole; what was to "
        + "be recorded was recorded before\n  to do: see to the disk or the reader; `dunningd journal list` shows what was recorded"
    )
  }

  static func text(_ text: String) { write(text, to: STDOUT_FILENO) }
  static func line(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }
  static func error(_ text: String) { write(text + "\n", to: STDERR_FILENO) }
  /// As it is, its line's end included.
  static func errorText(_ text: String) { write(text, to: STDERR_FILENO) }

  static func bytes(_ bytes: [UInt8]) { write(bytes[...], to: STDOUT_FILENO) }

  private static func write(_ text: String, to descriptor: Int32) { write(Array(text.utf8)[...], to: descriptor) }

  private static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) {
    var bytes = bytes
    if descriptor == STDOUT_FILENO, failure.load(ordering: .relaxed) != 0 { return }
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        let code = errno
        if code == EINTR { continue }
        if code == EAGAIN {
          var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          _ = poll(&room, 1, -1)
          continue
        }
        // Who reads no further (a pager, `head`) wants no more; where standard error fails nobody can be told.
        if code != EPIPE, descriptor == STDOUT_FILENO { failure.store(code, ordering: .relaxed) }
        return
      }
      bytes = bytes.dropFirst(count)
    }
  }
}

/// Runs a command's body; a failure is said on standard error and becomes the exit status.
func reporting(_ body: () throws -> Void) throws {
  do {
    try body()
    try Output.finish()
  } catch let error as CommandFailure {
    if !error.message.isEmpty {
      // A name or a reason in it may hold what a terminal obeys.
      let lines = error.message.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }
      Output.error("dunningd: " + lines.joined(separator: "\n"))
    }
    throw ExitCode(error.status.rawValue)
  }
}
