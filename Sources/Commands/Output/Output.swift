import ArgumentParser
import Glibc

/// Standard output and standard error.
enum Output {
  static func text(_ text: String) { write(text, to: STDOUT_FILENO) }
  static func line(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }
  static func error(_ text: String) { write(text + "\n", to: STDERR_FILENO) }
  /// As it is, its line's end included.
  static func errorText(_ text: String) { write(text, to: STDERR_FILENO) }

  static func bytes(_ bytes: [UInt8]) { write(bytes[...], to: STDOUT_FILENO) }

  private static func write(_ text: String, to descriptor: Int32) { write(Array(text.utf8)[...], to: descriptor) }

  private static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) {
    var bytes = bytes
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
        // Who reads no further (a pager, `head`) wants no more; and where standard error fails nobody can be told.
        if code == EPIPE || descriptor != STDOUT_FILENO { return }
        error(
          "dunningd: standard output cannot be written: \(String(cString: strerror(code)))\n  meaning: what was printed is not "
            + "whole; nothing else is lost\n  to do: see to the disk or the reader, and ask again")
        exit(CommandFailure.Status.inputOutput.rawValue)
      }
      bytes = bytes.dropFirst(count)
    }
  }
}

/// Runs a command's body; a failure is said on standard error and becomes the exit status.
func reporting(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch let error as CommandFailure {
    if !error.message.isEmpty {
      // A name or a reason in it may hold what a terminal obeys.
      let lines = error.message.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }
      Output.error("dunningd: " + lines.joined(separator: "\n"))
    }
    throw ExitCode(error.status.rawValue)
  }
}
