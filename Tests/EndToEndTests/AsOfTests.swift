import Foundation
import Testing

extension EndToEnd {
  @Suite("Looking back, and what is refused") struct AsOf {
    @Test("--as-of before later records looks as it was then, and writes nothing there")
    func before() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(Samples.invoices)
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        try await office.expect(0, "hold", "A-1", "--reason", "call first", "--as-of", "2026-03-10T11:00")
        let then = try await office.expect(0, "explain", "A-1", "--as-of", "2026-03-01T11:00", "--format", "json")
        #expect(then.lines.first?["reason"].text == "contact" && then.lines.first?["history"].list.isEmpty == true)
        let preview = try await office.expect(
          0, "preview", "--as-of", "2026-03-01T11:00", "--days", "0", "--format", "json")
        #expect(preview.lines.count == 2, "\(preview)")
        let between = try await office.expect(0, "explain", "A-1", "--as-of", "2026-03-05T11:00", "--format", "json")
        #expect(
          between.lines.first?["reason"].text == "not_yet" && between.lines.first?["history"].list.isEmpty == false)
        let late = try await office.run("note", "K-1", "--text", "x", "--as-of", "2026-03-01T11:00")
        #expect(late.status == 75, "\(late)")
      }
    }

    @Test("days past due count from the due date on, and are negative before it")
    func daysPastDue() async throws {
      try await scenario { office in
        try office.configure(Setup())
        try office.books(Samples.invoices)
        for (day, days) in [("2026-02-19", -1), ("2026-02-20", 0), ("2026-02-21", 1)] {
          let explained = try await office.expect(0, "explain", "A-1", "--as-of", day, "--format", "json")
          #expect(explained.lines.first?["days_past_due"].int == days, "\(explained)")
        }
      }
    }

    @Test("money that is dated later is told by explain and check, since until its day it is asked for")
    func comingMoney() async throws {
      try await scenario { office in
        try office.configure(Setup())
        try office.books(Samples.invoices, payments: "customer,date,amount,invoice\nK-1,2199-03-05,120.00,A-1\n")
        let explained = try await office.expect(0, "explain", "A-1", "--as-of", "2026-03-02T11:00")
        #expect(
          explained.out.contains("  coming  120.00 EUR, which counts from its day on, 2199-03-05 (payments.csv:2)"),
          "\(explained)")
        let other = try await office.expect(0, "explain", "B-1", "--as-of", "2026-03-02T11:00")
        #expect(!other.out.contains("coming"), "\(other)")
        let check = try await office.expect(0, "check")
        #expect(check.said.contains("payments.csv:2: warning: 1 payment is dated later than today"), "\(check)")
      }
    }

    @Test("check tells what went back and took nothing back, in words that fit whether it names an invoice")
    func returnedMoney() async throws {
      try await scenario { office in
        try office.configure(Setup())
        try office.books(
          Samples.invoices,
          payments: "customer,date,amount,invoice\nK-1,2026-02-05,-120.00,A-1\nK-1,2026-02-05,-7.00,\n")
        let check = try await office.expect(0, "check")
        #expect(
          check.said.contains(
            "120.00 EUR went back to K-1, named \"A-1\", and nothing is found that it takes back there"),
          "\(check)")
        #expect(
          check.said.contains("7.00 EUR went back to K-1, and no invoice of the ledger is found that it had paid"),
          "\(check)")
      }
    }

    @Test("what an intervention cannot mean is refused, and nothing is recorded")
    func refused() async throws {
      try await scenario { office in
        try office.configure(Setup())
        try office.books(Samples.invoices)
        for words in [
          ["dispute", "A-1", "--reason", "x", "--amount", "50.00 USD"],
          ["dispute", "A-1", "--reason", "x", "--amount", "500.00 EUR"], ["hold", "A-1", "--reason", " "],
          ["dispute", "A-1", "--reason", ""], ["skip", "A-1", "--step", "first", "--reason", ""],
        ] {
          let outcome = try await office.start(words).finish()
          #expect(outcome.status == 64, "\(outcome)")
        }
        try await office.expect(65, "resolve", "K-1", "--address-ok")
        #expect(office.journal.isEmpty)
        try await office.expect(0, "dispute", "A-1", "--reason", "two pieces", "--amount", "50.00 EUR")
      }
    }

    @Test("a stale ledger is said by all, and a doubt is listed until somebody resolves it")
    func said() async throws {
      try await scenario { office in
        let sink = try await office.sink("dot=accept-then-drop:only 1")
        var setup = Setup(sink: sink)
        setup.ledger = "max_age = \"36h\""
        try office.configure(setup)
        try office.books(Samples.invoices)
        let run = try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        let contact = try #require(office.records("contact.in_doubt").first?["contact"].text)
        #expect(run.out.contains("resolve CONTACT") && run.out.contains(contact), "\(run)")
        #expect(try await office.expect(0, "check").out.contains(contact))
        try await office.expect(0, "resolve", contact, "--sent", "--as-of", "2026-03-02T11:30")
        #expect(try await !office.expect(0, "check").out.contains(contact))
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSinceNow: -3 * 86_400)],
          ofItemAtPath: office.ledger.appendingPathComponent("invoices.csv").path)
        for words in [["check"], ["preview"], ["run", "--once", "--as-of", "2026-03-09T11:00"]] {
          let outcome = try await office.start(words).finish()
          #expect(outcome.said.contains("max_age"), "\(outcome)")
        }
      }
    }
  }
}
