import Foundation
import Testing

/// Where a server fails, how, and what must stand in the journal then: the outcome table of the design for the whole
/// program. What hangs takes the program's own patience, minutes of it, and is in `DeliveryTests` with a shorter one.
struct Phase: Sendable, CustomTestStringConvertible {
  let rules: [String]
  let record: String
  /// As the record names it; nil where it names none.
  let stage: String?
  let code: Int?
  /// Whether the server holds the message in the end.
  let isKept: Bool

  /// `rules`: as `smtp_sink.py --fail` takes them, parted by ` | `.
  init(_ rules: String, _ record: String, _ stage: String? = nil, _ code: Int? = nil, kept: Bool = false) {
    self.rules = rules.split(separator: " | ").map(String.init)
    self.record = "contact." + record
    self.stage = stage
    self.code = code
    isKept = kept
  }

  var testDescription: String { rules.joined(separator: " | ") }
  func begins(_ word: String) -> Bool { rules.contains { $0.hasPrefix(word) } }

  static let all: [Phase] = [
    // The relay does not deal with us: nothing was taken, nobody is marked.
    Phase("connect=450 4.3.2 later", "deferred", "connect", 450),
    Phase("connect=554 5.7.1 go away", "deferred", "connect", 554),
    Phase("connect=421 4.3.2 busy", "deferred", "connect", 421),
    Phase("connect=drop", "deferred", "connect"),
    Phase("connect=reset", "deferred", "connect"),
    Phase("ehlo=451 4.3.0 later | helo=451 4.3.0 later", "deferred", "hello", 451),
    Phase("ehlo=550 5.7.1 not you | helo=550 5.7.1 not you", "deferred", "hello", 550),
    Phase("ehlo=421 4.3.2 bye", "deferred", "hello"),
    Phase("ehlo=drop", "deferred", "hello"),
    Phase("ehlo=502 5.5.1 what is that", "sent", "dot", 250, kept: true),
    Phase("starttls=454 4.7.0 not now", "deferred", "tls", 454),
    Phase("starttls=554 5.7.3 never", "deferred", "tls", 554),
    Phase("starttls=421 4.3.2 bye", "deferred", "tls", 421),
    Phase("starttls=drop", "deferred", "tls"),
    Phase("tls=drop", "deferred", "tls"),
    Phase("auth=454 4.7.0 later", "deferred", "auth", 454),
    Phase("auth=535 5.7.8 wrong", "deferred", "auth", 535),
    Phase("auth=421 4.3.2 bye", "deferred", "auth", 421),
    Phase("auth=drop", "deferred", "auth"),
    Phase("mail=451 4.3.0 later", "deferred", "mail", 451),
    Phase("mail=550 5.7.1 not you", "deferred", "mail", 550),
    Phase("mail=421 4.3.2 bye", "deferred", "mail", 421),
    Phase("mail=drop", "deferred", "mail"),
    Phase("mail=reset", "deferred", "mail"),
    // The mailbox: 5.1.x, or 550, 551, 553 without more, is the address; 5.7.x is us.
    Phase("rcpt=450 4.2.1 later", "deferred", "rcpt", 450),
    Phase("rcpt=550 5.1.1 no such user", "failed", "rcpt", 550),
    Phase("rcpt=550 no such user", "failed", "rcpt", 550),
    Phase("rcpt=551 not here", "failed", "rcpt", 551),
    Phase("rcpt=553 no such name", "failed", "rcpt", 553),
    Phase("rcpt=550 5.7.1 blocked", "deferred", "rcpt", 550),
    Phase("rcpt=421 4.3.2 bye", "deferred", "rcpt", 421),
    Phase("rcpt=drop", "deferred", "rcpt"),
    Phase("rcpt=reset", "deferred", "rcpt"),
    // The message: nothing of it was taken before 354.
    Phase("data=451 4.3.0 later", "deferred", "data", 451),
    Phase("data=554 5.6.0 no", "failed", "data", 554),
    Phase("data=421 4.3.2 bye", "deferred", "data", 421),
    Phase("data=250 what", "deferred", "data", 250),
    Phase("data=drop", "deferred", "data"),
    Phase("data=reset", "deferred", "data"),
    // Some of it went out: certain is what the server says in so many words.
    Phase("body=451 4.3.0 later close", "deferred", "dot", 451),
    Phase("body=554 5.6.0 no close", "failed", "dot", 554),
    Phase("body=421 4.3.2 bye", "deferred", "dot", 421),
    Phase("body=drop", "in_doubt"),
    Phase("body=reset", "in_doubt"),
    Phase("dot=451 4.7.1 later", "deferred", "dot", 451),
    Phase("dot=554 5.7.1 spam", "failed", "dot", 554),
    Phase("dot=421 4.3.2 bye", "deferred", "dot", 421),
    Phase("dot=drop", "in_doubt"),
    Phase("dot=reset", "in_doubt"),
    Phase("dot=354 more", "in_doubt"),
    Phase("dot=keep 354 more", "in_doubt", kept: true),
    Phase("dot=accept-then-drop", "in_doubt", kept: true),
    Phase("dot=accept-then-reset", "in_doubt", kept: true),
    Phase("dot=keep 251 forwarded", "sent", "dot", 251, kept: true),
    Phase("idle=drop", "sent", "dot", 250, kept: true),
    Phase("quit=drop", "sent", "dot", 250, kept: true),
  ]
}

extension EndToEnd {
  @Suite("The outcome table") struct OutcomeTable {
    @Test(
      "each failure in each phase becomes its record, and nobody gets two when all is well again", arguments: Phase.all)
    func phase(_ phase: Phase) async throws {
      try await scenario { office in
        var options: [String] = []
        var mail = "connections = 1\n"
        var environment: [String: String] = [:]
        let isEncrypted = phase.begins("starttls") || phase.begins("tls")
        if isEncrypted {
          let box = try await office.makeCertificates().path
          options += ["--tls", "starttls", "--cert", "\(box)/server.pem", "--key", "\(box)/server.key"]
          mail += "ca_file = \"\(box)/ca.pem\"\n"
        }
        if phase.begins("auth") {
          options += ["--mechanisms", "PLAIN"]
          mail += "username = \"ar\"\npassword = { env = \"E2E_PASSWORD\" }\n"
          environment = ["E2E_PASSWORD": "s3cret-pass"]
        }
        var setup = Setup(sink: nil)
        setup.security = isEncrypted ? "starttls" : "none"
        setup.mail = mail
        // It fails once, and then works.
        let sink = try await office.sink(rules: phase.rules.map { $0 + ":first 1" }, options: options)
        setup.mailURL = sink.url
        try office.configure(setup)
        try RelayFaults.books(1, in: office)
        let run = try await office.run("run", "--once", "--as-of", "2026-03-02T11:00", environment: environment)
        #expect([0, 69, 75].contains(run.status), "\(run)")
        let outcomes = office.journal.filter {
          ["contact.sent", "contact.deferred", "contact.failed", "contact.in_doubt"].contains($0["type"].text)
        }
        let outcome = try #require(outcomes.first, "\(run)")
        #expect(outcomes.count == 1 && outcome["type"].text == phase.record, "\(outcomes) \(run)")
        if let stage = phase.stage { #expect(outcome["stage"].text == stage, "\(outcome)") }
        #expect(outcome["code"].int == phase.code, "\(outcome)")
        #expect(sink.messages.count == (phase.isKept ? 1 : 0))

        // All is well now: who was put off gets it, and nobody else does. What came of a phase before the message is the
        // same record whatever the phase was, so that the rest stands for those.
        guard ["rcpt", "data", "body", "dot", "idle", "quit"].contains(where: phase.begins) else { return }
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:10", environment: environment)
        let all = phase.isKept || phase.record == "contact.deferred" ? 1 : 0
        #expect(sink.messages.count == all, "\(outcome)")
      }
    }
  }
}
