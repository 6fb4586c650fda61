import Delivery
import Foundation
import Glibc
import Synchronization

/// A mail server whose every word is the input, and libcurl and our side of the conversation on the other end of a real
/// connection.
///
/// A zero byte parts what is said at once from what is said after the client's next line (or after a moment, when it says
/// none). A part that begins with byte 1 is a reset, with byte 2 an end of the connection. At the end of the input the
/// server closes.
///
/// Held: a message whose last line, the dot, has come is never taken for one that certainly was not delivered, unless a
/// final reply said so.
enum RelayTarget {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    let server = HostileServer(bytes.split(separator: 0, omittingEmptySubsequences: false).map { Array($0) })
    let room = Postroom(
      RelaySettings(
        host: "127.0.0.1", port: server.port, security: .none, helloName: "client.test", connectTimeout: .seconds(3),
        replyTimeout: .seconds(3), totalTimeout: .seconds(7)))
    var results: [DeliveryResult] = []
    for ticket in 1...2 {
      room.submit(
        Envelope(
          ticket: ticket, sender: "ar@example.com", recipient: "someone@c\(ticket).test",
          message: Array("Subject: message \(ticket)\r\n\r\n.first\r\nsecond\r\n".utf8)))
      if let delivered = room.next(within: .seconds(30)) { results.append(delivered.result) }
    }
    _ = room.close(within: .seconds(10))
    let received = server.close()
    try hold(results.count == 2, "\(results.count) results of two messages")
    for (index, result) in results.enumerated() {
      let hasCome = received.contains { connection in
        Data(connection).range(of: Data("Subject: message \(index + 1)\r\n\r\n..first\r\nsecond\r\n.\r\n".utf8)) != nil
      }
      let isRefusal = result.stage == .dot && result.code.map { (400..<600).contains($0) } == true
      if hasCome {
        try hold(
          result.verdict == .accepted || result.verdict == .unknown || isRefusal,
          "the message arrived and counts as not delivered: \(result)")
      }
      if result.verdict == .accepted {
        try hold(result.code.map { (200..<300).contains($0) } == true, "accepted without a word of it: \(result)")
      }
    }
  }
}

/// Says its parts to whoever connects, one connection at a time.
private final class HostileServer: Sendable {
  let port: Int
  private let listener: Int32
  private let received = Mutex<[[UInt8]]>([])
  private let done = DispatchSemaphore(value: 0)

  init(_ parts: [[UInt8]]) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 8) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    guard isListening else { fatalError("no port on loopback: \(String(cString: strerror(errno)))") }
    self.listener = listener
    port = Int(UInt16(bigEndian: address.sin_port))
    let thread = Thread { [self] in
      var left = parts[...]
      while true {
        let peer = accept(listener, nil, nil)
        if peer < 0 { break }
        let heard = HostileServer.talk(peer, &left)
        received.withLock { $0.append(heard) }
      }
      done.signal()
    }
    thread.start()
  }

  /// What each connection had said, once all are over.
  func close() -> [[UInt8]] {
    shutdown(listener, Int32(SHUT_RDWR))
    done.wait()
    Glibc.close(listener)
    return received.withLock { $0 }
  }

  private static func talk(_ peer: Int32, _ parts: inout ArraySlice<[UInt8]>) -> [UInt8] {
    defer { Glibc.close(peer) }
    var heard: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    /// False once the other side has closed.
    func listen(_ milliseconds: Int32) -> Bool {
      var ready = pollfd(fd: peer, events: Int16(POLLIN), revents: 0)
      guard poll(&ready, 1, milliseconds) > 0 else { return true }
      let count = read(peer, &buffer, buffer.count)
      if count > 0 { heard += buffer[..<count] }
      return count > 0
    }
    while let part = parts.popFirst() {
      if part.first == 1 {
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        setsockopt(peer, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        return heard
      }
      if part.first == 2 { return heard }
      if !part.isEmpty, send(peer, part, part.count, Int32(MSG_NOSIGNAL)) < 0 { break }
      // After a whole line the client has the word; after half of one it waits for the rest.
      if !listen(part.last == 10 ? 20 : 1) { return heard }
    }
    shutdown(peer, Int32(SHUT_WR))
    while listen(2000) {}
    return heard
  }
}
