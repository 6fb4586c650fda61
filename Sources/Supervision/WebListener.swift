import Glibc

/// Answers GET requests of this machine, one at a time: enough for a monitor that asks every few seconds.
///
/// HTTP/1.1 (RFC 9112) as far as that needs: no body is read, no connection is kept, nothing but GET and HEAD is done.
package final class WebListener {
  package enum Place: Sendable, Equatable {
    /// On 127.0.0.1.
    case port(Int)
    case path(String)
  }

  package struct Page: Sendable, Equatable {
    package var status: Int
    package var type: String
    package var body: String

    package init(status: Int = 200, type: String = "text/plain; charset=utf-8", body: String) {
      self.status = status
      self.type = type
      self.body = body
    }
  }

  /// To be waited on.
  package let descriptor: Int32
  private let place: Place

  private static let requestMax = 8192

  package init(_ place: Place) throws(ControlFault) {
    self.place = place
    switch place {
    case .port(let port): descriptor = try Self.listen(port: port)
    case .path(let path): descriptor = try Self.listen(path: path)
    }
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
  }

  deinit {
    close(descriptor)
    if case .path(let path) = place { unlink(path) }
  }

  /// Answers all who wait; returns at once when nobody does.
  ///
  /// - Parameter page: what is at a path; nil for a path that there is not.
  package func attend(_ page: (String) -> Page?) {
    while true {
      let caller = accept(descriptor, nil, nil)
      guard caller >= 0 else { return }
      defer { close(caller) }
      _ = fcntl(caller, F_SETFD, FD_CLOEXEC)
      var time = timeval(tv_sec: 1, tv_usec: 0)
      setsockopt(caller, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
      setsockopt(caller, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
      guard let head = Self.head(from: caller) else { continue }
      Self.send(Self.answer(to: head, isLocalName: isLocalName, page), to: caller)
    }
  }

  /// A page of some website must not reach us by a name of its own (DNS rebinding).
  private func isLocalName(_ host: String) -> Bool {
    if case .path = place { return true }
    let name = host.split(separator: ":").first.map(String.init) ?? ""
    return ["127.0.0.1", "localhost"].contains(name.lowercased())
  }

  /// The bytes of the whole answer.
  static func answer(to head: String, isLocalName: (String) -> Bool, _ page: (String) -> Page?) -> String {
    let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)
    let words = (lines.first ?? "").split(separator: " ")
    let hosts = lines.dropFirst().filter { $0.lowercased().hasPrefix("host:") }
      .map { $0.dropFirst(5).filter { $0 != " " } }
    var found: Page
    if words.count != 3 || !words[2].hasPrefix("HTTP/1.") {
      found = Page(status: 400, body: "this is no request\n")
    } else if words[0] != "GET", words[0] != "HEAD" {
      found = Page(status: 405, body: "only GET is answered\n")
    } else if hosts.count != 1 || !isLocalName(hosts[0]) {
      found = Page(status: 421, body: "nobody of that name is here\n")
    } else {
      let path = words[1].split(separator: "?").first.map(String.init) ?? ""
      found = page(path) ?? Page(status: 404, body: "there are /healthz and /metrics\n")
    }
    let reasons = [
      200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 421: "Misdirected Request",
      503: "Service Unavailable",
    ]
    let allow = found.status == 405 ? "Allow: GET, HEAD\r\n" : ""
    return "HTTP/1.1 \(found.status) \(reasons[found.status] ?? "Status")\r\nContent-Type: \(found.type)\r\n"
      + "Content-Length: \(found.body.utf8.count)\r\nCache-Control: no-store\r\n\(allow)Connection: close\r\n\r\n"
      + (words.first == "HEAD" ? "" : found.body)
  }

  // MARK: - Bytes

  private static func head(from socket: Int32) -> String? {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 2048)
    while bytes.count < requestMax {
      let count = read(socket, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return nil }
      bytes += piece[..<count]
      let text = String(decoding: bytes, as: UTF8.self)
      if let end = text.firstRange(of: "\r\n\r\n") { return String(text[..<end.lowerBound]) }
    }
    return nil
  }

  private static func send(_ text: String, to socket: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  private static func listen(port: Int) throws(ControlFault) -> Int32 {
    let name = "127.0.0.1:\(port)"
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw ControlFault(name, String(cString: strerror(errno))) }
    var yes: Int32 = 1
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let bound = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard bound == 0, Glibc.listen(socket, 16) == 0 else {
      let fault = errno
      close(socket)
      throw ControlFault(name, String(cString: strerror(fault)))
    }
    return socket
  }

  private static func listen(path: String) throws(ControlFault) -> Int32 {
    guard let address = UnixAddress(path) else {
      throw ControlFault(path, "this path is too long for a socket: 107 bytes are the most")
    }
    let socket = UnixAddress.socket(SOCK_STREAM)
    guard socket >= 0 else { throw ControlFault(path, String(cString: strerror(errno))) }
    unlink(path)
    guard address.with({ bind(socket, $0, $1) }) == 0, chmod(path, 0o660) == 0, Glibc.listen(socket, 16) == 0 else {
      let fault = errno
      close(socket)
      throw ControlFault(path, String(cString: strerror(fault)))
    }
    return socket
  }
}
