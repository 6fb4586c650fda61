import Foundation
import Testing

@testable import Delivery

@Suite("What a webhook's answer means")
struct WebhookClassificationTests {
  /// What was seen, and what it means.
  static let table = answers + silences

  private static let answers: [(WebhookTransfer, DeliveryVerdict, DeliveryStage)] = {
    let verdicts: [(DeliveryVerdict, [Int])] = [
      (.accepted, [200, 201, 202, 204, 299]), (.deferred, [408, 425]),
      (.relayRefused, [429, 500, 502, 503, 504, 599, 300, 301, 302, 307, 308, 401, 405, 407]),
      (.contentRefused, [400, 403, 404, 409, 410, 413, 422, 499]),
    ]
    return verdicts.flatMap { verdict, statuses in
      statuses.map { (WebhookTransfer(curlCode: 0, status: $0, sent: 900), verdict, .http) }
    }
  }()

  private static let silences: [(WebhookTransfer, DeliveryVerdict, DeliveryStage)] =
    [
      // The status came, and then the connection broke or the time was over: it said what it said.
      (WebhookTransfer(curlCode: 18, status: 200, sent: 900), .accepted, .http),
      (WebhookTransfer(curlCode: 28, status: 202, sent: 900), .accepted, .http),
      (WebhookTransfer(curlCode: 56, status: 503, sent: 900), .relayRefused, .http),
      (WebhookTransfer(curlCode: 56, status: 404, sent: 900), .contentRefused, .http),
      // No byte was written: name, connection, encryption, time.
      (WebhookTransfer(curlCode: 6), .relayRefused, .connect),
      (WebhookTransfer(curlCode: 7), .relayRefused, .connect),
      (WebhookTransfer(curlCode: 28), .relayRefused, .connect),
      (WebhookTransfer(curlCode: 52), .relayRefused, .connect),
      (WebhookTransfer(curlCode: 35), .relayRefused, .tls),
      (WebhookTransfer(curlCode: 60), .relayRefused, .tls),
      (WebhookTransfer(curlCode: 77), .relayRefused, .tls),
      (WebhookTransfer(curlCode: 3), .relayRefused, .settings),
      (WebhookTransfer(curlCode: 42, isAborted: true), .deferred, .queue),
      // Some of it was written, and nobody said what became of it.
      (WebhookTransfer(curlCode: 28, sent: 900), .unknown, .http),
      // An answer that is none of HTTP: libcurl calls it an unsupported protocol.
      (WebhookTransfer(curlCode: 1, sent: 900), .unknown, .http),
      (WebhookTransfer(curlCode: 52, sent: 900), .unknown, .http),
      (WebhookTransfer(curlCode: 55, sent: 100), .unknown, .http),
      (WebhookTransfer(curlCode: 56, sent: 900), .unknown, .http),
      (WebhookTransfer(curlCode: 35, sent: 1), .unknown, .http),
      (WebhookTransfer(curlCode: 0, status: 0, sent: 900), .unknown, .http),
    ]

  @Test("one outcome for each answer, and for each silence", arguments: table.indices)
  func outcome(index: Int) {
    let (transfer, verdict, stage) = Self.table[index]
    let result = DeliveryResult(transfer, server: "gateway.example:443")
    #expect(result.verdict == verdict, "\(transfer)")
    #expect(result.stage == stage, "\(transfer)")
    #expect(result.code == (transfer.status == 0 ? nil : transfer.status))
  }

  @Test("what will not pass by waiting is said to be ours")
  func configuration() {
    #expect(DeliveryResult(WebhookTransfer(curlCode: 60), server: "").isConfiguration)
    #expect(DeliveryResult(WebhookTransfer(curlCode: 3), server: "").isConfiguration)
    #expect(!DeliveryResult(WebhookTransfer(curlCode: 7), server: "").isConfiguration)
    for status in [302, 401] {
      #expect(DeliveryResult(WebhookTransfer(curlCode: 0, status: status, sent: 9), server: "").isConfiguration)
    }
    #expect(!DeliveryResult(WebhookTransfer(curlCode: 0, status: 404, sent: 9), server: "").isConfiguration)
  }
}

/// `Tests/Support/http_sink.py` on a port of its own; ends with the value.
final class HTTPSink {
  private let server: ScriptedServer
  var port: Int { server.port }

  init(_ answers: [String] = [], _ options: [String] = []) throws {
    server = try ScriptedServer("http_sink", answers.flatMap { ["--answer", $0] } + options)
  }

  func endpoint(_ scheme: String = "http", timeout: Duration = .seconds(60)) -> WebhookEndpoint {
    WebhookEndpoint(url: "\(scheme)://localhost:\(port)/messages?k=1", server: "localhost:\(port)", timeout: timeout) {
      "of \($0.count) bytes"
    }
  }

  var requests: [[String: Any]] { server.objects("requests.jsonl") }
  var connections: Int { server.lines("connections.txt").count }
}

@Suite("A webhook")
struct WebhookTests {
  static let body = Array("{\"contact\":\"4k2m9q0r7t1v3x5z\",\"name\":\"Müller\"}".utf8)

  static func post(_ endpoint: WebhookEndpoint) -> DeliveryResult {
    WebhookConnection(endpoint).deliver(
      Envelope(ticket: 1, sender: "", recipient: "", message: body, webhookKey: "4k2m9q0r7t1v3x5z"))
  }

  @Test("is posted once, signed, with its key, and no more")
  func posted() async throws {
    try await blocking {
      let sink = try HTTPSink(["202 taken"])
      let result = Self.post(sink.endpoint())
      #expect(result.verdict == .accepted)
      #expect(result.reply == "202 Accepted: taken")
      let request = try #require(sink.requests.first)
      #expect(sink.requests.count == 1)
      #expect(request["method"] as? String == "POST")
      #expect(request["path"] as? String == "/messages?k=1")
      #expect(request["body"] as? String == String(decoding: Self.body, as: UTF8.self))
      let heads = try #require(request["heads"] as? [String: String])
      #expect(heads["idempotency-key"] == "4k2m9q0r7t1v3x5z")
      #expect(heads["dunningd-signature"] == "sha256=of \(Self.body.count) bytes")
      #expect(heads["content-type"] == "application/json; charset=utf-8")
      #expect(heads["user-agent"]?.hasPrefix("dunningd") == true)
      #expect(heads["expect"] == nil)
    }
  }

  @Test(
    "whatever the service does, there is one outcome, and one request",
    arguments: [
      ("200", DeliveryVerdict.accepted), ("cut 200", .accepted), ("425", .deferred), ("429", .relayRefused),
      ("503 go away", .relayRefused), ("422 no such number", .contentRefused), ("redirect", .relayRefused),
      ("close", .unknown), ("reset", .unknown), ("continue-close", .unknown),
    ])
  func outcome(answer: String, verdict: DeliveryVerdict) async throws {
    try await blocking {
      let sink = try HTTPSink([answer])
      let result = Self.post(sink.endpoint())
      #expect(result.verdict == verdict, "\(result)")
      #expect(sink.requests.count == 1)
      #expect(sink.connections == 1)
      #expect(!result.sentence.contains("k=1"), "the address may hold a token")
    }
  }

  @Test("a service that is busy says for how long, if it likes")
  func retryAfter() async throws {
    try await blocking {
      let sink = try HTTPSink(["later 1800", "later Fri, 31 Dec 2100 23:59:59 GMT", "later soon", "503"])
      let endpoint = sink.endpoint()
      #expect(Self.post(endpoint).retryAfter == 1800)
      #expect(Self.post(endpoint).retryAfter > 86_400)
      #expect(Self.post(endpoint).retryAfter == 0)
      #expect(Self.post(endpoint).retryAfter == 0)
    }
  }

  @Test("a service that says nothing in time leaves a doubt")
  func silence() async throws {
    try await blocking {
      let sink = try HTTPSink(["hang"])
      let result = Self.post(sink.endpoint(timeout: .seconds(1)))
      #expect(result.verdict == .unknown && result.stage == .http)
      #expect(sink.requests.count == 1)
    }
  }

  @Test("nobody there, or a wrong certificate: nothing went out")
  func notSent() async throws {
    try await blocking {
      let nobody = WebhookEndpoint(url: "http://localhost:1/", server: "localhost:1") { _ in "" }
      #expect(Self.post(nobody).verdict == .relayRefused)
      let sink = try HTTPSink([], TestServer.certificate())
      let stranger = Self.post(sink.endpoint("https"))
      #expect(stranger.verdict == .relayRefused && stranger.stage == .tls && stranger.isConfiguration)
      var known = sink.endpoint("https")
      known.caFile = try TestServer.caFile()
      #expect(Self.post(known).verdict == .accepted)
      #expect(sink.requests.count == 1)
    }
  }

  @Test("a key that is no id of ours never reaches the wire")
  func wrongKey() async throws {
    try await blocking {
      let sink = try HTTPSink()
      let result = WebhookConnection(sink.endpoint()).deliver(
        Envelope(ticket: 1, sender: "", recipient: "", message: Self.body, webhookKey: "a\r\nX-Evil: 1"))
      #expect(result.verdict == .relayRefused)
      #expect(sink.connections == 0)
    }
  }

  @Test("a visit connects and posts nothing")
  func probe() async throws {
    try await blocking {
      let sink = try HTTPSink()
      #expect(WebhookConnection(sink.endpoint()).probe().verdict == .accepted)
      #expect(sink.requests.isEmpty)
      let nobody = WebhookEndpoint(url: "http://localhost:1/", server: "localhost:1") { _ in "" }
      #expect(WebhookConnection(nobody).probe().verdict == .relayRefused)
    }
  }

  @Test("one that hangs holds up no mail")
  func besideMail() async throws {
    try await blocking {
      let service = try HTTPSink(["hang"])
      let server = try TestServer()
      let room = Postroom(server.settings(), webhook: service.endpoint(timeout: .seconds(20)))
      room.submit(Envelope(ticket: 1, sender: "", recipient: "", message: Self.body, webhookKey: "4k2m9q0r"))
      room.submit(envelope(2))
      let first = try #require(room.next(within: .seconds(15)))
      #expect(first.ticket == 2 && first.result.verdict == .accepted)
      let second = try #require(room.next(within: .seconds(60)))
      #expect(second.ticket == 1 && second.result.verdict == .unknown)
    }
  }

  @Test("without one configured its messages come back as not begun")
  func notConfigured() async throws {
    try await blocking {
      let room = Postroom(RelaySettings(host: "localhost", port: 1, security: .none))
      room.submit(Envelope(ticket: 1, sender: "", recipient: "", message: Self.body, webhookKey: "4k2m9q0r"))
      #expect(room.next(within: .seconds(10))?.result.isConfiguration == true)
    }
  }
}
