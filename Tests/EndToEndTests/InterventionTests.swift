import Foundation
import Testing

extension EndToEnd {
  @Suite("A person steps in") struct Interventions {
    private static func reason(
      _ office: Office, _ name: String, _ asOf: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String? {
      let outcome = try await office.expect(
        0, "explain", name, "--as-of", asOf, "--format", "json", sourceLocation: sourceLocation)
      return outcome.lines.first?["reason"].text
    }

    @Test("a hold on a customer stops the reminder; release, and after its rest it goes on where it stood")
    func holdAndRelease() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(Samples.invoices)
        let held = try await office.expect(
          0, "hold", "K-1", "--reason", "new contract being talked over", "--by", "Erika", "--as-of",
          "2026-03-02T10:00")
        #expect(held.said.contains("K-1"), "\(held)")
        let record = try #require(office.records("hold.placed").first)
        #expect(record["customer"].text == "K-1" && record["by"].text == "Erika", "\(record)")
        #expect(try await Self.reason(office, "A-1", "2026-03-02T10:05") == "held")

        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        #expect(sink.recipients == ["beta@two.test"])

        let released = try await office.expect(0, "release", "K-1", "--reason", "signed", "--as-of", "2026-03-02T12:00")
        #expect(released.said.contains("2026-03-0"), "the command says what happens next and when: \(released)")
        #expect(office.records("hold.released").count == 1)
        // resume_after is two banking days.
        #expect(try await Self.reason(office, "A-1", "2026-03-03T10:00") == "held")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-03T11:00")
        #expect(sink.messages.count == 1)
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-05T11:00")
        #expect(sink.recipients == ["beta@two.test", "alpha@one.test"])
        #expect(office.records("contact.intended").last?["invoices"][0]["step"].text == "first", "where it stood")
      }
    }

    @Test("an approval and a refusal can each be taken back, as long as nothing went by it")
    func secondThoughts() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Setup(sink: sink)
        setup.schedules = """
          [[schedule]]
          name = "standard"
          steps = [{ name = "first", day = 5, level = 1, template = "first", approval = true }]
          """
        try office.configure(setup)
        try office.books(Samples.head + "A-1,K-1,2026-01-21,2026-02-20,120.00,EUR\n")
        let waiting = try await office.expect(0, "approve", "--format", "json", "--as-of", "2026-03-02T10:00")
        let contact = try #require(waiting.lines.first?["contact"].text)
        try await office.expect(0, "approve", contact, "--as-of", "2026-03-02T10:01")
        let refused = try await office.expect(
          0, "approve", contact, "--refuse", "--reason", "he called", "--as-of", "2026-03-02T10:02")
        #expect(refused.said.contains("Refused after all"), "\(refused)")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T10:03")
        #expect(sink.messages.isEmpty)
        try await office.expect(65, "approve", contact, "--refuse", "--reason", "still", "--as-of", "2026-03-02T10:04")
        let approved = try await office.expect(0, "approve", contact, "--as-of", "2026-03-02T10:05")
        #expect(approved.said.contains("Approved after all"), "\(approved)")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T10:06")
        #expect(sink.messages.count == 1)
        let late = try await office.expect(
          65, "approve", contact, "--refuse", "--reason", "too late", "--as-of", "2026-03-02T10:07")
        #expect(late.said.contains("went already"), "\(late)")
        try await office.expect(0, "journal", "verify")
      }
    }

    @Test("a hold on one invoice leaves the customer's others alone")
    func holdOnInvoice() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(
          Samples.head + "A-1,K-1,2026-01-21,2026-02-20,120.00,EUR\nA-2,K-1,2026-01-20,2026-02-19,75.00,EUR\n")
        try await office.expect(0, "hold", "A-2", "--reason", "wrong price", "--as-of", "2026-03-02T10:00")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        let intended = try #require(office.records("contact.intended").first)
        #expect(intended["invoices"].list.map { $0["number"].text } == ["A-1"])
        #expect(intended["listed"].list.map { $0["number"].text }.contains("A-2") == false, "\(intended)")
        #expect(try await Self.reason(office, "A-2", "2026-03-02T11:05") == "held")
      }
    }

    @Test("a hold until a day ends by itself")
    func holdUntil() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(Samples.invoices)
        try await office.expect(
          0, "hold", "A-1", "--reason", "on holiday", "--until", "2026-03-04", "--as-of", "2026-03-02T10:00")
        let explained = try await office.expect(0, "explain", "A-1", "--as-of", "2026-03-02T10:05", "--format", "json")
        #expect(explained.lines.first?["reason"].text == "held")
        #expect(explained.lines.first?["until"].text?.hasPrefix("2026-03") == true, "\(explained)")
        for day in 3...5 { try await office.expect(0, "run", "--once", "--as-of", "2026-03-0\(day)T11:00") }
        #expect(!sink.recipients.contains("alpha@one.test"), "2 banking days of rest follow its end")
        for day in 6...9 { try await office.expect(0, "run", "--once", "--as-of", "2026-03-0\(day)T11:00") }
        #expect(sink.recipients.contains("alpha@one.test"))
      }
    }

    @Test("a disputed invoice rests and stands apart in the message; the others are asked for")
    func dispute() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(
          Samples.head + "A-1,K-1,2026-01-21,2026-02-20,120.00,EUR\nA-2,K-1,2026-01-20,2026-02-19,75.00,EUR\n")
        try await office.expect(
          0, "dispute", "A-2", "--reason", "delivered broken", "--by", "Erika", "--as-of", "2026-03-02T10:00")
        #expect(office.records("dispute.opened").first?["invoice"].text == "A-2")
        #expect(try await Self.reason(office, "A-2", "2026-03-02T10:05") == "disputed")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        let letter = try #require(try await office.letters(sink).first)
        #expect(letter.text.contains("120.00") && !letter.text.contains("195.00"), "\(letter.text)")
        #expect(letter.text.contains("A-2"), "stands apart: \(letter.text)")
        try await office.expect(
          0, "dispute", "A-2", "--close", "--outcome", "accepted", "--reason", "replaced", "--as-of", "2026-03-02T12:00"
        )
        #expect(office.records("dispute.closed").count == 1)
        #expect(try await Self.reason(office, "A-2", "2026-03-03T12:00") != "contact")
      }
    }

    @Test("a note is kept, and shown by explain")
    func note() async throws {
      try await scenario { office in
        try office.configure()
        try office.books(Samples.invoices)
        try await office.expect(
          0, "note", "A-1", "--text", "Customer called: cheque is in the post", "--by", "Erika", "--as-of",
          "2026-03-02T10:00")
        let record = try #require(office.records("note.added").first)
        #expect(record["personal"].isPresent && !"\(record)".isEmpty)
        let explained = try await office.expect(0, "explain", "A-1", "--as-of", "2026-03-02T10:05")
        #expect(explained.out.contains("cheque is in the post"), "\(explained)")
      }
    }

    @Test(
      "hold needs a reason, and one that exists",
      arguments: [
        ["hold", "K-1"], ["hold", "--reason", "x"], ["hold", "K-1", "--reason", "x", "--until", "soon"],
        ["hold", "K-1", "--reason", "x", "--until", "2026-02-30"],
      ])
    func holdUsage(words: [String]) async throws {
      try await scenario { office in
        try office.configure()
        try office.books(Samples.invoices)
        let outcome = try await office.start(words).finish()
        #expect(outcome.status == 64 && !outcome.err.isEmpty, "\(outcome)")
        #expect(office.journal.isEmpty)
      }
    }

    @Test("a name that nobody has is refused, and nothing is recorded")
    func unknownName() async throws {
      try await scenario { office in
        try office.configure()
        try office.books(Samples.invoices)
        for command in ["hold", "dispute"] {
          let outcome = try await office.run(command, "A-11", "--reason", "x")
          #expect([64, 65].contains(outcome.status) && outcome.err.contains("A-11"), "\(outcome)")
        }
        let explained = try await office.run("explain", "Z-9")
        #expect([64, 65].contains(explained.status) && explained.err.contains("Z-9"), "\(explained)")
        #expect(office.journal.isEmpty)
      }
    }

    @Test("a name that is both a customer and an invoice: an error that says how to tell them apart")
    func ambiguousName() async throws {
      try await scenario { office in
        try office.configure()
        try office.books(Samples.head + "K-2,K-1,2026-01-21,2026-02-20,120.00,EUR\n")
        let both = try await office.run("hold", "K-2", "--reason", "x", "--as-of", "2026-03-02T10:00")
        #expect(both.status == 64 && both.err.contains("customer:K-2") && both.err.contains("invoice:K-2"), "\(both)")
        try await office.expect(0, "hold", "invoice:K-2", "--reason", "x", "--as-of", "2026-03-02T10:00")
        #expect(office.records("hold.placed").first?["invoice"].text == "K-2")
        try await office.expect(0, "hold", "customer:K-2", "--reason", "x", "--as-of", "2026-03-02T10:01")
        #expect(office.records("hold.placed").last?["customer"].text == "K-2")
      }
    }

    @Test("several names at once")
    func severalNames() async throws {
      try await scenario { office in
        try office.configure()
        try office.books(Samples.invoices)
        try await office.expect(0, "hold", "K-1", "B-1", "--reason", "audit", "--as-of", "2026-03-02T10:00")
        #expect(office.records("hold.placed").count == 2)
        #expect(try await Self.reason(office, "A-1", "2026-03-02T10:05") == "held")
        #expect(try await Self.reason(office, "B-1", "2026-03-02T10:05") == "held")
      }
    }

    @Test("two clerks at the same moment: the second one decides on what the first one said")
    func twoClerks() async throws {
      try await scenario { office in
        try office.configure()
        try office.books(Samples.invoices)
        for round in 0..<8 {
          let time = "2026-03-02T10:\(10 + round)"
          let words = ["plan", "A-1", "--instalments", "3", "--every", "month", "--first", "2026-04-01", "--propose"]
          let proposed = try await office.start(words + ["--as-of", time]).finish()
          let id = try #require(office.records("plan.proposed").last?["id"].text, "\(proposed)")
          let agree = try office.start(["plan", id, "--agree", "--as-of", time])
          let withdraw = try office.start(["plan", id, "--withdraw", "--reason", "pays at once", "--as-of", time])
          let (agreed, withdrawn) = (await agree.finish(), await withdraw.finish())
          #expect(withdrawn.status == 0, "\(withdrawn)")
          #expect([0, 65].contains(agreed.status), "\(agreed)")
          // Whoever came first, what was withdrawn does not come back.
          let last = office.journal.last { $0["id"].text == id }
          #expect(last?["type"].text == "plan.ended", "\(agreed)\(withdrawn)")
        }
      }
    }

    @Test("a dispute is closed on each invoice that is named, though one is named twice")
    func closedTwice() async throws {
      try await scenario { office in
        try office.configure()
        try office.books(
          Samples.head + "A-1,K-1,2026-01-21,2026-02-20,120.00,EUR\nA-2,K-1,2026-01-21,2026-02-20,80.00,EUR\n")
        for name in ["A-1", "A-2"] {
          try await office.expect(
            0, "call", "K-1", "--outcome", "disputed", "--note", "damaged", "--invoice", name, "--as-of",
            "2026-03-02T10:00")
        }
        try await office.expect(
          0, "dispute", "A-1", "A-1", "A-2", "--close", "--outcome", "rejected", "--as-of", "2026-03-02T10:05")
        #expect(office.records("dispute.closed").count == 2)
        #expect(try await Self.reason(office, "A-2", "2026-03-20T10:00") != "disputed")
      }
    }

    @Test("recording before the journal's last record, or later than the real now, is refused; looking is not")
    func asOfBounds() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(Samples.invoices)
        try await office.expect(0, "note", "K-1", "--text", "first", "--as-of", "2026-03-02T10:00")
        let lines = office.journalLines.count
        for words in [
          ["note", "K-1", "--text", "before", "--as-of", "2026-03-01T10:00"],
          ["run", "--once", "--as-of", "2026-03-01T10:00"],
          ["note", "K-1", "--text", "later", "--as-of", "2199-01-01T10:00"],
          ["run", "--once", "--as-of", "2199-01-01T10:00"],
        ] {
          let outcome = try await office.start(words).finish()
          #expect(outcome.status != 0 && outcome.status != 70 && !outcome.err.isEmpty, "\(outcome)")
          #expect(office.journalLines.count == lines, "\(outcome)")
        }
        #expect(sink.messages.isEmpty)
        try await office.expect(0, "explain", "A-1", "--as-of", "2026-02-01T10:00")
        try await office.expect(0, "preview", "--as-of", "2199-01-01T10:00")
      }
    }

    @Test("approve and resolve: a contact that needs approval goes after the word, and not after a refusal of its id")
    func approveContact() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Setup(sink: sink)
        setup.schedules = """
          [[schedule]]
          name = "strict"
          steps = [{ name = "final", day = 5, level = 3, template = "final", approval = true, deadline = 10 }]
          """
        try office.configure(setup)
        try office.books(Samples.head + "A-1,K-1,2026-01-21,2026-02-20,120.00,EUR\n")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        #expect(sink.messages.isEmpty)
        let preview = try await office.expect(
          0, "preview", "--days", "0", "--as-of", "2026-03-02T11:01", "--format", "json")
        let waiting = try #require(preview.lines.first { $0["reason"].text == "needs_approval" }, "\(preview)")
        // The table shows the id by which it is approved.
        let table = try await office.expect(0, "explain", "A-1", "--as-of", "2026-03-02T11:01")
        let contact = try #require(
          waiting["contact"].text
            ?? table.out.split { !$0.isLetter && !$0.isNumber }.map(String.init).first {
              $0.count == 16 && $0.allSatisfy { "0123456789abcdefghjkmnpqrstvwxyz".contains($0) }
            }, "nothing names the contact to approve: \(preview)\(table)")
        let wrong = try await office.run("approve", "zzzzzzzzzzzzzzzz", "--as-of", "2026-03-02T11:02")
        #expect([64, 65].contains(wrong.status) && wrong.err.contains("zzzzzzzzzzzzzzzz"), "\(wrong)")
        try await office.expect(0, "approve", contact, "--by", "Erika", "--as-of", "2026-03-02T11:03")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:04")
        #expect(sink.recipients == ["alpha@one.test"])
        #expect(office.records("contact.intended").first?["contact"].text == contact, "approved is what was sent")
      }
    }

    @Test("skip leaves out one step")
    func skip() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(Samples.head + "A-1,K-1,2026-01-11,2026-02-10,120.00,EUR\n")
        let outcome = try await office.run(
          "skip", "A-1", "--step", "first", "--reason", "talked on the phone", "--as-of", "2026-03-02T10:00")
        if outcome.status == 64 { return }  // comes with a later version
        #expect(outcome.status == 0, "\(outcome)")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        #expect(office.records("contact.intended").first?["invoices"][0]["step"].text == "second")
      }
    }
  }
}
