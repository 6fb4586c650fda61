import Testing

@testable import Incoming

/// What servers say and what it means. The texts are of our own writing, after the manner of the programs.
@Suite("What a server's words mean")
struct DiagnosisTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let text: String
    let status: String?
    let reason: Diagnosis.Reason
    let isPermanent: Bool
    var testDescription: String { text }

    init(_ text: String, _ reason: Diagnosis.Reason, bad: Bool = false) {
      self.init(text, nil, reason, bad: bad)
    }

    init(_ text: String, _ status: String?, _ reason: Diagnosis.Reason, bad: Bool = false) {
      self.text = text
      self.status = status
      self.reason = reason
      isPermanent = bad
    }
  }

  static let bad: [Case] = [
    Case("550 5.1.1 <a@b.test>: Recipient address rejected: User unknown", .mailboxUnknown, bad: true),
    Case("550-5.1.1 The email account that you tried to reach does not exist. - gsmtp", .mailboxUnknown, bad: true),
    Case(
      "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient a@b.test not found by SMTP address lookup", .mailboxUnknown,
      bad: true),
    Case("550 5.1.2 bad destination system", .domainUnknown, bad: true),
    Case("550 5.1.6 mailbox has moved", .moved, bad: true),
    Case("556 5.1.10 Domain of a@b.test does not accept mail: null MX", .domainUnknown, bad: true),
    Case("host mx.b.test said: 550 No such user here (in reply to RCPT TO command)", .mailboxUnknown, bad: true),
    Case("SMTP error from remote mail server after RCPT TO:<a@b.test>: 550 unknown user", .mailboxUnknown, bad: true),
    Case(
      "192.0.2.1 does not like recipient. Remote host said: 550 no mailbox by that name, user unknown", .mailboxUnknown,
      bad: true),
    Case("Sorry, no mailbox here by that name. (#5.1.1)", .mailboxUnknown, bad: true),
    Case("unknown user: \"kim\"", "5.1.1", .mailboxUnknown, bad: true),
    Case("", "5.1.1", .mailboxUnknown, bad: true),
    Case("Unrouteable address", .mailboxUnknown, bad: true),
    Case("User Kim (kim@b.test) not listed in Domino Directory", .mailboxUnknown, bad: true),
    Case(
      "Host or domain name not found. Name service error for name=b.test type=MX: Host not found", "5.4.4",
      .domainUnknown, bad: true),
    Case("DNS type 'mx' lookup of b.test responded with code NXDOMAIN", .domainUnknown, bad: true),
    Case("all relevant MX records point to non-existent hosts", .domainUnknown, bad: true),
    Case("550 5.4.310 DNS domain b.test does not exist", .domainUnknown, bad: true),
    Case("554 delivery error: dd This user doesn't have a b.test account", .mailboxUnknown, bad: true),
  ]

  static let notBad: [Case] = [
    Case("550 5.1.1 RCP-P2 https://b.test/codes", .mailboxUnknown),
    Case("550 5.1.1 RCP-P2 https://b.test/codes refused due to recipient preferences", .policy),
    Case("550 <a@b.test>: Recipient address rejected: User unknown in virtual mailbox table", .mailboxUnknown),
    Case("550 5.1.1 recipient rate exceeded", .rate),
    Case("550 : User unknown (in reply to RCPT TO command)", .content),
    Case("550-Verification failed for <x@y.test> 550-Unrouteable address 550 Sender verify failed", "5.1.1", .sender),
    Case("550 Domain not found", .domainUnknown),
    Case("450 4.1.1 <a@b.test>: User unknown in virtual table (in reply to RCPT TO command)", .mailboxUnknown),
    Case("550 <a@b.test>: User unknown (in reply to end of DATA command)", .mailboxUnknown),
    Case("550 User unknown", .mailboxUnknown),
    Case("550 User unknown", "5.7.1", .mailboxUnknown),
    Case("550 5.1.1 192.0.2.1 has sent to too many recipients this hour", .rate),
    Case("550 5.1.1 blocked, see the block list of mx.b.test", .blocked),
    Case("550 5.1.1 user is suppressed after it bounced", .suppressed),
    Case("550-5.1.0 domain is listed in Spamhaus (in reply to MAIL FROM command)", .blocked),
    Case("550 5.1.0 sender rejected", .sender),
    Case("550 5.1.8 Domain of sender address x@y.test does not exist", .sender),
    Case("552 5.2.2 Mailbox full", .mailboxFull), Case("552 5.2.2 over quota", "5.1.1", .mailboxFull),
    Case("550 5.2.1 The email account that you tried to reach is disabled", .disabled),
    Case("552 5.3.4 message size exceeds fixed limit", .tooLarge),
    Case("550 5.7.1 Message rejected as spam", .blocked), Case("554 5.7.1 <a@b.test>: Relay access denied", .relaying),
    Case("550 5.7.26 fails DMARC", .authentication),
    Case("550 5.4.1 Recipient address rejected: Access denied (in reply to RCPT TO command)", .policy),
    Case(
      "Host or domain name not found. Name service error for name=b.test type=A: Host not found, try again", "4.4.3",
      .network),
    Case("connect to mx.b.test[192.0.2.1]:25: Connection refused", "4.4.1", .network),
    Case("retry timeout exceeded", .expired), Case("554 5.4.6 Too many hops", .rate),
    Case("550 Requested action not taken: mailbox unavailable (in reply to RCPT TO command)", .unknown),
    Case("501 Invalid domain name. my name was rejected", .unknown), Case("", .unknown), Case("", "5.0.0", .unknown),
    Case("550 Host unknown, says your HELO", .sender),
    Case("550 <spam-user-unknown@b.test> https://b.test/no-such-user", .unknown),
  ]

  @Test("a mailbox or a domain that is not there", arguments: bad)
  func permanent(one: Case) { expect(one) }

  @Test("everything else is not called permanent", arguments: notBad)
  func mild(one: Case) { expect(one) }

  private func expect(_ one: Case) {
    let diagnosis = Diagnosis(Evidence(one.text, status: one.status.flatMap(Status.init(field:))))
    #expect(diagnosis.reason == one.reason)
    #expect(diagnosis.isPermanent == one.isPermanent)
  }

  @Test(
    "no cause that passes or is ours is permanent, whatever stands beside it",
    arguments: [
      "mailbox full", "spam", "policy", "too large", "DMARC", "relaying denied", "rate limit", "blacklisted",
      "try again later",
      "timed out", "suspended", "message expired", "virus", "sender address rejected", "greylisted", "quota exceeded",
    ])
  func mildWins(words: String) {
    for code in ["550 5.1.1", "550", "553 5.1.2", "5.1.1"] {
      for text in ["\(code) user unknown: \(words)", "\(words) \(code) no such user (in reply to RCPT TO command)"] {
        #expect(!Diagnosis(Evidence(text, status: Status(field: "5.1.1"))).isPermanent, "\(text)")
      }
    }
  }

  @Test("an enhanced status is three numbers, and no address or version of something")
  func statuses() {
    #expect(Status("5.1.1")?.description == "5.1.1")
    #expect(Status("#5.1.1)")?.description == "5.1.1")
    #expect(Status("(5.7.509")?.description == "5.7.509")
    for word in ["5.1", "5.1.1.1", "192.0.2.1", "3.1.1", "5.1.x", "8.14.2", "5.5.2657.72", "", "5..1"] {
      #expect(Status(word[...]) == nil, "\(word)")
    }
  }
}
