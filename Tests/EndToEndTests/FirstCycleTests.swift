import Foundation
import Testing

extension EndToEnd {
  @Suite("The first cycles") struct FirstCycle {
    @Test("an approval is recorded though whoever reads its list stops reading")
    func approvedIntoAClosedPipe() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Setup(sink: sink)
        setup.firstCycle = "approve"
        try office.configure(setup)
        try RelayFaults.books(1500, in: office)
        let listed = try await office.tool(
          "/bin/bash",
          [
            "-c", "\"$0\" approve --cycle --by Erika --as-of 2026-03-02T11:10 --config \"$1\" | head -n 1 >/dev/null",
            try Program.required(), office.configuration.path,
          ])
        #expect(office.records("approval.given").count == 1, "\(listed)")
      }
    }

    @Test("the first wave waits for approve --cycle, then goes, once")
    func approvedWave() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Setup(sink: sink)
        setup.firstCycle = "approve"
        try office.configure(setup)
        try office.books(Samples.invoices)

        let waiting = try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00", "--format", "json")
        #expect(sink.messages.isEmpty)
        #expect(waiting.lines.first?["contacts"].int == 0, "\(waiting)")
        #expect(waiting.lines.first?["by_reason"]["needs_approval"].int == 2, "\(waiting)")
        #expect(office.records("contact.intended").isEmpty)

        let explained = try await office.expect(
          0, "explain", "A-1", "--as-of", "2026-03-02T11:05", "--format", "json")
        #expect(explained.lines.first?["reason"].text == "needs_approval", "\(explained)")

        try await office.expect(0, "approve", "--cycle", "--by", "Erika", "--as-of", "2026-03-02T11:10")
        #expect(office.records("approval.given").count >= 1)
        #expect(sink.messages.isEmpty)

        let sending = try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:15", "--format", "json")
        #expect(sending.lines.first?["contacts"].int == 2, "\(sending)")
        #expect(Set(sink.recipients) == ["alpha@one.test", "beta@two.test"])

        let again = try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:20", "--format", "json")
        #expect(again.lines.first?["contacts"].int == 0, "\(again)")
        #expect(sink.messages.count == 2)
        let hash = try #require(office.records("approval.given").first?["subject"].text)
        let late = try await office.expect(
          65, "approve", "--cycle", hash, "--refuse", "--reason", "too late", "--as-of", "2026-03-02T11:25")
        #expect(late.said.contains("went already"), "\(late)")
        try await office.expect(0, "journal", "verify")
      }
    }

    @Test("approve --cycle with another hash than that of the list approves nothing")
    func wrongHash() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Setup(sink: sink)
        setup.firstCycle = "approve"
        try office.configure(setup)
        try office.books(Samples.invoices)
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        let outcome = try await office.run(
          "approve", "--cycle", "0123456789abcdef", "--by", "Erika", "--as-of", "2026-03-02T11:10")
        #expect(outcome.status != 0, "\(outcome)")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:15")
        #expect(sink.messages.isEmpty)
      }
    }

    @Test("an invoice that comes after the list was approved waits for the next list")
    func laterInvoice() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Setup(sink: sink)
        setup.firstCycle = "approve"
        try office.configure(setup)
        try office.books(Samples.head + "A-1,K-1,2026-01-21,2026-02-20,120.00,EUR\n")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        try await office.expect(0, "approve", "--cycle", "--as-of", "2026-03-02T11:10")
        try office.books(Samples.invoices)
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:15")
        #expect(sink.recipients == ["alpha@one.test"])
      }
    }

    @Test("what is sent is journalled as the design says: intent, outcome, cycle")
    func journalOfOneCycle() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(Samples.invoices)
        let run = try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00", "--format", "json")
        let summary = try #require(run.lines.first)
        for name in ["contacts", "by_reason", "failed", "deferred", "in_doubt"] {
          #expect(summary[name].isPresent, "\(name) is missing in \(run)")
        }
        #expect(summary["by_reason"]["contact"].int == 2)
        #expect(summary["by_reason"]["not_yet"].int == 1)

        let journal = office.journal
        #expect(journal.map { $0["seq"].int } == Array(1...journal.count))
        let opened = try #require(journal.first)
        #expect(opened["type"].text == "journal.opened" && opened["format"].int == 1)
        #expect(opened["chain"].text == "sha256" && opened["instance"].text?.count == 32, "\(opened)")

        let intended = try #require(office.records("contact.intended").first { $0["customer"].text == "K-1" })
        #expect(intended["currency"].text == "EUR" && intended["schedule"].text == "standard")
        #expect(intended["channel"].text == "email" && intended["template"].text == "first")
        let contact = try #require(intended["contact"].text)
        #expect(contact.count == 16 && contact.allSatisfy { "0123456789abcdefghjkmnpqrstvwxyz".contains($0) })
        let line = intended["invoices"][0]
        #expect(line["number"].text == "A-1" && line["step"].text == "first" && line["level"].int == 1, "\(line)")
        #expect(line["open"].text == "120.00" && line["anchor"].isPresent, "\(line)")
        #expect(intended["listed"][0]["number"].text == "A-1" && intended["listed"][0]["open"].text == "120.00")
        #expect(intended["personal"]["to"].texts.count == 1 && intended["personal_digest"].text?.count == 64)
        #expect(intended["personal"]["to"].texts.allSatisfy { $0.contains("alpha@one.test") })
        #expect(intended["message_id"].text?.contains(contact) == true, "deterministic, from the contact's id")
        #expect(intended["policy"].isPresent && intended["sha256"].text?.count == 64)

        let sent = try #require(office.records("contact.sent").first { $0["contact"].text == contact })
        #expect(sent["recipient"].int == 0 && sent["attempt"].int == 1, "\(sent)")
        let reply = sent["reply"].text ?? sent["personal"]["reply"].text
        #expect(reply?.contains("250") == true, "the server's last line: \(sent)")
        let completed = try #require(office.records("cycle.completed").last)
        #expect(completed["contacts"].int == 2 && completed["by_reason"]["contact"].int == 2, "\(completed)")
        #expect(!office.journalLines.joined().contains("2026-03-02T11:00:00+"), "instants are UTC")
        #expect(opened["time"].text == "2026-03-02T10:00:00.000Z", "company's local time 11:00 is 10:00 UTC")
      }
    }

    @Test("every line proves the one before, its personal part cut out, and every personal part has its digest")
    func chainByOtherMeans() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(Samples.invoices)
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        try await office.expect(
          0, "note", "K-1", "--text", "called, \"will pay\" – schöne Grüße", "--by", "Erika", "--as-of",
          "2026-03-02T11:30")
        let check = try await office.tool(
          "/usr/bin/env",
          ["python3", Places.support.appendingPathComponent("chain_check.py").path]
            + office.journalFiles.map(\.path))
        #expect(check.status == 0 && check.out.hasPrefix("ok "), "\(check)")
      }
    }

    @Test("a payment between two cycles cancels what would have gone")
    func paymentCancels() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(Samples.invoices)
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        #expect(sink.messages.count == 2)
        // A-1 is 17 days past due on 9 March: the second notice would go; the money came on the 6th.
        try office.books(
          Samples.invoices, payments: "customer,date,amount,invoice,currency\nK-1,2026-03-06,120.00,A-1,EUR\n")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-09T11:00")
        #expect(sink.recipients.filter { $0 == "alpha@one.test" }.count == 1)
        #expect(sink.recipients.filter { $0 == "beta@two.test" }.count == 2, "the others go on")
        let explained = try await office.expect(0, "explain", "A-1", "--as-of", "2026-03-09T11:05", "--format", "json")
        #expect(explained.lines.first?["reason"].text == "settled", "\(explained)")
        #expect(explained.lines.first?["history"].list.isEmpty == false, "\(explained)")
      }
    }

    @Test("an invoice that is gone from the snapshot is settled")
    func goneIsSettled() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Setup(sink: sink)
        setup.ledger = "max_shrink = \"90%\""
        try office.configure(setup)
        try office.books(Samples.invoices)
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        try office.books(Samples.head + "B-1,K-2,2026-01-11,2026-02-10,480.50,EUR\n")
        let explained = try await office.expect(0, "explain", "A-1", "--as-of", "2026-03-09T11:00", "--format", "json")
        #expect(explained.lines.first?["reason"].text == "settled", "\(explained)")
        #expect(explained.lines.first?["sentence"].text?.contains("no longer in the ledger") == true, "\(explained)")
      }
    }

    @Test("part payment: the message asks what is open")
    func partPayment() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(
          Samples.head + "A-1,K-1,2026-01-21,2026-02-20,120.00,EUR\n",
          payments: "customer,date,amount,invoice\nK-1,2026-02-25,20.00,A-1\n")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        let letter = try #require(try await office.letters(sink).first)
        #expect(letter.text.contains("100.00") && letter.html.contains("100.00"), "\(letter.text)")
        #expect(office.records("contact.intended").first?["invoices"][0]["open"].text == "100.00")
      }
    }

    @Test("the whole ladder: reminder, first, second, approval, final, and then nothing more")
    func ladder() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(Samples.head + "A-1,K-1,2026-02-01,2026-03-01,120.00,EUR\n")
        var sentOn: [String] = []
        let days =
          (20...28).map { "2026-02-\($0)" }
          + (1...31).map { "2026-03-" + ($0 < 10 ? "0\($0)" : "\($0)") }
          + (1...30).map { "2026-04-" + ($0 < 10 ? "0\($0)" : "\($0)") }
        for day in days {
          try await office.expect(0, "run", "--once", "--as-of", "\(day)T10:00")
          if day == "2026-04-03" {
            let contact = try await office.expect(0, "explain", "A-1", "--as-of", "\(day)T10:05", "--format", "json")
            #expect(contact.lines.first?["reason"].text == "not_yet", "\(contact)")
            #expect(contact.lines.first?["sentence"].text?.contains("a person's word") == true, "\(contact)")
          }
          if day == "2026-04-05" {
            let contact = try await office.expect(0, "explain", "A-1", "--as-of", "\(day)T10:05", "--format", "json")
            #expect(contact.lines.first?["reason"].text == "needs_approval", "\(contact)")
          }
          if sink.messages.count > sentOn.count { sentOn.append(day) }
        }
        // Day -7; day 5; day 15; then the final one waits for a person's word.
        #expect(sentOn == ["2026-02-22", "2026-03-06", "2026-03-16"])
        let subjects = try await office.letters(sink).map { $0["Subject"] ?? "" }
        #expect(Set(subjects).count == 3, "\(subjects)")
      }
    }

    @Test("a ledger with nothing open sends nothing and is fine")
    func nothingOpen() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(Samples.head)
        let run = try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00", "--format", "json")
        #expect(run.lines.first?["contacts"].int == 0, "\(run)")
      }
    }

    @Test("without [mail] run --once says so, exit 78, and looking works")
    func noMail() async throws {
      try await scenario { office in
        try office.configure(Setup())
        try office.books(Samples.invoices)
        try await office.expect(0, "preview", "--days", "30", "--as-of", "2026-03-02T11:00")
        try await office.expect(0, "explain", "A-1", "--as-of", "2026-03-02T11:00")
        let run = try await office.run("run", "--once", "--as-of", "2026-03-02T11:00")
        #expect(run.status == 78 && run.err.contains("[mail]"), "\(run)")
      }
    }
  }
}
