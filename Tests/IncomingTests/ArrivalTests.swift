import Decisions
import Testing
import Units

@testable import Incoming

@Suite("What came back, told apart")
struct ArrivalTests {
  static func arrival(_ header: String, _ body: String = "Hello") throws -> Arrival {
    try #require(Arrival(Array((header + "\n\n" + body + "\n").utf8)))
  }

  @Test(
    "auto-replies, by what they say of themselves and by their titles",
    arguments: [
      "Auto-Submitted: auto-replied", "Auto-Submitted: auto-generated; x=y", "Precedence: auto_reply",
      "Precedence: bulk",
      "X-Autoreply: yes", "X-Autorespond: out", "List-Id: <news.b.test>", "Subject: Automatic reply: Invoice R-1",
      "Subject: Out of office: back on Monday", "Subject: Abwesenheitsnotiz: Mahnung",
      "Subject: =?UTF-8?Q?Automatische_Antwort=3A_Mahnung?=", "Subject: Bin nicht im Büro",
      "Subject: Vacation", "Subject: On vacation until 3 May", "Subject: Im Urlaub bis 3. Mai",
      "Subject: Auto: Re: Invoice R-1", "Subject: Out of Office Re: Invoice R-1", "Subject: Abwesenheit vom 3. Mai",
      "Subject: Automatic reply Invoice R-1", "Subject: On leave - back on Monday",
      "Content-Type: multipart/report; report-type=disposition-notification; boundary=x",
    ])
  func autoReplies(field: String) throws {
    #expect(try Self.arrival("From: a@b.test\n\(field)").kind == .autoReply)
  }

  @Test(
    "people",
    arguments: [
      "Auto-Submitted: no", "Precedence: normal", "X-Autoreply: no", "Subject: Re: Out of stock",
      "Subject: AW: Ihr Urlaub",
      "X-Auto-Response-Suppress: All", "Subject: Re: unsubscribe from late fees, please",
      "Subject: Vacation Rentals Invoice R-2 is wrong", "Subject: Auto: Rechnung 4711 ist falsch",
      "Subject: On leave-in deposits, invoice R-2", "Subject: Im Urlaub beschädigte Ware",
      "Subject: Autoreplytics GmbH, invoice R-2", "Subject: Re: Automatic reply: Invoice R-1",
      "Subject: Urlaub: unsere Buchung R-2", "Subject: Out of office chairs, invoice R-2",
    ])
  func people(field: String) throws {
    #expect(try Self.arrival("From: a@b.test\n\(field)").kind == .reply)
  }

  @Test(
    "who wrote it: the address in brackets, and none in a name or a comment",
    arguments: [
      (#""ops@other.example via Portal" <Tin@tin.example>"#, "tin@tin.example"),
      (#"ops@other.example <tin@tin.example>"#, "tin@tin.example"),
      ("tin@tin.example (ops@other.example)", "tin@tin.example"),
      (#""a \"<x@other.example>\" b" <tin@tin.example>"#, "tin@tin.example"), ("tin@tin.example", "tin@tin.example"),
      (#""Ann <x" <tin@tin.example>"#, "tin@tin.example"), (#""tin@tin.example""#, "tin@tin.example"),
      (#""Tin" <tin@tin.example>, bob@tin.example"#, "tin@tin.example"), ("Tin <tin@tin.example", "tin@tin.example"),
    ])
  func sender(field: String, address: String) throws {
    #expect(try Self.arrival("From: \(field)").sender == address)
  }

  @Test(
    "who answers us writes no bounce, whatever the sender's address is called",
    arguments: [
      "From: Anna <no-reply@b.test>\nReturn-Path: <no-reply@b.test>\nIn-Reply-To: <x.y@example.com>",
      "From: Anna <noreply@b.test>\nReferences: <x.y@example.com>", "From: \"Anna (B Ltd)\" <no-reply@b.test>",
      "From: Anna <postmaster@b.test>\nReturn-Path: <anna@b.test>\nIn-Reply-To: <x.y@example.com>",
    ])
  func answers(header: String) throws {
    let words = "We dispute this invoice: the goods could not be delivered to our warehouse.\nAnna, anna@b.test"
    #expect(try Self.arrival(header + "\nSubject: Re: Payment reminder", words).kind == .reply)
    let note = "Your message arrived. For the delivery status of a parcel see our page."
    #expect(try Self.arrival(header + "\nAuto-Submitted: auto-replied", note).kind == .autoReply)
  }

  @Test("a wish to hear no more, by its subject or as all that is said")
  func unsubscribe() throws {
    for subject in ["unsubscribe", "Re: Unsubscribe", "Abmelden", "STOP"] {
      let arrival = try Self.arrival("From: a@b.test\nSubject: \(subject)", "")
      #expect(arrival.kind == .unsubscribe, "\(subject)")
      #expect(arrival.suggestions.map(\.kind) == [.doNotContact])
    }
    #expect(try Self.arrival("From: a@b.test", "Please unsubscribe me.").kind == .unsubscribe)
    let mixed = try Self.arrival("From: a@b.test", "Please do not contact me any more. I have already paid on 3 March.")
    #expect(mixed.kind == .reply)
    #expect(mixed.suggestions.map(\.kind) == [.paid, .doNotContact])
  }

  @Test("a person's answer: excerpt without quotation and signature, what it refers to, who wrote it")
  func reply() throws {
    let arrival = try Self.arrival(
      """
      From: "Ada" <Ada@One.test>
      To: ar@example.com
      Date: Mon, 2 Mar 2026 10:00:00 +0100
      Message-ID: <a1@one.test>
      In-Reply-To: <c2.aa@example.com>
      References: <c1.aa@example.com>
       <c2.aa@example.com>
      Subject: Re: Invoice R-1
      """,
      """
      Hello,

      we will pay 1.234,50 EUR by 6 March.

      On Mon, 2 Mar 2026 at 09:00, Accounts <ar@example.com> wrote:
      > Please pay at once, or dispute it.
      """)
    #expect(arrival.kind == .reply)
    #expect(arrival.messageID == "a1@one.test")
    #expect(arrival.sender == "ada@one.test")
    #expect(arrival.references == ["c2.aa@example.com", "c1.aa@example.com"])
    #expect(arrival.excerpt == "Hello,\n\nwe will pay 1.234,50 EUR by 6 March.")
    let promise = try #require(arrival.suggestions.first)
    #expect(arrival.suggestions.count == 1 && promise.kind == .promise)
    #expect(promise.days.map(\.description) == ["2026-03-06"])
    #expect(promise.amounts.map(\.description) == ["1234.50 EUR"])
  }

  @Test("a delivery report: failed, delayed, delivered; what it brings back")
  func reports() throws {
    func report(_ action: String, _ status: String, _ diagnostic: String) throws -> Arrival {
      try Self.arrival(
        """
        From: MAILER-DAEMON@mx.b.test
        To: bounce+0123456789abcdef@example.com
        Content-Type: multipart/report; report-type=delivery-status; boundary=x
        """,
        """
        --x

        for people
        --x
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.b.test

        Final-Recipient: rfc822; Kim@B.test
        Action: \(action)
        Status: \(status)
        Diagnostic-Code: smtp; \(diagnostic)
        --x
        Content-Type: text/rfc822-headers

        Message-ID: <0123456789abcdef.aabb@example.com>
        To: kim@b.test
        --x--
        """)
    }
    let bounce = try report("failed", "5.1.1", "550 5.1.1 no such user")
    #expect(bounce.kind == .bounce && bounce.recipients.map(\.address) == ["kim@b.test"])
    #expect(bounce.recipients.first?.diagnosis == Diagnosis(.mailboxUnknown, status: "5.1.1", isPermanent: true))
    #expect(bounce.references == ["0123456789abcdef.aabb@example.com"])
    #expect(bounce.addressees == ["bounce+0123456789abcdef@example.com"])
    let delay = try report("delayed", "4.4.1", "connection refused")
    #expect(delay.kind == .delay && delay.recipients.first?.diagnosis.isPermanent == false)
    #expect(try report("delivered", "2.0.0", "250 ok").kind == .delivered)
    // Whatever is said beside it, what is delayed may still arrive.
    #expect(try report("delayed", "5.1.1", "550 5.1.1 no such user").recipients.first?.diagnosis.isPermanent == false)
  }

  @Test("a bounce in a text for people alone, with its copy behind it")
  func plainBounce() throws {
    let arrival = try Self.arrival(
      "From: Mail Delivery System <mailer-daemon@b.test>\nSubject: Mail delivery failed",
      """
      A message that you sent could not be delivered:

        kim@b.test
          SMTP error from remote mail server after RCPT TO:<kim@b.test>:
          550 no such user here

      ------ This is a copy of the message, including all the headers. ------

      Return-path: <ar@example.com>
      Message-ID: <0123456789abcdef.aabb@example.com>
      To: kim@b.test

      The invoice of spam@c.test is overdue
      """)
    #expect(arrival.kind == .bounce)
    #expect(arrival.recipients.map(\.address) == ["kim@b.test"])
    #expect(arrival.recipients.first?.diagnosis.isPermanent == true)
    #expect(arrival.references == ["0123456789abcdef.aabb@example.com"])
  }

  @Test("a bounce that names nobody is about the one to whom it went, and of two about none")
  func nobody() throws {
    for (to, address) in [("kim@b.test", "kim@b.test"), ("kim@b.test, lee@b.test", nil)] {
      let arrival = try Self.arrival(
        "Return-Path: <>\nFrom: mailer-daemon@b.test\nSubject: Mail delivery failed",
        """
        Your message could not be delivered: no such user here.

        ------ This is a copy of the message, including all the headers. ------

        Return-path: <ar@example.com>
        Message-ID: <0123456789abcdef.aabb@example.com>
        To: \(to)
        """)
      #expect(arrival.kind == .bounce && arrival.recipients.map(\.address) == [address])
    }
  }

  @Test("complaints, and reports that are none")
  func feedback() throws {
    func report(_ type: String) throws -> Arrival {
      try Self.arrival(
        "From: fbl@b.test\nContent-Type: multipart/report; report-type=feedback-report; boundary=x",
        """
        --x
        Content-Type: message/feedback-report

        Feedback-Type: \(type)
        Original-Rcpt-To: kim@b.test
        --x
        Content-Type: message/rfc822

        Message-ID: <0123456789abcdef.aabb@example.com>

        text
        --x--
        """)
    }
    let complaint = try report("abuse")
    #expect(complaint.kind == .complaint && complaint.suggestions.map(\.kind) == [.doNotContact])
    #expect(complaint.recipients.map(\.address) == ["kim@b.test"])
    #expect(complaint.references == ["0123456789abcdef.aabb@example.com"])
    #expect(try report("auth-failure").kind == .report)
  }

  @Test("notifications as JSON: a bounce, a complaint, a receipt, folded anywhere")
  func notifications() throws {
    func notice(_ json: String) throws -> Arrival {
      try Self.arrival("From: no-reply@sns.test\nSubject: Notification", json)
    }
    let bounce = try notice(
      """
      {"notificationType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":"kim@b.te
      st","action":"failed","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"}]}}
      """)
    #expect(bounce.kind == .bounce && bounce.recipients.map(\.address) == ["kim@b.test"])
    #expect(bounce.recipients.first?.diagnosis.isPermanent == true)
    let complaint = try notice(
      #"{"notificationType":"Complaint","complaint":{"complainedRecipients":[{"emailAddress":"kim@b.test"}]}}"#)
    #expect(complaint.kind == .complaint && complaint.recipients.map(\.address) == ["kim@b.test"])
    #expect(try notice(#"{"notificationType":"Delivery","delivery":{"recipients":["kim@b.test"]}}"#).kind == .delivered)
  }

  @Test("an out-of-office note has no envelope sender, and is no bounce whatever it says")
  func nullSender() throws {
    let note = try Self.arrival(
      "Return-Path: <>\nFrom: kim@b.test\nSubject: Re: Invoice\nAuto-Submitted: auto-replied",
      "Your message could not be delivered to my desk: I am away.")
    #expect(note.kind == .autoReply)
    let bounce = try Self.arrival(
      "Return-Path: <>\nFrom: returns@b.test\nSubject: Undeliverable: Invoice", "kim@b.test: 550 5.1.1 unknown user")
    #expect(bounce.kind == .bounce)
  }

  @Test("what a carrier's filter words like an unknown user is told by its sign")
  func filterSign() throws {
    for (sign, isBad) in [("OK", true), ("NG", false)] {
      let arrival = try Self.arrival(
        "From: Postmaster@carrier.test\nSubject: Mail System Error - Returned Mail\nX-SPASIGN: \(sign)",
        """
        The following recipients did not receive this message:

        <kim@carrier.test>
           >>> RCPT TO:<kim@carrier.test>
           <<< 550 <kim@carrier.test>: User unknown
        """)
      #expect(arrival.kind == .bounce && arrival.recipients.map(\.address) == ["kim@carrier.test"])
      #expect(arrival.recipients.first?.diagnosis.isPermanent == isBad, "\(arrival.recipients)")
    }
  }

  @Test("complaints of a provider that writes no report")
  func outlookComplaint() throws {
    let arrival = try Self.arrival(
      "From: staff@provider.test\nSubject: complaint about message from 192.0.2.1\nContent-Type: multipart/mixed; boundary=x",
      """
      --x
      Content-Type: message/rfc822

      X-HmXmrOriginalRecipient: kim@b.test
      Message-ID: <0123456789abcdef.aabb@example.com>

      text
      --x--
      """)
    #expect(arrival.kind == .complaint && arrival.recipients.map(\.address) == ["kim@b.test"])
    #expect(arrival.references == ["0123456789abcdef.aabb@example.com"])
  }

  @Test("several addresses in one text, each with what is said of it")
  func several() throws {
    let arrival = try Self.arrival(
      "From: mailer-daemon@b.test\nX-Failed-Recipients: kim@c.test, lee@d.test\nSubject: Mail delivery failed",
      """
      The following addresses failed:

        kim@c.test
          host mx.c.test [192.0.2.1]
          SMTP error from remote mail server after RCPT TO:<kim@c.test>:
          550 5.1.1 no such user
        lee@d.test
          (generated from all@b.test)
          mailbox is full: retry timeout exceeded
        max@e.test
          Unrouteable address
      """)
    #expect(arrival.recipients.map(\.address) == ["kim@c.test", "lee@d.test"])
    #expect(arrival.recipients.map(\.diagnosis.isPermanent) == [true, false])
    #expect(arrival.recipients.last?.diagnosis.reason == .mailboxFull)
  }

  @Test("what has no header is no message")
  func noMessage() {
    for text in ["", "\n\n", "hello\n\nworld", "\u{0}\u{1}", "<html></html>"] {
      #expect(Arrival(Array(text.utf8)) == nil)
    }
  }
}
