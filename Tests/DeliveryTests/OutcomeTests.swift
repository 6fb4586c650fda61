import Delivery
import Testing

/// A server that fails in one way, and what must come of it.
struct Failure: Sendable, CustomStringConvertible {
  let description: String
  let rules: [String]
  var isImpatient = false
  var options: [String] = []
  let verdict: DeliveryVerdict
  let stage: DeliveryStage
  var code: Int?
  var curl: Int?
  /// Messages that the server holds afterwards.
  var kept = 0

  /// `rules`: as `smtp_sink.py --fail` takes them, parted by ` | `.
  init(
    _ rules: String, hang: Bool = false, options: [String] = [], _ verdict: DeliveryVerdict, _ stage: DeliveryStage,
    code: Int? = nil, curl: Int? = nil, kept: Int = 0
  ) {
    description = rules
    self.rules = rules.split(separator: " | ").map(String.init)
    isImpatient = hang
    self.options = options
    self.verdict = verdict
    self.stage = stage
    self.code = code
    self.curl = curl
    self.kept = kept
  }
}

@Suite("What comes of it when the server fails")
struct OutcomeTests {
  static let failures: [Failure] = [
    Failure("connect=drop", .relayRefused, .connect, curl: 56),
    Failure("connect=reset", .relayRefused, .connect),
    Failure("connect=hang", hang: true, .relayRefused, .connect, curl: 28),
    Failure("connect=garbage", hang: true, .relayRefused, .connect),
    Failure("connect=554 5.7.1 go away", .relayRefused, .connect, code: 554, curl: 8),
    Failure("connect=421 4.3.2 busy", .relayRefused, .connect, code: 421, curl: 8),
    Failure("ehlo=502 5.5.1 what", .accepted, .dot, code: 250, curl: 0, kept: 1),
    Failure("ehlo=502 5.5.1 what | helo=502 5.5.1 what", .relayRefused, .hello, code: 502, curl: 9),
    Failure("ehlo=421 4.3.2 bye", .relayRefused, .hello),
    Failure("ehlo=drop", .relayRefused, .hello, curl: 56),
    Failure("ehlo=hang", hang: true, .relayRefused, .hello, curl: 28),
    Failure("mail=451 4.3.0 later", .relayRefused, .mail, code: 451, curl: 55),
    Failure("mail=550 5.7.1 not you", .relayRefused, .mail, code: 550, curl: 55),
    Failure("mail=552 5.3.4 too big", .contentRefused, .mail, code: 552, curl: 55),
    Failure("mail=421 4.3.2 bye", .relayRefused, .mail, code: 421, curl: 55),
    Failure("mail=drop", .relayRefused, .mail, curl: 56),
    Failure("mail=hang", hang: true, .relayRefused, .mail, curl: 28),
    Failure("rcpt=450 4.2.1 later", .deferred, .rcpt, code: 450, curl: 55),
    Failure("rcpt=550 5.1.1 no such user", .recipientRefused, .rcpt, code: 550, curl: 55),
    Failure("rcpt=550 5.7.1 blocked", .relayRefused, .rcpt, code: 550, curl: 55),
    Failure("rcpt=421 4.3.2 bye", .relayRefused, .rcpt, code: 421, curl: 55),
    Failure("rcpt=drop", .relayRefused, .rcpt, curl: 56),
    Failure("rcpt=hang", hang: true, .relayRefused, .rcpt, curl: 28),
    Failure("data=451 4.3.0 later", .deferred, .data, code: 451, curl: 55),
    Failure("data=554 5.6.0 no", .contentRefused, .data, code: 554, curl: 55),
    Failure("data=250 what", .relayRefused, .data, code: 250, curl: 55),
    Failure("data=drop", .relayRefused, .data, curl: 56),
    Failure("data=hang", hang: true, .relayRefused, .data, curl: 28),
    Failure("body=451 4.3.0 later close", .deferred, .dot, code: 451, curl: 8),
    Failure("body=554 5.6.0 no close", .contentRefused, .dot, code: 554, curl: 8),
    Failure("body=421 4.3.2 bye", .relayRefused, .dot, code: 421, curl: 8),
    Failure("body=drop", .unknown, .dot),
    Failure("body=reset", .unknown, .dot),
    Failure("body=hang", hang: true, .unknown, .dot, curl: 28),
    Failure("dot=451 4.7.1 later", .deferred, .dot, code: 451, curl: 8),
    Failure("dot=554 5.7.1 spam", .contentRefused, .dot, code: 554, curl: 8),
    Failure("dot=421 4.3.2 bye", .relayRefused, .dot, code: 421, curl: 8),
    Failure("dot=251 taken", .accepted, .dot, code: 251, curl: 8, kept: 1),
    Failure("dot=220 taken", .accepted, .dot, code: 220, curl: 8, kept: 1),
    Failure("dot=keep 354 more", .unknown, .dot, code: 354, curl: 8, kept: 1),
    Failure("dot=drop", .unknown, .dot, curl: 56),
    Failure("dot=accept-then-drop", .unknown, .dot, curl: 56, kept: 1),
    Failure("dot=accept-then-reset", .unknown, .dot, curl: 56, kept: 1),
    Failure("dot=accept-then-hang", hang: true, .unknown, .dot, curl: 28, kept: 1),
    Failure("dot=accept-then-garbage", hang: true, .unknown, .dot, curl: 28, kept: 1),
    Failure("idle=drop", .accepted, .dot, code: 250, curl: 0, kept: 1),
    Failure("quit=hang", .accepted, .dot, code: 250, curl: 0, kept: 1),
    Failure("rcpt=550 5.1.1 no | quit=hang", .recipientRefused, .rcpt, code: 550, curl: 55),
  ]

  @Test(
    "each failure has its verdict, and the server holds what it says", arguments: failures,
    [[], ["--offer", "PIPELINING"]])
  func outcome(_ failure: Failure, _ options: [String]) async throws {
    let (result, kept) = try await blocking {
      let server = try TestServer(failure.rules, failure.options + options)
      var settings = server.settings()
      if failure.isImpatient {
        settings.replyTimeout = .seconds(2)
        settings.connectTimeout = .seconds(4)
      }
      return (send([envelope()], by: settings).first, server.messages.count)
    }
    let found = try #require(result)
    #expect(found.verdict == failure.verdict, "\(found)")
    #expect(found.stage == failure.stage, "\(found)")
    #expect(found.code == failure.code, "\(found)")
    if let curl = failure.curl { #expect(found.curlCode == curl, "\(found)") }
    #expect(kept == failure.kept)
    // A reset may come so early that there never was a connection.
    #expect(found.newConnection || found.stage == .connect)
  }

  @Test("no server at all is the relay's fault")
  func nobodyThere() async throws {
    let result = try await blocking {
      var settings = RelaySettings(host: "127.0.0.1", port: 1, security: .none)
      settings.connectTimeout = .seconds(20)
      let refused = send([envelope()], by: settings).first
      settings.host = "no-such-host.invalid"
      return (refused, send([envelope()], by: settings).first)
    }
    #expect(result.0?.verdict == .relayRefused)
    #expect(result.0?.curlCode == 7)
    #expect(result.1?.verdict == .relayRefused)
    #expect(result.1?.curlCode == 6)
    #expect(result.1?.isConfiguration == false)
  }
}
