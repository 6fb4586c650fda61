import CCurl
import Glibc

/// What libcurl tells while it connects, encrypts and logs in, and what we tell it: the far end of its callbacks.
///
/// One for each connection, confined to its thread.
final class Handshake {
  private(set) var exchanges: [Transfer.Exchange] = []
  /// Why we ended it.
  private(set) var abort: Transfer.Abort?
  private(set) var isLoggedIn = false

  private let isStopping: @Sendable () -> Bool
  private var lines = ReplyLines()

  init(isStopping: @escaping @Sendable () -> Bool) {
    self.isStopping = isStopping
  }

  /// What the server offered in answer to the last EHLO, encrypted or not as the connection is now.
  var offers: ServerOffers { ServerOffers(exchanges.last { $0.command == .hello }?.reply) }

  /// A new socket: the server speaks first. libcurl may try several addresses.
  func socketOpened() {
    exchanges.append(Transfer.Exchange(.greeting))
  }

  /// libcurl wrote this command.
  func wrote(_ bytes: UnsafeRawBufferPointer) {
    var command = Transfer.Command(line: bytes)
    // Between 334 and its answer the line is a secret, not a verb, whatever it looks like.
    if let last = exchanges.last, last.command == .auth, last.reply?.code == 334 { command = .auth }
    lines = ReplyLines()
    exchanges.append(Transfer.Exchange(command))
  }

  /// The server sent this line.
  func received(_ bytes: UnsafeRawBufferPointer) {
    guard let reply = lines.take(bytes) else { return }
    if exchanges.last.map({ $0.reply != nil }) ?? true { exchanges.append(Transfer.Exchange(.other)) }
    exchanges[exchanges.count - 1].reply = reply
    if exchanges[exchanges.count - 1].command == .auth, reply.code == 235 { isLoggedIn = true }
  }

  /// Asked every second or so. False ends it.
  func mayWait() -> Bool {
    if isStopping() { abort = .closing }
    return abort == nil
  }
}

// The functions that libcurl calls. They only find their handshake; the context is never null while it connects.
extension Handshake {
  private static func find(_ context: UnsafeMutableRawPointer?) -> Handshake? {
    context.map { Unmanaged<Handshake>.fromOpaque($0).takeUnretainedValue() }
  }

  static let header: ccurl_bytes_function = { buffer, size, count, context in
    if let buffer { find(context)?.received(UnsafeRawBufferPointer(start: buffer, count: size * count)) }
    return size * count
  }

  static let debug: ccurl_debug_function = { _, kind, bytes, count, context in
    if kind == CURLINFO_HEADER_OUT, let bytes {
      find(context)?.wrote(UnsafeRawBufferPointer(start: bytes, count: count))
    }
    return 0
  }

  static let progress: ccurl_progress_function = { context, _, _, _, _ in
    find(context)?.mayWait() == false ? 1 : 0
  }

  static let socket: ccurl_socket_function = { context, socket, _ in
    // Else a child process would keep it open beyond our own end.
    _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
    find(context)?.socketOpened()
    return 0
  }
}
