/// A reply of which not all lines have come yet.
struct ReplyLines {
  private var lines: [String] = []

  /// A reply with more lines is cut, and so is a longer line: nobody may fill our memory.
  private static let linesMax = 200
  static let bytesMax = 2000

  /// Takes a line, with its line end or without; the reply that it ends, if it ends one. What is no reply at all is
  /// waited out.
  mutating func take(_ bytes: UnsafeRawBufferPointer) -> ServerReply? {
    let text = bytes.prefix(ReplyLines.bytesMax).prefix { $0 != 0x0d && $0 != 0x0a }
    let line = String(decoding: text, as: UTF8.self)
    let isLast = ServerReply.isLast(line)
    if lines.count < ReplyLines.linesMax || isLast { lines.append(line) }
    guard isLast else { return nil }
    defer { lines = [] }
    return ServerReply(lines: lines)
  }
}

/// Replies from bytes as they come: any number of them, or half of one.
struct ReplyReader {
  private var lines = ReplyLines()
  private var bytes: [UInt8] = []
  /// Where the first line that was not looked at begins in `bytes`.
  private var start = 0

  /// Nothing has come that was not given out.
  var isEmpty: Bool { start == bytes.count }

  mutating func add(_ more: UnsafeRawBufferPointer) {
    if start > 0 {
      bytes.removeSubrange(..<start)
      start = 0
    }
    bytes += more
  }

  /// Bytes that were not given out.
  var count: Int { bytes.count - start }

  /// The next complete reply; nil until more has come.
  mutating func next() -> ServerReply? {
    while let end = bytes[start...].firstIndex(of: 0x0a) {
      let reply = bytes.withUnsafeBytes { lines.take(UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
      start = end + 1
      if let reply { return reply }
    }
    // The rest of an endless line says nothing.
    if bytes.count - start > ReplyLines.bytesMax { bytes.removeSubrange((start + ReplyLines.bytesMax)...) }
    return nil
  }
}

/// What of a server's answer to EHLO matters to a transaction.
struct ServerOffers: Equatable {
  /// Commands may be sent without waiting for the answers to those before (RFC 2920).
  var isPipelining = false
  /// The size of a message may be declared with MAIL (RFC 1870).
  var takesSize = false

  init(_ hello: ServerReply? = nil) {
    guard let hello, hello.code / 100 == 2 else { return }
    for offer in hello.texts.dropFirst() {
      switch offer.prefix(while: { $0 != " " }).uppercased() {
      case "PIPELINING": isPipelining = true
      case "SIZE": takesSize = true
      default: break
      }
    }
  }
}
