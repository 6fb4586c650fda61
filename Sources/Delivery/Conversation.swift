import CCurl
import Glibc

/// What libcurl tells of one transfer while it runs, and what we tell it: the far end of its callbacks.
///
/// Confined to the thread of its connection. Here stand the guards that end a transfer, and all of them strike before
/// the first byte of the message is handed over, so that none of them can create a doubt.
final class Conversation {
  private(set) var exchanges: [Transfer.Exchange] = []
  private(set) var abort: Transfer.Abort?
  /// The last transfer of a connection: it must not open another.
  var isLeaving = false
  /// Where the next byte of the message stands; bytes before it are libcurl's.
  private(set) var handedOver = 0

  private let needsLogin: Bool
  private let isStopping: @Sendable () -> Bool
  private var message: [UInt8] = []
  /// Of `Monotonic.now`: the body may not begin later.
  private var latestStart: Duration = .zero
  /// Of the connection, not of the transfer: lives as long as the socket does.
  private var isLoggedIn = false
  private var lines: [String] = []
  private var goodbyeSince: Duration?

  /// A server that does not answer QUIT holds up nobody for longer.
  private static let goodbyeMax: Duration = .seconds(2)
  /// A reply with more lines is cut: nobody may fill our memory.
  private static let linesMax = 200

  init(needsLogin: Bool, isStopping: @escaping @Sendable () -> Bool) {
    self.needsLogin = needsLogin
    self.isStopping = isStopping
  }

  /// To be called before each transfer.
  func begin(_ message: [UInt8], latestStart: Duration) {
    self.message = message
    self.latestStart = latestStart
    exchanges = []
    abort = nil
    handedOver = 0
    lines = []
    goodbyeSince = nil
  }

  /// A new socket: nobody is logged in on it, and the server speaks first. False gives it up.
  func socketOpened() -> Bool {
    isLoggedIn = false
    goodbyeSince = nil
    exchanges.append(Transfer.Exchange(.greeting))
    return !isLeaving
  }

  /// libcurl wrote this command.
  func wrote(_ bytes: UnsafeRawBufferPointer) {
    var command = Transfer.Command(line: bytes)
    // Between 334 and its answer the line is a secret, not a verb, whatever it looks like.
    if let last = exchanges.last, last.command == .auth, last.reply?.code == 334 { command = .auth }
    goodbyeSince = command == .quit ? Monotonic.now : nil
    lines = []
    exchanges.append(Transfer.Exchange(command))
  }

  /// The server sent this line. False ends the transfer.
  func received(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let line = String(decoding: bytes.prefix(2000).prefix { $0 != 0x0d && $0 != 0x0a }, as: UTF8.self)
    if lines.count < Conversation.linesMax || ServerReply.isLast(line) { lines.append(line) }
    guard ServerReply.isLast(line), let reply = ServerReply(lines: lines) else { return true }
    lines = []
    goodbyeSince = nil
    if exchanges.last.map({ $0.reply != nil }) ?? true { exchanges.append(Transfer.Exchange(.other)) }
    exchanges[exchanges.count - 1].reply = reply
    switch exchanges[exchanges.count - 1].command {
    case .auth: if reply.code == 235 { isLoggedIn = true }
    case .mail, .noop: return mayGoOn(.unauthenticated, if: !needsLogin || isLoggedIn)
    default: break
    }
    return true
  }

  /// Fills `buffer` with the next bytes of the message; nil ends the transfer without a dot.
  func give(_ buffer: UnsafeMutableRawBufferPointer) -> Int? {
    if handedOver == 0 {
      guard mayGoOn(.unauthenticated, if: !needsLogin || isLoggedIn),
        mayGoOn(.late, if: Monotonic.now <= latestStart), mayGoOn(.closing, if: !isStopping())
      else { return nil }
      exchanges.append(Transfer.Exchange(.dot))
    }
    let count = min(buffer.count, message.count - handedOver)
    message.withUnsafeBytes {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[handedOver..<handedOver + count]))
    }
    handedOver += count
    return count
  }

  /// Asked every second or so. False ends the transfer; never once the message has begun.
  func mayWait() -> Bool {
    if let since = goodbyeSince {
      // Once: it may be the goodbye to an old connection, with this transfer still to come.
      guard Monotonic.now - since >= Conversation.goodbyeMax else { return true }
      goodbyeSince = nil
      return false
    }
    return handedOver > 0 || mayGoOn(.closing, if: !isStopping())
  }

  private func mayGoOn(_ reason: Transfer.Abort, if condition: Bool) -> Bool {
    if !condition { abort = reason }
    return condition
  }
}

// The functions that libcurl calls. They only find their conversation; the context is never null while a transfer runs.
extension Conversation {
  private static func find(_ context: UnsafeMutableRawPointer?) -> Conversation? {
    context.map { Unmanaged<Conversation>.fromOpaque($0).takeUnretainedValue() }
  }

  static let read: ccurl_bytes_function = { buffer, size, count, context in
    guard let conversation = find(context), let buffer else { return ccurl_read_abort }
    let room = UnsafeMutableRawBufferPointer(start: buffer, count: size * count)
    return conversation.give(room) ?? ccurl_read_abort
  }

  static let header: ccurl_bytes_function = { buffer, size, count, context in
    guard let conversation = find(context), let buffer else { return 0 }
    return conversation.received(UnsafeRawBufferPointer(start: buffer, count: size * count)) ? size * count : 0
  }

  /// A probe's reply text comes as a body, too; nobody needs it twice.
  static let discard: ccurl_bytes_function = { _, size, count, _ in size * count }

  static let debug: ccurl_debug_function = { _, kind, bytes, count, context in
    if kind == CURLINFO_HEADER_OUT, let bytes {
      find(context)?.wrote(UnsafeRawBufferPointer(start: bytes, count: count))
    }
    return 0
  }

  static let progress: ccurl_progress_function = { context, _, _, _, _ in
    find(context)?.mayWait() == false ? 1 : 0
  }

  static let socket: ccurl_socket_function = { context, _, _ in
    find(context)?.socketOpened() == false ? CURL_SOCKOPT_ERROR : 0
  }
}
