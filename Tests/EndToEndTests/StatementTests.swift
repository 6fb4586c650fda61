import Foundation
import Testing

extension EndToEnd {
  @Suite("Statements of account, and thanks") struct Statements {
    private static let invoices =
      Samples.head + """
        A-1,K-1,2026-01-21,2026-02-20,120.00,EUR
        A-2,K-1,2026-02-01,2026-04-30,75.00,EUR
        B-1,K-2,2026-01-11,2026-05-10,480.50,EUR

        """
    private static let payments = """
      customer,date,amount,invoice,currency,method
      K-1,2026-02-25,20.00,A-1,EUR,transfer
      K-1,2026-01-05,99.00,,EUR,transfer

      """

    private static func monthly(_ sink: Sink) -> Setup {
      var setup = Setup(sink: sink)
      setup.schedules = """
        [[schedule]]
        name = "standard"
        steps = [
          { name = "first", day = 40, level = 1, template = "first" },
          { name = "thanks", anchor = "paid", day = 0, level = 0, template = "thank-you" },
        ]
        """
      setup.more = "[statement]\nday = 2\n"
      return setup
    }

    @Test("go each month through a real server, once, with all that is open, and move no invoice")
    func monthly() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Self.monthly(sink))
        try office.books(Self.invoices, payments: Self.payments)
        let preview = try await office.expect(
          0, "preview", "--days", "35", "--as-of", "2026-03-02T10:00", "--format", "json")
        let planned = preview.lines.filter { $0["schedule"].text == "statement" }
        #expect(
          planned.map { "\($0["day"].text ?? "") \($0["customer"].text ?? "")" } == [
            "2026-03-02 K-1", "2026-03-02 K-2", "2026-04-02 K-1", "2026-04-02 K-2",
          ])
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T12:00")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-03T12:00")
        #expect(sink.recipients == ["alpha@one.test", "beta@two.test"])
        let letters = try await office.letters(sink)
        let english = try #require(letters.first { $0.recipients == ["alpha@one.test"] })
        #expect(
          english["Subject"] == "Statement of account as of 2 March 2026 (Example GmbH)" && english.defects.isEmpty)
        for part in [english.text, english.html] {
          for word in ["A-1", "A-2", "100.00", "175.00", "76.00", "99.00", "20.00", "DE89 3704 0044 0532 0130 00"] {
            #expect(part.contains(word), "\(word): \(part)")
          }
        }
        let german = try #require(letters.first { $0.recipients == ["beta@two.test"] })
        #expect(german.text.contains("480,50") && german.text.contains("Kontoauszug"), "\(german.text)")
        let intended = try #require(office.records("contact.intended").first)
        #expect(intended["kind"].text == "reminder" && intended["schedule"].text == "statement")
        #expect(intended["invoices"].list.map { $0["number"].text } == ["statement-2026-03"])
        let explained = try await office.expect(
          0, "explain", "invoice:K-1/statement-2026-03", "--as-of", "2026-03-04T12:00")
        #expect(explained.out.contains("is no invoice but the statement"), "\(explained)")
        #expect(explained.out.contains("contact.sent"), "\(explained)")
        // In April: what was paid meanwhile, and the invoice itself where it always stood.
        try office.books(
          Self.invoices, payments: Self.payments + "K-1,2026-03-20,75.00,A-2,EUR,transfer\n")
        try await office.expect(0, "run", "--once", "--as-of", "2026-04-02T11:00")
        let april = try #require(try await office.letters(sink).last { $0.recipients == ["alpha@one.test"] })
        #expect(april.text.contains("Payments since 2 March 2026") && april.text.contains("75.00"), "\(april.text)")
        let kinds = office.records("contact.intended").map { $0["step"].text ?? "" }
        #expect(kinds.filter { $0 == "statement" }.count == 4, "\(kinds)")
        #expect(kinds.filter { $0 == "first" }.count == 1, "A-1 is 41 days past due: \(kinds)")
        try await office.expect(0, "journal", "verify")
      }
    }

    @Test("thanks go for what was paid lately, once, and the invoice stays settled")
    func thanks() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Self.monthly(sink)
        setup.more = ""
        try office.configure(setup)
        try office.books(
          Self.invoices,
          payments: Self.payments + "K-1,2026-03-03,75.00,A-2,EUR,transfer\nK-2,2026-02-20,480.50,B-1,EUR,transfer\n")
        let run = try await office.expect(0, "run", "--once", "--as-of", "2026-03-04T11:00", "--format", "json")
        #expect(sink.recipients == ["alpha@one.test"], "what was paid in February is no news: \(run)")
        let letter = try #require(try await office.letters(sink).first)
        #expect(
          letter["Subject"] == "Thank you for your payment: invoice A-2 (Example GmbH)", "\(letter["Subject"] ?? "")")
        for part in [letter.text, letter.html] {
          #expect(part.contains("75.00") && !part.contains("120.00"), "\(part)")
        }
        #expect(run.lines.last?["by_reason"]["settled"].int == 2, "\(run)")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-05T11:00")
        #expect(sink.messages.count == 1)
        let intended = try #require(office.records("contact.intended").first)
        #expect(intended["kind"].text == "thanks" && intended["amount"].text == "0.00")
        #expect(
          intended["invoices"][0]["anchor"].text == "paid"
            && intended["invoices"][0]["anchor_date"].text == "2026-03-03")
        let explained = try await office.expect(0, "explain", "A-2", "--as-of", "2026-03-05T12:00")
        #expect(explained.out.contains("is paid") && explained.out.contains("step \"thanks\""), "\(explained)")
      }
    }

    @Test("the command shows it as text, as JSON and CSV, and writes a page for its owner alone")
    func command() async throws {
      try await scenario { office in
        try office.configure()
        try office.books(Self.invoices + "A-3,K-1,2026-02-01,2026-03-30,9.00,USD\n", payments: Self.payments)
        let text = try await office.expect(0, "statement", "K-1", "--as-of", "2026-03-02T10:00")
        for word in [
          "Statement of account", "A-1", "A-2", "A-3", "€175.00", "Payments since 2 February 2026", "1–30 days",
        ] {
          #expect(text.out.contains(word), "\(word): \(text)")
        }
        let json = try await office.expect(
          0, "statement", "K-1", "--currency", "EUR", "--as-of", "2026-03-02T10:00", "--format", "json")
        let line = try #require(json.lines.first)
        #expect(json.lines.count == 1 && line["balance"].text == "76.00" && line["credits"].text == "99.00")
        #expect(line["items"].list.map { $0["invoice"].text } == ["A-1", "A-2"] && line["asked"].text == "76.00")
        #expect(line["items"][0]["days_past_due"].int == 10 && line["items"][0]["open"].text == "100.00")
        #expect(line["ageing"].list.map { $0["bucket"].text } == ["current", "1-30", "31-60", "61-90", "91+"])
        #expect(
          line["payments"].list.map { $0["amount"].text } == ["20.00"] && line["payments_since"].text == "2026-02-02")
        let csv = try await office.expect(0, "statement", "K-1", "--as-of", "2026-03-02T10:00", "--format", "csv")
        #expect(
          csv.out.hasPrefix("customer,currency,invoice,") && csv.out.split(separator: "\r\n").count == 4, "\(csv)")
        let page = office.folder.appendingPathComponent("pages/k1.html").path
        try await office.expect(64, "statement", "K-1", "--html", page)
        try await office.expect(
          0, "statement", "K-1", "--currency", "USD", "--html", page, "--as-of", "2026-03-02T10:00")
        let html = try String(contentsOfFile: page, encoding: .utf8)
        #expect(html.contains("A-3") && !html.contains("A-1") && html.contains("@media print"))
        let mode = try FileManager.default.attributesOfItem(atPath: page)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(office.journal.isEmpty, "looking records nothing")
      }
    }

    @Test("--send records who asked and why; it goes once in the next cycle, and --withdraw takes it back")
    func send() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Self.monthly(sink)
        setup.more = ""
        setup.hours = "10:00-16:00"
        try office.configure(setup)
        try office.books(Self.invoices, payments: Self.payments)
        let asked = try await office.expect(
          0, "statement", "K-1", "--send", "--by", "Erika", "--reason", "asked by phone", "--as-of", "2026-03-02T09:00")
        #expect(asked.out.contains("2026-03-02 10:00"), "it says when: \(asked)")
        let record = try #require(office.records("statement.requested").first)
        #expect(record["customer"].text == "K-1" && record["currency"].text == "EUR" && record["by"].text == "Erika")
        #expect(record["personal"]["reason"].text == "asked by phone")
        let twice = try await office.expect(65, "statement", "K-1", "--send", "--as-of", "2026-03-02T09:10")
        #expect(twice.err.contains("already") && office.records("statement.requested").count == 1, "\(twice)")
        try await office.expect(
          0, "statement", "K-2", "--send", "--by", "Erika", "--as-of", "2026-03-02T09:15")
        try await office.expect(
          0, "statement", "K-2", "--withdraw", "--reason", "wrong customer", "--as-of", "2026-03-02T09:20")
        #expect(office.records("statement.withdrawn").map { $0["customer"].text } == ["K-2"])
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-03T11:00")
        #expect(sink.recipients == ["alpha@one.test"])
        let again = try await office.expect(
          65, "statement", "K-1", "--withdraw", "--reason", "x", "--as-of", "2026-03-03T12:00")
        #expect(again.err.contains("nothing was recorded"), "\(again)")
        let today = try await office.run("statement", "K-1", "--send", "--as-of", "2026-03-03T12:00")
        #expect(today.status == 0, "another day, another one: \(today)")
        let listed = try await office.expect(0, "journal", "list", "--customer", "K-2")
        #expect(listed.out.contains("statement.withdrawn") && listed.out.contains("wrong customer"), "\(listed)")
      }
    }

    @Test("a running daemon takes the wish, names who asked, and sends it in its next cycle")
    func daemon() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Setup(sink: sink)
        setup.more = "[cycle]\nevery = \"1s\""
        try office.configure(setup)
        let due = Date(timeIntervalSinceNow: 40 * 86_400).ISO8601Format().prefix(10)
        try office.books(Samples.head + "A-1,K-1,2026-01-21,\(due),120.00,EUR\n")
        let daemon = try office.start(["run"])
        #expect(await until { office.records("cycle.completed").count > 0 || !daemon.isRunning }, "\(daemon.err)")
        #expect(sink.messages.isEmpty)
        let asked = try await office.expect(0, "statement", "K-1", "--send", "--by", "Erika", "--reason", "by phone")
        #expect(asked.out.hasPrefix("Recorded"), "\(asked)")
        #expect(office.records("statement.requested").map { $0["by"].text } == ["Erika"])
        #expect(await sink.waitFor(messages: 1), "\(daemon.err)")
        #expect(sink.recipients == ["alpha@one.test"])
        // Who calls the daemon's socket gets no file written in its name.
        let page = office.folder.appendingPathComponent("page.html").path
        let script = """
          import json, socket, sys
          one = socket.socket(socket.AF_UNIX)
          one.connect(sys.argv[1])
          one.sendall((json.dumps({"words": sys.argv[2:]}) + "\\n").encode())
          print(one.makefile().readline())
          """
        let caller = try await office.tool(
          "/usr/bin/env",
          [
            "python3", "-c", script, office.state.appendingPathComponent("control").path, "statement", "K-1", "--html",
            page,
          ])
        #expect(caller.lines.first?["status"].int == 64 && !FileManager.default.fileExists(atPath: page), "\(caller)")
        // To look needs no daemon.
        try await office.expect(0, "statement", "K-1")
        let twice = try await office.expect(65, "statement", "K-1", "--send", "--by", "Erika")
        #expect(twice.err.contains("today already"), "\(twice)")
      }
    }

    @Test("--send is refused where it makes no sense, with the reason, and nothing is recorded")
    func refusals() async throws {
      try await scenario { office in
        try office.configure()
        try office.books(
          Samples.head + """
            A-1,K-1,2026-01-21,2026-02-20,120.00,EUR
            B-1,K-2,2026-01-21,2026-02-20,120.00,EUR
            C-1,K-3,2026-01-21,2026-02-20,120.00,EUR
            D-1,K-4,2026-01-21,2026-02-20,120.00,EUR
            E-1,K-5,2026-01-21,2026-02-20,120.00,EUR
            E-2,K-5,2026-01-21,2026-02-20,120.00,USD

            """,
          customers: """
            id,name,email,payer,do_not_contact
            K-1,Alpha,,,
            K-2,Beta,b@two.test,,email
            K-3,Gamma,c@three.test,K-5,
            K-4,Delta,d@four.test,,
            K-5,Epsilon,e@five.test,,
            K-6,Zeta,z@six.test,,

            """, payments: "customer,date,amount,invoice,currency\nK-4,2025-12-01,120.00,D-1,EUR\n")
        for (name, words) in [
          ("K-1", "address"), ("K-2", "do_not_contact"), ("K-3", "K-5 pays for K-3"), ("K-4", "nothing came in"),
          ("K-5", "--currency"), ("K-6", "nothing to state"), ("A-1", "is an invoice"), ("K-9", "K-9"),
        ] {
          let outcome = try await office.run("statement", name, "--send", "--as-of", "2026-03-02T10:00")
          #expect([64, 65].contains(outcome.status) && outcome.err.contains(words), "\(outcome)")
        }
        for words in [
          ["--send", "--withdraw"], ["--send", "--html", "x.html"], ["--withdraw"], ["--currency", "XXQ"],
        ] {
          let outcome = try await office.start(["statement", "K-1"] + words).finish()
          #expect(outcome.status == 64, "\(outcome)")
        }
        #expect(office.journal.isEmpty)
      }
    }
  }
}
