import Testing

@testable import Supervision

@Suite("The web listener")
struct WebListenerTests {
  private func answer(_ head: String) -> (status: String, body: String) {
    let text = WebListener.answer(to: head, isLocalName: { $0.hasPrefix("localhost") }) { path in
      path == "/healthz" ? WebListener.Page(body: "ok\n") : nil
    }
    let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
    return (String(text.prefix { $0 != "\r\n" }), parts.count > 1 ? String(parts[1]) : "")
  }

  @Test("it answers GET and HEAD, by a name of this machine, and nothing else")
  func answers() {
    let host = "\r\nHost: localhost:9464"
    #expect(answer("GET /healthz HTTP/1.1" + host) == ("HTTP/1.1 200 OK", "ok\n"))
    #expect(answer("GET /healthz?x=1 HTTP/1.1" + host) == ("HTTP/1.1 200 OK", "ok\n"))
    #expect(answer("HEAD /healthz HTTP/1.1" + host) == ("HTTP/1.1 200 OK", ""))
    #expect(answer("GET /etc/passwd HTTP/1.1" + host).status == "HTTP/1.1 404 Not Found")
    #expect(answer("POST /healthz HTTP/1.1" + host).status == "HTTP/1.1 405 Method Not Allowed")
    #expect(answer("GET /healthz HTTP/1.1\r\nHost: evil.example").status == "HTTP/1.1 421 Misdirected Request")
    #expect(answer("GET /healthz HTTP/1.1").status == "HTTP/1.1 421 Misdirected Request")
    #expect(answer("GET /healthz HTTP/1.1" + host + host).status == "HTTP/1.1 421 Misdirected Request")
    #expect(answer("nonsense").status == "HTTP/1.1 400 Bad Request")
  }
}
