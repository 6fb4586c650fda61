import Delivery
import Foundation
import Testing

@Suite("A connection")
struct ConnectionTests {
  @Test("the message arrives byte for byte, with our name in EHLO and its size in MAIL")
  func verbatim() async throws {
    let dotFirst = Array(".first\r\n..\r\n.\r\n\r\n.last\r\n".utf8)
    let long = Array(String(repeating: String(repeating: ".x", count: 499) + "\r\n", count: 3000).utf8)
    try await blocking {
      let server = try TestServer([], ["--offer", "SIZE 9999999"])
      let envelopes = [letter, dotFirst, long].enumerated().map { envelope($0.offset, $0.element) }
      let results = send(envelopes, by: server.settings())
      #expect(results.map(\.verdict) == [.accepted, .accepted, .accepted])
      #expect(server.messages == [letter, dotFirst, long])
      #expect(server.index.allSatisfy { $0["hello"] as? String == "client.test" && $0["bare_lf"] as? Int == 0 })
      #expect(server.commands.contains("MAIL FROM:<a@example.com> SIZE=\(letter.count)"))
      #expect(results[0].reply == "250 2.0.0 kept as 000001.eml")
      #expect(results[0].server == "localhost:\(server.port)")
    }
  }

  @Test("mails share a connection, and it ends with QUIT")
  func reuse() async throws {
    try await blocking {
      let server = try TestServer()
      let results = send((1...3).map { envelope($0) }, by: server.settings())
      #expect(results.map(\.newConnection) == [true, false, false])
      var expected = ["connect", "EHLO"]
      for _ in 1...3 { expected += ["MAIL", "RCPT", "DATA", "kept"] }
      expected += ["QUIT", "close"]
      server.waitFor("close")
      #expect(server.events == expected)
    }
  }

  @Test(
    "a refusal keeps the connection, wherever it comes",
    arguments: [
      "mail=550 5.7.1 no", "rcpt=550 5.1.1 no", "rcpt=450 4.2.1 later", "data=554 5.6.0 no", "dot=554 5.6.0 no",
    ],
    [[], ["--offer", "PIPELINING"]])
  func afterRefusal(rule: String, options: [String]) async throws {
    try await blocking {
      let server = try TestServer([rule + ":first 1"], options)
      let results = send([envelope(1), envelope(2)], by: server.settings())
      #expect(results.map { $0.verdict == .accepted } == [false, true], "\(results)")
      #expect(server.connections == 1)
      #expect(server.messages == [letter])
    }
  }

  @Test("after 421 nothing more is said on a connection", arguments: [[], ["--offer", "PIPELINING"]])
  func afterGoodbye(options: [String]) async throws {
    try await blocking {
      let server = try TestServer(["rcpt=421 4.3.2 bye:first 1"], options)
      let results = send([envelope(1), envelope(2)], by: server.settings())
      #expect(results.map(\.verdict) == [.relayRefused, .accepted])
      #expect(server.connections == 2)
    }
  }

  @Test(
    "a kept connection that is gone costs no attempt",
    arguments: [
      "idle=drop", "idle=421 4.4.2 timeout", "mail=drop:only 2", "mail=reset:only 2", "mail=421 4.4.2 timeout:only 2",
    ], [[], ["--offer", "PIPELINING"]])
  func stale(rule: String, options: [String]) async throws {
    try await blocking {
      let server = try TestServer([rule], options)
      let results = send([envelope(1), envelope(2)], by: server.settings())
      #expect(results.map(\.verdict) == [.accepted, .accepted], "\(results)")
      #expect(results.map(\.newConnection) == [true, true])
      #expect(server.connections == 2)
      #expect(server.messages.count == 2)
    }
  }

  @Test("the retry on a fresh connection is made once")
  func staleOnce() async throws {
    try await blocking {
      let server = try TestServer(["mail=drop:after 1"])
      let results = send([envelope(1), envelope(2)], by: server.settings())
      #expect(results.map(\.verdict) == [.accepted, .relayRefused])
      #expect(server.connections == 2)
      #expect(server.messages.count == 1)
    }
  }

  @Test(
    "an address that could carry a command never reaches the wire",
    arguments: [
      "b@example.org>\r\nRCPT TO:<evil@example.net", "b@example.org\nDATA", "b\u{0}@example.org", "b @example.org",
      "<b@example.org>", "b@example.org, c@example.org", "", "b", "b\u{85}@example.org", "b\u{2028}@example.org",
    ])
  func injection(address: String) async throws {
    try await blocking {
      let server = try TestServer()
      let results = send([envelope(1, to: address), envelope(2, from: address)], by: server.settings())
      #expect(results.map(\.verdict) == [.recipientRefused, .relayRefused])
      #expect(results.map(\.stage) == [.address, .settings])
      #expect(results.map(\.isConfiguration) == [false, true])
      #expect(server.connections == 0)
    }
  }

  @Test("bytes that are no message never reach the wire")
  func badBytes() async throws {
    try await blocking {
      let server = try TestServer()
      let bad = ["", "a\nb\r\n", "a\rb\r\n", "a", "ä\r\n", String(repeating: "x", count: 999) + "\r\n"]
      let results = send(bad.enumerated().map { envelope($0.offset, Array($0.element.utf8)) }, by: server.settings())
      #expect(results.allSatisfy { $0.verdict == .contentRefused && $0.stage == .message && !$0.detail.isEmpty })
      #expect(results.count == bad.count)
      #expect(server.connections == 0)
    }
  }

  @Test(
    "a server that reads no more leaves a doubt, and no truncated message", arguments: ["body=stall", "body=reset"])
  func bigBody(rule: String) async throws {
    try await blocking {
      let big = Array(String(repeating: String(repeating: "x", count: 98) + "\r\n", count: 80_000).utf8)
      let server = try TestServer([rule])
      var settings = server.settings()
      (settings.connectTimeout, settings.replyTimeout, settings.totalTimeout) = (.seconds(4), .seconds(3), .seconds(7))
      let result = send([envelope(1, big)], by: settings).first
      #expect(result?.verdict == .unknown)
      #expect(result?.stage == .body)
      #expect(server.messages.isEmpty)
    }
  }

  @Test("a body is not begun when too little time is left for its answer")
  func late() async throws {
    try await blocking {
      let server = try TestServer(["rcpt=delay 4"])
      var settings = server.settings()
      (settings.connectTimeout, settings.replyTimeout, settings.totalTimeout) = (.seconds(3), .seconds(30), .seconds(1))
      let result = send([envelope()], by: settings).first
      #expect(result?.verdict == .relayRefused)
      #expect(result?.stage == .data)
      #expect(result?.curlCode == CurlCode.abortedByCallback)
      #expect(server.commands.last == "DATA")
      #expect(server.messages.isEmpty)
    }
  }

  @Test("a server that does not answer QUIT holds up nobody")
  func silentGoodbye() async throws {
    try await blocking {
      let server = try TestServer(["quit=hang"])
      #expect(send([envelope()], by: server.settings()).first?.verdict == .accepted)
      server.waitFor("close")
      #expect(server.events.last == "close")
    }
  }

  @Test("a connection without work says goodbye, and the next mail opens another")
  func idle() async throws {
    try await blocking {
      let server = try TestServer()
      var settings = server.settings()
      settings.idleTimeout = .milliseconds(10)
      let room = Postroom(settings)
      room.submit(envelope(1))
      #expect(room.next(within: .seconds(60))?.result.verdict == .accepted)
      server.waitFor("QUIT")
      room.submit(envelope(2))
      #expect(room.next(within: .seconds(60))?.result.newConnection == true)
      #expect(room.close(within: .seconds(30)) == [])
      #expect(server.connections == 2)
    }
  }

  @Test("proxies and .netrc of the environment have no say")
  func environment() async throws {
    setenv("all_proxy", "http://127.0.0.1:1", 1)
    defer { unsetenv("all_proxy") }
    try await blocking {
      let server = try TestServer()
      #expect(send([envelope()], by: server.settings()).first?.verdict == .accepted)
    }
  }

  @Test("an international domain goes out as A-labels")
  func international() async throws {
    try await blocking {
      let server = try TestServer()
      #expect(send([envelope(1, to: "b@Bücher.example")], by: server.settings()).first?.verdict == .accepted)
      #expect(server.commands.contains("RCPT TO:<b@xn--bcher-kva.example>"))
    }
  }
}
