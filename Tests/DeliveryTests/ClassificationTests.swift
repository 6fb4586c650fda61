import Delivery
import Testing

/// One case that libcurl 7.88.1 was seen to produce, or that the rules of docs/decisions/0002 speak of.
struct Case: Sendable, CustomStringConvertible {
  let description: String
  let transfer: Transfer
  let verdict: DeliveryVerdict
  let stage: DeliveryStage
  var isConfiguration = false

  /// `dialogue`: commands in order with their replies, `mail 250 ok; rcpt 550 5.1.1 gone`; a command alone had none.
  init(
    _ description: String, rc: Int, code: Int = 0, up: Int = 0, size: Int = 1000, _ dialogue: String,
    connects: Int = 1, abort: Transfer.Abort? = nil, _ verdict: DeliveryVerdict, _ stage: DeliveryStage,
    config: Bool = false
  ) {
    self.description = description
    let exchanges = dialogue.split(separator: ";").map { part -> Transfer.Exchange in
      let words = part.split(separator: " ", maxSplits: 1)
      let commands: [Substring: Transfer.Command] = [
        "greeting": .greeting, "hello": .hello, "starttls": .starttls, "auth": .auth, "mail": .mail, "rcpt": .rcpt,
        "data": .data, "dot": .dot, "quit": .quit,
      ]
      let reply = words.count == 2 ? ServerReply(lines: [String(words[1])]) : nil
      return Transfer.Exchange(commands[words[0]] ?? .other, reply)
    }
    transfer = Transfer(
      curlCode: rc, responseCode: code, uploaded: up, size: size, exchanges: exchanges, connects: connects,
      errorText: "curl's words", abort: abort)
    self.verdict = verdict
    self.stage = stage
    isConfiguration = config
  }
}

private let hi = "greeting 220 hi;hello 250 hi"
private let rcpt = hi + ";mail 250 ok;rcpt "
private let data = hi + ";mail 250 ok;rcpt 250 ok;data "
private let dot = data + "354 go;dot"

@Suite("What a transfer means")
struct ClassificationTests {
  /// libcurl 7.88.1 on Debian 12, each measured against a server that fails just so.
  static let measured: [Case] = [
    Case("DNS fails", rc: 6, "", .relayRefused, .connect),
    Case("TCP refused", rc: 7, "", .relayRefused, .connect),
    Case("greeting silent", rc: 28, "greeting", .relayRefused, .connect),
    Case("greeting cut", rc: 56, "greeting", .relayRefused, .connect),
    Case("greeting 554", rc: 8, code: 554, "greeting 554 no", .relayRefused, .connect),
    Case("greeting 421", rc: 8, code: 421, "greeting 421 busy", .relayRefused, .connect),
    Case(
      "EHLO 5xx, HELO ok", rc: 0, code: 250, up: 1000,
      "greeting 220 hi;hello 502 no;hello 250 hi;mail 250 ok;rcpt 250 ok;data 354 go;dot 250 ok", .accepted, .dot),
    Case(
      "EHLO and HELO 5xx", rc: 9, code: 502, "greeting 220 hi;hello 502 no;hello 502 no;quit 221 bye", .relayRefused,
      .hello),
    Case("EHLO cut", rc: 56, code: 220, "greeting 220 hi;hello", .relayRefused, .hello),
    Case("EHLO silent", rc: 28, code: 220, "greeting 220 hi;hello", .relayRefused, .hello),
    Case("STARTTLS not offered", rc: 64, code: 250, hi, .relayRefused, .tls, config: true),
    Case("STARTTLS 454", rc: 64, code: 454, hi + ";starttls 454 no", .relayRefused, .tls, config: true),
    Case("STARTTLS cut", rc: 56, code: 250, hi + ";starttls", .relayRefused, .tls),
    Case(
      "plain words after STARTTLS", rc: 8, code: 220, hi + ";starttls 220 go", .relayRefused, .tls, config: true),
    Case("certificate of another name", rc: 60, code: 220, hi + ";starttls 220 go", .relayRefused, .tls, config: true),
    Case("CA file missing", rc: 77, code: 220, hi + ";starttls 220 go", .relayRefused, .tls, config: true),
    Case("smtps to a plain port", rc: 35, "greeting", .relayRefused, .tls, config: true),
    Case("AUTH 535", rc: 67, code: 535, hi + ";auth 535 5.7.8 no", .relayRefused, .auth, config: true),
    Case("AUTH 454", rc: 67, code: 454, hi + ";auth 454 4.7.0 later", .relayRefused, .auth),
    Case("AUTH cut", rc: 56, code: 250, hi + ";auth", .relayRefused, .auth),
    Case("only unusable mechanisms", rc: 67, code: 250, hi, .relayRefused, .auth, config: true),
    Case(
      "no AUTH offered", rc: 23, code: 250, hi + ";mail 250 ok", abort: .unauthenticated, .relayRefused, .auth,
      config: true),
    Case("MAIL 4xx", rc: 55, code: 451, hi + ";mail 451 4.3.0 later;quit 221 bye", .relayRefused, .mail),
    Case("MAIL 5xx", rc: 55, code: 550, hi + ";mail 550 5.7.1 not you;quit 221 bye", .relayRefused, .mail),
    Case("MAIL 421", rc: 55, code: 421, hi + ";mail 421 4.3.2 bye", .relayRefused, .mail),
    Case("MAIL cut", rc: 56, code: 250, hi + ";mail", .relayRefused, .mail),
    Case("MAIL silent", rc: 28, code: 250, hi + ";mail", .relayRefused, .mail),
    Case("RCPT 4xx", rc: 55, code: 450, rcpt + "450 4.2.1 later;quit 221 bye", .deferred, .rcpt),
    Case("RCPT 5xx", rc: 55, code: 550, rcpt + "550 5.1.1 no such user;quit 221 bye", .recipientRefused, .rcpt),
    Case("RCPT 421", rc: 55, code: 421, rcpt + "421 4.3.2 bye", .relayRefused, .rcpt),
    Case("RCPT cut", rc: 56, code: 250, rcpt, .relayRefused, .rcpt),
    Case("RCPT silent", rc: 28, code: 250, rcpt, .relayRefused, .rcpt),
    Case("DATA 4xx", rc: 55, code: 451, data + "451 4.3.0 later;quit 221 bye", .deferred, .data),
    Case("DATA 5xx", rc: 55, code: 554, data + "554 5.6.0 no;quit 221 bye", .contentRefused, .data),
    Case("DATA 250 instead of 354", rc: 55, code: 250, data + "250 what", .relayRefused, .data),
    Case("DATA cut", rc: 56, code: 250, data, .relayRefused, .data),
    Case("DATA silent", rc: 28, code: 250, data, .relayRefused, .data),
    Case("cut while the body flows", rc: 56, code: 354, up: 500, dot, .unknown, .body),
    Case("cut while the body flows, all of it in the kernel", rc: 56, code: 354, up: 1000, dot, .unknown, .dot),
    Case("silent while the body flows", rc: 28, code: 354, up: 500, dot, .unknown, .body),
    Case("broken pipe while the body flows", rc: 55, code: 354, up: 500, dot, .unknown, .body),
    Case("our own abort in the body", rc: 42, code: 354, up: 500, dot, .deferred, .body),
    Case("our own abort before the body", rc: 42, code: 354, data + "354 go", abort: .late, .relayRefused, .data),
    Case("our own abort after the last byte", rc: 42, code: 354, up: 1000, dot, .unknown, .dot),
    Case("encoder fails in the body", rc: 26, code: 354, up: 500, dot, .deferred, .body),
    Case("dot 4xx", rc: 8, code: 451, up: 1000, dot + " 451 4.7.1 later", .deferred, .dot),
    Case("dot 5xx", rc: 8, code: 554, up: 1000, dot + " 554 5.7.1 spam", .contentRefused, .dot),
    Case("dot 421", rc: 8, code: 421, up: 1000, dot + " 421 4.3.2 bye", .relayRefused, .dot),
    Case("dot 251", rc: 8, code: 251, up: 1000, dot + " 251 taken", .accepted, .dot),
    Case("dot 220", rc: 8, code: 220, up: 1000, dot + " 220 taken", .accepted, .dot),
    Case("dot 354", rc: 8, code: 354, up: 1000, dot + " 354 more", .unknown, .dot),
    Case("dot cut", rc: 56, code: 354, up: 1000, dot, .unknown, .dot),
    Case("dot silent", rc: 28, code: 354, up: 1000, dot, .unknown, .dot),
    Case("dot garbage", rc: 28, code: 0, up: 1000, dot, .unknown, .dot),
    Case("dot 250", rc: 0, code: 250, up: 1000, dot + " 250 2.0.0 queued as ABC", .accepted, .dot),
    Case("40 MB, server stops reading", rc: 28, code: 354, up: 2_900_000, size: 40_000_000, dot, .unknown, .body),
    Case("40 MB, server resets", rc: 55, code: 354, up: 2_900_000, size: 40_000_000, dot, .unknown, .body),
    Case("success without a body", rc: 0, code: 250, dot, .unknown, .dot),
    Case("closing before the message began", rc: 42, code: 250, rcpt, abort: .closing, .deferred, .rcpt),
    Case("malformed URL", rc: 3, "", .relayRefused, .settings, config: true),
  ]

  /// Who is at fault when RCPT, MAIL or DATA is refused (RFC 3463, RFC 5321 section 4.2.3).
  static let refusals: [Case] = [
    Case("550 bare", rc: 55, code: 550, rcpt + "550 no", .recipientRefused, .rcpt),
    Case("550 relaying", rc: 55, code: 550, rcpt + "550 relay not permitted", .relayRefused, .rcpt),
    Case("550 relaying, in other words", rc: 55, code: 550, rcpt + "550 Relaying denied.", .relayRefused, .rcpt),
    Case("551 relaying", rc: 55, code: 551, rcpt + "551 we do not relay", .relayRefused, .rcpt),
    Case(
      "553 rcpthosts", rc: 55, code: 553, rcpt + "553 domain isn't in my list of allowed rcpthosts", .relayRefused,
      .rcpt),
    Case("550 authentication", rc: 55, code: 550, rcpt + "550 Authentication required", .relayRefused, .rcpt),
    Case("550 policy", rc: 55, code: 550, rcpt + "550 Administrative prohibition", .relayRefused, .rcpt),
    Case("550 block list", rc: 55, code: 550, rcpt + "550 found in zen.spamhaus.org", .relayRefused, .rcpt),
    Case("550 rate", rc: 55, code: 550, rcpt + "550 Rate limit exceeded", .relayRefused, .rcpt),
    Case("550 our sender", rc: 55, code: 550, rcpt + "550 Sender verify failed", .relayRefused, .rcpt),
    Case("5.2.1 a rate", rc: 55, code: 550, rcpt + "550 5.2.1 is receiving mail at a rate that", .deferred, .rcpt),
    Case(
      "550 nobody, quoted", rc: 55, code: 550, rcpt + "550 <relay.policy@blocked.test>: no such user",
      .recipientRefused, .rcpt),
    Case(
      "550 nobody of a rated name", rc: 55, code: 550, rcpt + "550 Unrouteable address, corporate", .recipientRefused,
      .rcpt),
    Case("5.1.1 keeps its word", rc: 55, code: 550, rcpt + "550 5.1.1 relay: unknown", .recipientRefused, .rcpt),
    Case("551 bare", rc: 55, code: 551, rcpt + "551 no", .recipientRefused, .rcpt),
    Case("553 bare", rc: 55, code: 553, rcpt + "553 no", .recipientRefused, .rcpt),
    Case("556 domain takes no mail", rc: 55, code: 556, rcpt + "556 no", .recipientRefused, .rcpt),
    Case("552 bare: full", rc: 55, code: 552, rcpt + "552 full", .deferred, .rcpt),
    Case("452 full", rc: 55, code: 452, rcpt + "452 4.2.2 full", .deferred, .rcpt),
    Case("554 bare", rc: 55, code: 554, rcpt + "554 no", .relayRefused, .rcpt),
    Case("501 bare", rc: 55, code: 501, rcpt + "501 syntax", .relayRefused, .rcpt),
    Case("5.1.2 no such domain", rc: 55, code: 550, rcpt + "550 5.1.2 no", .recipientRefused, .rcpt),
    Case("5.1.10 null MX", rc: 55, code: 556, rcpt + "556 5.1.10 no", .recipientRefused, .rcpt),
    Case("5.1.8 the sender's domain", rc: 55, code: 550, rcpt + "550 5.1.8 no", .relayRefused, .rcpt),
    Case("5.2.1 mailbox disabled", rc: 55, code: 550, rcpt + "550 5.2.1 no", .recipientRefused, .rcpt),
    Case("5.2.2 mailbox full", rc: 55, code: 552, rcpt + "552 5.2.2 full", .deferred, .rcpt),
    Case("5.2.3 too long for the mailbox", rc: 55, code: 552, rcpt + "552 5.2.3 long", .contentRefused, .rcpt),
    Case("5.3.4 too big for the system", rc: 55, code: 552, rcpt + "552 5.3.4 big", .contentRefused, .rcpt),
    Case("5.3.2 not taking mail", rc: 55, code: 550, rcpt + "550 5.3.2 no", .relayRefused, .rcpt),
    Case("5.4.1 no route", rc: 55, code: 550, rcpt + "550 5.4.1 no", .deferred, .rcpt),
    Case("5.5.4 bad parameters", rc: 55, code: 555, rcpt + "555 5.5.4 no", .relayRefused, .rcpt),
    Case("5.7.1 blocked", rc: 55, code: 550, rcpt + "550 5.7.1 blocked", .relayRefused, .rcpt),
    Case("5.0.0 says nothing", rc: 55, code: 550, rcpt + "550 5.0.0 no", .deferred, .rcpt),
    Case("codes that contradict", rc: 55, code: 550, rcpt + "550 4.1.1 no", .deferred, .rcpt),
    Case("530 at RCPT", rc: 55, code: 530, rcpt + "530 5.7.0 log in", .relayRefused, .rcpt, config: true),
    Case("530 at MAIL", rc: 55, code: 530, hi + ";mail 530 5.7.0 log in", .relayRefused, .mail, config: true),
    Case("552 at MAIL: this message is too big", rc: 55, code: 552, hi + ";mail 552 5.3.4 big", .contentRefused, .mail),
    Case("552 bare at MAIL", rc: 55, code: 552, hi + ";mail 552 big", .contentRefused, .mail),
    Case("452 at MAIL: the relay is full", rc: 55, code: 452, hi + ";mail 452 4.3.1 full", .relayRefused, .mail),
    Case("452 at DATA", rc: 55, code: 452, data + "452 4.3.1 full", .deferred, .data),
    Case("552 after the dot", rc: 8, code: 552, up: 1000, dot + " 552 5.2.2 full", .contentRefused, .dot),
    Case("452 after the dot", rc: 8, code: 452, up: 1000, dot + " 452 4.2.2 full", .deferred, .dot),
  ]

  @Test("every row of the outcome table has its verdict", arguments: measured + refusals)
  func row(_ row: Case) {
    let result = DeliveryResult(row.transfer, server: "relay:25")
    #expect(result.verdict == row.verdict)
    #expect(result.stage == row.stage)
    #expect(result.isConfiguration == row.isConfiguration)
    #expect(result.server == "relay:25")
    #expect(!result.sentence.isEmpty)
  }

  @Test("nothing is certain once a byte went out, whatever libcurl's code, but for a final reply")
  func doubt() {
    for rc in 1...99 where ![8, 26, 42].contains(rc) {
      let transfer = Transfer(curlCode: rc, responseCode: 354, uploaded: 1, size: 10)
      #expect(DeliveryResult(transfer, server: "").verdict == .unknown, "curl code \(rc)")
    }
    for code in 0...999 where !(200..<300).contains(code) && !(400..<600).contains(code) {
      let transfer = Transfer(curlCode: 8, responseCode: code, uploaded: 1, size: 10)
      #expect(DeliveryResult(transfer, server: "").verdict == .unknown, "reply \(code)")
    }
  }

  @Test("without a byte of the body gone, no code of libcurl makes a doubt or an acceptance")
  func certainty() {
    for rc in 1...99 {
      for code in [0, 220, 250, 354, 450, 550] {
        let verdict = DeliveryResult(Transfer(curlCode: rc, responseCode: code), server: "").verdict
        #expect(verdict != .unknown && verdict != .accepted, "curl code \(rc), reply \(code)")
      }
    }
  }

  @Test("a connection used again that was gone is no attempt")
  func stale() {
    let gone = Transfer(curlCode: 56, exchanges: [.init(.mail)], connects: 0)
    #expect(gone.isStaleConnection)
    var other = gone
    other.connects = 1
    #expect(!other.isStaleConnection)
    other = gone
    other.uploaded = 1
    #expect(!other.isStaleConnection)
    other = gone
    other.responseCode = 250
    #expect(!other.isStaleConnection)
    let expired = Transfer(
      curlCode: 55, responseCode: 421, exchanges: [.init(.mail, ServerReply(lines: ["421 4.4.2 timeout"]))],
      connects: 0)
    #expect(expired.isStaleConnection)
  }

  @Test("the deciding reply is quoted, not the goodbye after it")
  func words() {
    let row = Self.measured.first { $0.description == "RCPT 5xx" }
    let result = row.map { DeliveryResult($0.transfer, server: "relay:25") }
    #expect(result?.reply == "550 5.1.1 no such user")
    #expect(result?.code == 550)
    #expect(result?.enhanced == "5.1.1")
    #expect(result?.sentence == "relay:25, rcpt: 550 5.1.1 no such user")
  }
}
