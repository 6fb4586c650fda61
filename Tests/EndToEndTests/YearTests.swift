import Foundation
import Testing

extension EndToEnd.Stories {
  /// Twelve months of a company, with everything that customers do and that staff does about it.
  @Test("a year: thanks, statements, a bounce, an answer, a letter, a broken plan, a hand-over, and who is told what")
  func year() async throws {
    try await scenario { office in
      let sink = try await office.sink()
      var setup = Setup(sink: sink)
      setup.hours = "10:00-16:00"
      setup.days = "mon-fri"
      setup.holidays = "\"country\""
      setup.schedules = Self.yearPolicy
      setup.mail = "connections = 1"
      try office.configure(setup)
      let story = Story(office, Self.yearLedger, from: "2025-09-30")
      try story.ledger.write(to: office)

      // Autumn: one pays early, one late, one in two parts.
      try await story.work(until: "2025-10-24")
      try story.pays("early", "E-1", "200.00", on: "2025-10-24")
      try await story.work(until: "2025-11-12")
      try story.pays("late", "L-1", "300.00", on: "2025-11-12")
      try story.pays("part", "T-1", "200.00", on: "2025-11-12")
      try await story.work(until: "2025-11-28")
      try story.pays("part", "T-1", "300.00", on: "2025-11-28")
      try await story.work(until: "2025-12-02")
      try await story.looks("statement", "part")

      // Winter: a promise kept and one broken twice; a dispute won; a plan that ends half way.
      try await story.work(until: "2025-12-15")
      try await story.says("promise", "K-1", "--by", "2025-12-22", "--reason", "Ms Keeler", by: "--recorded-by")
      try await story.says("promise", "B-1", "--by", "2025-12-18", "--reason", "Mr Breaker", by: "--recorded-by")
      try await story.says("dispute", "D-1", "--amount", "50.00 EUR", "--reason", "one box was missing")
      try await story.says(
        "plan", "P-1", "--instalments", "3", "--every", "month", "--first", "2026-01-02", "--reason", "short of cash")
      try await story.work(until: "2025-12-19")
      try story.pays("keep", "K-1", "400.00", on: "2025-12-19")
      try await story.says("dispute", "D-1", "--close", "--outcome", "accepted", "--reason", "it was")
      try story.credits("dispute", "D-1", "50.00", on: "2025-12-19")
      try await story.work(until: "2026-01-02")
      try story.pays("plan", "P-1", "300.00", on: "2026-01-02")
      try story.pays("dispute", "D-1", "200.00", on: "2026-01-02")
      try await story.says(
        "promise", "B-1", "--by", "2026-01-09", "--reason", "Mr Breaker again", by: "--recorded-by")
      try await story.work(until: "2026-01-20")
      try await story.looks("tasks")
      try await story.says("call", "break", "--outcome", "no-answer", by: "--recorded-by")
      try await story.says("skip", "B-1", "--step", "call", "--reason", "he never picks up")
      try await story.looks("approve")
      try await story.says("approve", try await story.waitingContact("break"))
      try await story.work(until: "2026-02-13")
      try await story.says(
        "call", "plan", "--outcome", "reached", "--note", "no money before summer", by: "--recorded-by")

      // Spring: an address that does not exist, an answer, a call that is made at last.
      try await story.work(until: "2026-03-24")
      try await story.comesBack(Self.bounce(try story.contact("bounce"), "ap@bounce.test"))
      try await story.looks("tasks", "bounce")
      story.ledger.customers = story.ledger.customers.map { who in
        var who = who
        if who.id == "bounce" { who.email = "new@bounce.test" }
        return who
      }
      try story.ledger.write(to: office)
      story.happens("accounting finds the address new@bounce.test")
      try await story.work(until: "2026-03-26")
      try await story.comesBack(
        Self.answer(try story.contact("reply"), "ap@reply.test", "We will pay 180.00 EUR on 2026-04-02."))
      try await story.looks("explain", "R-1")
      try await story.looks("tasks", "reply")
      try await story.says("promise", "R-1", "--by", "2026-04-02", "--reason", "by mail", by: "--recorded-by")
      try await story.work(until: "2026-04-02")
      try story.pays("reply", "R-1", "180.00", on: "2026-04-02")
      try story.pays("bounce", "O-1", "90.00", on: "2026-04-02")
      try await story.work(until: "2026-04-22")
      try await story.looks("digest")
      try await story.says(
        "call", "call", "--outcome", "promised", "--by", "2026-04-28", "--note", "Mr Caller was friendly",
        by: "--recorded-by")
      try await story.work(until: "2026-04-28")
      try story.pays("call", "C-1", "800.00", on: "2026-04-28")

      // Summer: who has no e-mail gets letters; one is paid before it is posted.
      try await story.work(until: "2026-07-15")
      try await story.looks("tasks", "paper")
      try await story.says("resolve", try story.contact("paper", channel: "letter")["contact"].text ?? "", "--sent")
      try await story.work(until: "2026-07-31")
      try story.pays("paper", "W-1", "60.00", on: "2026-07-31")
      try await story.work(until: "2026-09-30")
      try await story.looks("tasks")
      try await story.looks("explain", "B-1")
      try await story.looks("explain", "W-1")
      try await story.looks("journal", "verify")

      try await story.mails(sink)
      try await story.journal()
      try story.expect("a-year.txt")
    }
  }

  private static let yearLedger = StoryLedger(
    customers: ["early", "late", "part", "keep", "break", "plan", "dispute", "call", "bounce", "reply"].map {
      StoryLedger.Customer(id: $0, email: "ap@\($0).test", owner: ["dispute", "reply"].contains($0) ? "tom" : "maria")
    } + [
      StoryLedger.Customer(
        id: "paper", email: "", owner: "tom", kind: "consumer", address: "Am Markt 1; 10115 Berlin")
    ],
    invoices: [
      ("E-1", "early", "2025-10-01", "2025-11-03", "200.00"), ("L-1", "late", "2025-10-01", "2025-11-03", "300.00"),
      ("T-1", "part", "2025-10-01", "2025-11-03", "500.00"), ("K-1", "keep", "2025-11-10", "2025-12-08", "400.00"),
      ("B-1", "break", "2025-11-10", "2025-12-08", "350.00"), ("P-1", "plan", "2025-11-10", "2025-12-08", "900.00"),
      ("D-1", "dispute", "2025-11-10", "2025-12-08", "250.00"), ("C-1", "call", "2026-02-16", "2026-03-16", "800.00"),
      ("O-1", "bounce", "2026-02-16", "2026-03-16", "90.00"), ("R-1", "reply", "2026-02-16", "2026-03-16", "180.00"),
      ("W-1", "paper", "2026-06-01", "2026-07-01", "60.00"),
    ])

  private static let yearPolicy = """
    [promise]
    steps = [{ name = "promise-confirmed", anchor = "issued", day = 0, level = 0 }]

    [plan]
    steps = [
      { name = "instalment", day = -3, level = 0 },
      { name = "instalment-late", day = 3, level = 1 },
    ]

    [statement]
    day = 1

    [[owner]]
    id = "maria"
    name = "Maria Stein"
    email = "maria@example.com"
    from = "Maria Stein <ar@example.com>"

    [digest]
    to = "ar@example.com"

    [[schedule]]
    name = "consumer"
    match = { kind = "consumer" }
    steps = [
      { name = "first", day = 7, level = 1, fallback = "letter", template = "final" },
      { name = "final", day = 28, level = 3, channel = "letter", deadline = 10 },
    ]

    [[schedule]]
    name = "standard"
    steps = [
      { name = "upcoming", day = -7, level = 0 },
      { name = "first",    day = 5,  level = 1 },
      { name = "second",   day = 15, level = 2, deadline = 7, cc_owner = true },
      { name = "call",     day = 26, level = 2, channel = "call", offer_plan = true },
      { name = "final",    day = 40, level = 3, deadline = 10 },
      { name = "handover", day = 60, level = 4, channel = "handover" },
      { name = "thanks",   anchor = "paid", day = 0, level = 0, template = "thank-you" },
    ]
    """

  private static func answer(_ contact: JSON, _ from: String, _ words: String) -> String {
    """
    From: Somebody <\(from)>
    To: Example Accounts <ar@example.com>
    Subject: Re: Your invoice
    Message-ID: <answer@reply.test>
    In-Reply-To: \(contact["message_id"].text ?? "")

    \(words)

    """
  }

  private static func bounce(_ contact: JSON, _ address: String) -> String {
    """
    Return-Path: <>
    From: MAILER-DAEMON@mx.test (Mail Delivery System)
    To: ar@example.com
    Subject: Undelivered Mail Returned to Sender
    Message-ID: <bounce@mx.test>
    Content-Type: multipart/report; report-type=delivery-status; boundary="b"

    --b

    <\(address)>: 550 5.1.1 <\(address)>: no such user (in reply to RCPT TO command)

    --b
    Content-Type: message/delivery-status

    Reporting-MTA: dns; mx.test

    Final-Recipient: rfc822; \(address)
    Action: failed
    Status: 5.1.1
    Diagnostic-Code: smtp; 550 5.1.1 <\(address)>: no such user

    --b
    Content-Type: text/rfc822-headers

    Message-ID: \(contact["message_id"].text ?? "")
    To: \(address)
    --b--

    """
  }
}
