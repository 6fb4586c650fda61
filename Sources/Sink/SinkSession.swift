import Glibc

/// One connection of a sink, from greeting to goodbye.
struct SinkSession {
  /// The conversation is over.
  private struct Over: Error {}

  /// Nobody fills our memory: the longest line, and the largest message.
  private static let lineBytesMax = 64 * 1024
  private static let messageBytesMax = 64 * 1024 * 1024

  let server: SinkServer
  let socket: Int32
  let number: Int
  private var buffer: [UInt8] = []
  private var start = 0
  private var sender: String?
  private var recipients: [String] = []

  init(server: SinkServer, socket: Int32, number: Int) {
    self.server = server
    self.socket = socket
    self.number = number
  }

  mutating func run() {
    do throws(Over) {
      _ = try answer(.connect, "220 localhost dunningd sink, delivers nowhere")
      while true { try obey(String(decoding: try line(), as: UTF8.self)) }
    } catch {}
  }

  private mutating func obey(_ line: String) throws(Over) {
    let verb = line.prefix { $0 != " " }.uppercased()
    switch verb {
    case "EHLO":
      _ = try answer(.hello, "250-localhost\r\n250-SIZE \(SinkSession.messageBytesMax)\r\n250 ENHANCEDSTATUSCODES")
    case "HELO": _ = try answer(.hello, "250 localhost")
    case "MAIL":
      sender = nil
      recipients = []
      guard let address = SinkSession.path(in: line) else { return try say("501 5.5.4 MAIL FROM:<address>") }
      sender = address
      if try !answer(.mail, "250 2.1.0 ok") { sender = nil }
    case "RCPT":
      guard sender != nil else { return try say("503 5.5.1 MAIL comes first") }
      guard let address = SinkSession.path(in: line), !address.isEmpty else {
        return try say("501 5.5.4 RCPT TO:<address>")
      }
      recipients.append(address)
      if try !answer(.rcpt, "250 2.1.5 ok") { recipients.removeLast() }
    case "DATA":
      guard !recipients.isEmpty else { return try say("503 5.5.1 RCPT comes first") }
      if try answer(.data, "354 end with a dot on a line of its own") { try take() }
    case "RSET":
      sender = nil
      recipients = []
      try say("250 2.0.0 ok")
    case "NOOP": try say("250 2.0.0 ok")
    case "VRFY": try say("252 2.5.2 send and see")
    case "QUIT":
      _ = try answer(.quit, "221 2.0.0 goodbye")
      throw Over()
    default: try say("500 5.5.1 this is a small server")
    }
  }

  /// The message up to its dot, and what is said of it.
  private mutating func take() throws(Over) {
    var message: [UInt8] = []
    while true {
      var line = try line()
      if line == [UInt8(ascii: ".")] { break }
      if line.first == UInt8(ascii: ".") { line.removeFirst() }
      message += line
      message += [0x0d, 0x0a]
      if message.count > SinkSession.messageBytesMax { throw Over() }
    }
    let answer = ask(.dot)
    switch answer {
    case .usual, .keepAndDrop, .reply:
      if case .reply(let text) = answer, !text.hasPrefix("2") {
        try say(text)
        break
      }
      let isKept = server.store.keep(message, connection: number, sender: sender ?? "", recipients: recipients)
      if answer == .keepAndDrop { throw Over() }
      guard isKept else {
        try say("452 4.3.1 the disk did not take it")
        break
      }
      if case .reply(let text) = answer { try say(text) } else { try say("250 2.0.0 kept") }
    case .drop: throw Over()
    case .hang: try hang()
    }
    sender = nil
    recipients = []
  }

  // MARK: Script and wire

  private func ask(_ stage: SinkStage) -> SinkAnswer {
    server.script.answer(
      SinkMoment(
        stage: stage, connection: number, sender: sender ?? "", recipients: recipients,
        kept: server.store.messages.count))
  }

  /// True when the usual, or another friendly reply, was given.
  private mutating func answer(_ stage: SinkStage, _ usual: String) throws(Over) -> Bool {
    switch ask(stage) {
    case .usual:
      try say(usual)
      return true
    case .reply(let text):
      try say(text)
      return text.hasPrefix("2") || text.hasPrefix("3")
    case .drop, .keepAndDrop: throw Over()
    case .hang:
      try hang()
      return false
    }
  }

  private mutating func hang() throws(Over) {
    while true {
      buffer = []
      start = 0
      try fill()
    }
  }

  private func say(_ text: String) throws(Over) {
    let bytes = Array((text + "\r\n").utf8)
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        send(socket, buffer.baseAddress.map { $0 + done }, bytes.count - done, Int32(MSG_NOSIGNAL))
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw Over() }
      done += count
    }
  }

  /// Up to the next CRLF, without it. A bare LF ends no line.
  private mutating func line() throws(Over) -> [UInt8] {
    var from = start
    while true {
      while from + 1 < buffer.count {
        if buffer[from] == 0x0d && buffer[from + 1] == 0x0a {
          defer { start = from + 2 }
          return Array(buffer[start..<from])
        }
        from += 1
      }
      if buffer.count - start > SinkSession.lineBytesMax { throw Over() }
      if start > 0 {
        buffer.removeFirst(start)
        from -= start
        start = 0
      }
      try fill()
    }
  }

  private mutating func fill() throws(Over) {
    let size = 16 * 1024
    var chunk = [UInt8](repeating: 0, count: size)
    while true {
      let count = chunk.withUnsafeMutableBytes { recv(socket, $0.baseAddress, size, 0) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw Over() }
      buffer += chunk[..<count]
      return
    }
  }

  /// What stands between angle brackets.
  private static func path(in line: String) -> String? {
    guard let open = line.firstIndex(of: "<"), let close = line[open...].firstIndex(of: ">") else { return nil }
    return String(line[line.index(after: open)..<close])
  }
}
