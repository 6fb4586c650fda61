import Foundation
import Testing

extension EndToEnd {
  @Suite("The staff's mail") struct StaffMail {
    private static let owners = """
      [[owner]]
      id = "maria"
      name = "Maria Stein"
      email = "maria@example.com"
      phone = "+49 30 1234"
      from = "Maria Stein <m.stein@example.com>"
      """

    private static let customers = """
      id,name,email,language,country,kind,owner,escalation_email
      K-1,Alpha Ltd,alpha@one.test,en,GB,business,maria,boss@one.test
      K-2,Beta GmbH,beta@two.test,de,DE,business,,

      """

    private static func setup(_ sink: Sink) -> Setup {
      var setup = Setup(sink: sink)
      setup.schedules = """
        [[schedule]]
        name = "standard"
        steps = [
          { name = "first", day = 5, level = 1, cc_owner = true, escalate = true },
          { name = "call",  day = 9, level = 2, channel = "call" },
        ]
        """
      setup.more =
        owners + """

          [digest]
          at = "00:00"
          to = "ar@example.com"
          alerts = "ops@example.com"
          overdue = "1d"
          [cycle]
          every = "1s"
          """
      return setup
    }

    @Test("messages come from and name the owner; who is to have a copy and who is escalated to have it")
    func owners() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Self.setup(sink))
        try office.books(Samples.head + Samples.overdue("A-1", "K-1", late: 7), customers: Self.customers)
        try await office.expect(0, "run", "--once")
        #expect(Set(sink.recipients) == ["alpha@one.test", "boss@one.test", "maria@example.com"])
        let letter = try #require(try await office.letters(sink).first)
        #expect(letter["From"] == "Maria Stein <m.stein@example.com>")
        #expect(letter["Reply-To"] == "Maria Stein <m.stein@example.com>")
        #expect(letter["Cc"] == "maria@example.com")
        #expect(letter.text.contains("call +49 30 1234, or write to maria@example.com"), "\(letter.text)")
        let lines = letter.text.split(whereSeparator: \.isNewline)
        #expect(lines.contains("Maria Stein"), "\(letter.text)")
        #expect(letter.html.contains("Maria Stein<br>Example GmbH"))
      }
    }

    @Test("each owner has one digest a day, over restarts too, and what is nobody's goes to the office")
    func digests() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Self.setup(sink))
        try office.books(
          Samples.head + Samples.overdue("A-1", "K-1", late: 7) + Samples.overdue("B-1", "K-2", late: 6),
          customers: Self.customers)
        let daemon = try office.start(["run"])
        // Three copies of the one notice, one of the other, two digests.
        #expect(await sink.waitFor(messages: 6))
        daemon.send(SIGTERM)
        #expect(await daemon.finish().status == 0)
        let again = try office.start(["run"])
        #expect(await until { office.records("cycle.completed").count >= 4 })
        again.send(SIGTERM)
        #expect(await again.finish().status == 0)

        let digests = try await office.letters(sink).filter { $0["Subject"]?.hasPrefix("dunningd ") ?? false }
        #expect(digests.map { $0["To"] } == ["maria@example.com", "ar@example.com"], "\(sink.recipients)")
        for letter in digests { #expect(letter.defects.isEmpty && letter["Auto-Submitted"] == "auto-generated") }
        let text = try #require(digests.first?.text)
        #expect(text.contains("K-1 Alpha Ltd, first (level 1), 50.00 EUR, A-1, sent"), "\(text)")
        #expect(!text.contains("K-2"), "\(text)")
      }
    }

    @Test("what stops the sending is told at once and once, and so is its end")
    func alerts() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Self.setup(sink))
        try office.books("no header at all\n", customers: Self.customers)
        let daemon = try office.start(["run"])
        #expect(await sink.waitFor(messages: 1))
        daemon.send(SIGTERM)
        _ = await daemon.finish()
        let again = try office.start(["run"])
        #expect(await until { again.err.components(separatedBy: "cycle ended").count >= 4 })
        try office.books(Samples.head + Samples.overdue("A-1", "K-1", late: 1), customers: Self.customers)
        #expect(await sink.waitFor(messages: 2))
        again.send(SIGTERM)
        _ = await again.finish()

        let letters = try await office.letters(sink)
        #expect(letters.map { $0["To"] } == ["ops@example.com", "ops@example.com"])
        #expect(
          letters.map { $0["Subject"] } == [
            "dunningd: sending has stopped (ledger)", "dunningd: it goes on (ledger)",
          ])
        let text = letters.first?.text ?? ""
        #expect(text.contains("invoices.csv") && text.contains("`dunningd check`"), "\(text)")
      }
    }

    @Test("a mail server that hangs keeps no digest for told, and the daemon from no stop")
    func hanging() async throws {
      try await scenario { office in
        let sink = try await office.sink("rcpt=hang")
        try office.configure(Self.setup(sink))
        // Called for, and not written to: only digests are to be sent.
        try office.write(
          try office.read("dunningd.toml").replacing(
            "{ name = \"first\", day = 5, level = 1, cc_owner = true, escalate = true },", with: ""),
          to: "dunningd.toml")
        try office.books(Samples.head + Samples.overdue("A-1", "K-1", late: 11), customers: Self.customers)
        let daemon = try office.start(["run"])
        #expect(await sink.waitFor(command: "RCPT"))
        let before = ContinuousClock.now
        daemon.send(SIGTERM)
        let outcome = await daemon.finish(within: 30)
        #expect(outcome.status == 0 && !outcome.timedOut, "\(outcome)")
        #expect(ContinuousClock.now - before < .seconds(20))
        let told = try? office.read("state/staff.json")
        #expect(told?.contains("maria") != true, "\(told ?? "")")
      }
    }

    @Test("a digest tells what waits for longer first, each with the command that ends it")
    func command() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Self.setup(sink))
        try office.books(
          "number,customer,issued,due,amount,currency\nA-1,K-1,2026-01-21,2026-02-20,120.00,EUR\n",
          customers: Self.customers)
        try await office.expect(0, "run", "--once", "--as-of", "2026-02-26T09:00")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-05T09:00")
        let early = try await office.expect(0, "digest", "--as-of", "2026-03-06T08:00")
        #expect(
          early.out == """
            To: maria@example.com
            Subject: dunningd 2026-03-06: 1 task

            Waiting for you
              call, K-1 Alpha Ltd, 120.00 EUR, 1 day, A-1
                  step "call" of schedule "standard"
                  dunningd call K-1 --outcome OUTCOME


            """ + (early.out.split(separator: "\n").last { $0.hasPrefix("Journal") }.map { $0 + "\n" } ?? "no journal"))
        let late = try await office.expect(0, "digest", "--as-of", "2026-03-09T08:00", "--owner", "maria")
        #expect(late.out.contains("1 task (1 overdue)") && late.out.contains("Waiting for more than 1 day"), "\(late)")
        let none = try await office.expect(0, "digest", "--as-of", "2026-03-09T08:00", "--owner", "")
        #expect(none.out == "Nothing to tell.\n", "\(none)")
      }
    }
  }
}
