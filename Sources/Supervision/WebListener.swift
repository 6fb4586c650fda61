import Glibc

/// Answers GET requests of this machine: enough for a monitor that asks every few seconds.
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

  private let place: Place
  private let callers: Callers

  private static let requestMax = 8192
  private static let patience = Duration.seconds(5)

  package init(_ place: Place) throws(ControlFault) {
    self.place = place
    let listener: Int32
    switch place {
    case .port(let port): listener = try LocalSocket.listen(port: port)
    case .path(let path): listener = try LocalSocket.listen(at: path)
    }
    callers = Callers(listener, most: Self.requestMax, patience: Self.patience, Self.endOfHead)
  }

  deinit { if case .path(let path) = place { unlink(path) } }

  /// To be waited on.
  package var descriptors: [Int32] { callers.descriptors }

  /// Answers all who have asked; returns at once when nobody has.
  ///
  /// - Parameter page: what is at a path; nil for a path that there is not.
  package func attend(_ page: (String) -> Page?) {
    callers.attend { Self.answer(to: $0.text, isLocalName: isLocalName, page) }
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

  private static func endOfHead(_ bytes: [UInt8]) -> Int? {
    let end = Array("\r\n\r\n".utf8)
    return bytes.indices.dropLast(end.count - 1).first { bytes[$0..<($0 + end.count)].elementsEqual(end) }
  }
}
