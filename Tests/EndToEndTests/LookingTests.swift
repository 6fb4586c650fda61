import Foundation
import Testing

extension EndToEnd {
  @Suite("Looking: preview and explain") struct Looking {
    private static let previewFields = [
      "day", "time", "customer", "currency", "amount", "schedule", "step", "level", "channel", "to", "invoices",
      "reason",
    ]
    private static let explainFields = [
      "invoice", "customer", "currency", "open", "due", "days_past_due", "risk", "schedule", "step", "level", "reason",
      "until", "rule", "sentence", "history",
    ]

    @Test("preview --days 30 shows each contact that would happen, and writes nothing")
    func preview() async throws {
      try await scenario { office in
        try office.configure()
        try office.books(Samples.invoices)
        let outcome = try await office.expect(
          0, "preview", "--days", "30", "--as-of", "2026-03-02T11:00", "--format", "json")
        for line in outcome.lines {
          for name in Self.previewFields { #expect(line[name].isPresent, "\(name) is missing in \(line)") }
          #expect(line["to"].isList && line["invoices"].isList, "\(line)")
        }
        let contacts = outcome.lines.filter { $0["reason"].text == "contact" }
        let told = contacts.map { "\($0["day"].text ?? "?") \($0["customer"].text ?? "?") \($0["step"].text ?? "?")" }
        // A-1 is due 20 Feb (first: 25 Feb, second: 7 March), B-1 10 Feb, C-1 30 March (upcoming: 23 March).
        // min_gap of 7 days: first on 2 March, second on 9 March. The deadline of a second notice is 7 days.
        #expect(
          Set(told) == [
            "2026-03-02 K-1 first", "2026-03-02 K-2 first", "2026-03-09 K-1 second", "2026-03-09 K-2 second",
            "2026-03-23 K-3 upcoming",
          ], "\(told.sorted())")
        #expect(contacts.map { $0["day"].text ?? "" } == contacts.map { $0["day"].text ?? "" }.sorted(), "by day")
        let first = try #require(contacts.first { $0["customer"].text == "K-1" })
        #expect(first["amount"].text == "120.00" && first["currency"].text == "EUR" && first["level"].int == 1)
        #expect(first["to"].texts == ["alpha@one.test"] && first["invoices"].texts == ["A-1"])
        #expect(first["schedule"].text == "standard" && first["channel"].text == "email")
        #expect(office.journalFiles.isEmpty, "looking writes nothing")
      }
    }

    @Test("preview says the same as what then is sent, day by day")
    func previewIsTrue() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(Samples.invoices)
        let outcome = try await office.expect(
          0, "preview", "--days", "30", "--as-of", "2026-03-02T11:00", "--format", "json")
        let foretold = outcome.lines.filter { $0["reason"].text == "contact" }.map {
          "\($0["day"].text ?? "?") \($0["customer"].text ?? "?") \($0["step"].text ?? "?") \($0["amount"].text ?? "?")"
        }
        for offset in 0...30 {
          let day = offset <= 29 ? "2026-03-" + (offset + 2 < 10 ? "0\(offset + 2)" : "\(offset + 2)") : "2026-04-01"
          try await office.expect(0, "run", "--once", "--as-of", "\(day)T11:00")
        }
        let done = office.records("contact.intended").map {
          let step = $0["invoices"].list.max { ($0["level"].int ?? 0) < ($1["level"].int ?? 0) }
          let total = $0["amount"].text ?? "?"
          return
            "\($0["time"].text?.prefix(10) ?? "?") \($0["customer"].text ?? "?") \(step?["step"].text ?? "?") \(total)"
        }
        #expect(foretold.sorted() == done.sorted())
        #expect(!done.isEmpty)
      }
    }

    @Test("preview --days 0 shows now alone")
    func previewNow() async throws {
      try await scenario { office in
        try office.configure()
        try office.books(Samples.invoices)
        let outcome = try await office.expect(
          0, "preview", "--days", "0", "--as-of", "2026-03-02T11:00", "--format", "json")
        let contacts = outcome.lines.filter { $0["reason"].text == "contact" }
        #expect(Set(contacts.compactMap { $0["customer"].text }) == ["K-1", "K-2"], "\(outcome)")
        #expect(contacts.allSatisfy { $0["day"].text == "2026-03-02" })
      }
    }

    @Test("preview --render writes the very messages")
    func render() async throws {
      try await scenario { office in
        try office.configure(Setup(sink: try await office.sink()))
        try office.books(Samples.invoices)
        let box = office.folder.appendingPathComponent("rendered")
        try await office.expect(
          0, "preview", "--days", "0", "--render", box.path, "--as-of", "2026-03-02T11:00")
        let names = try FileManager.default.subpathsOfDirectory(atPath: box.path).filter { $0.hasSuffix(".eml") }
        #expect(names.count == 2, "\(names)")
        let letters = try await office.letters(names.sorted().map { box.appendingPathComponent($0) })
        #expect(Set(letters.flatMap(\.recipients)) == ["alpha@one.test", "beta@two.test"])
        #expect(letters.allSatisfy { $0.defects.isEmpty }, "\(letters.map(\.defects))")
        #expect(office.journalFiles.isEmpty)
      }
    }

    @Test("preview --against another policy shows what changes")
    func against() async throws {
      try await scenario { office in
        try office.configure()
        try office.books(Samples.invoices)
        var other = Setup()
        other.schedules = Samples.standard.replacingOccurrences(of: "day = 5, ", with: "day = 12,")
        try office.write(other.text(state: office.state.path), to: "other.toml")
        let outcome = try await office.run(
          "preview", "--days", "30", "--against", office.folder.appendingPathComponent("other.toml").path, "--as-of",
          "2026-03-02T11:00")
        #expect(outcome.status == 0 && outcome.out.contains("2026-03-04") && !outcome.out.contains("K-2"), "\(outcome)")
      }
    }

    @Test("explain says everything about an invoice, in the fields of the design")
    func explain() async throws {
      try await scenario { office in
        try office.configure()
        try office.books(Samples.invoices)
        let outcome = try await office.expect(
          0, "explain", "C-1", "--as-of", "2026-03-02T11:00", "--format", "json")
        #expect(outcome.lines.count == 1)
        let line = try #require(outcome.lines.first)
        for name in Self.explainFields { #expect(line[name].isPresent, "\(name) is missing in \(line)") }
        #expect(line["invoice"].text == "C-1" && line["customer"].text == "K-3" && line["open"].text == "99.99")
        #expect(line["due"].text == "2026-03-30" && line["currency"].text == "EUR", "\(line)")
        #expect(line["reason"].text == "not_yet" && line["step"].text == "upcoming" && line["level"].int == 0)
        #expect(line["until"].text?.hasPrefix("2026-03-23") == true, "the day on which it can really go: \(line)")
        #expect(line["schedule"].text == "standard" && line["history"].isList)
        #expect(line["rule"].text?.contains("dunningd.toml:") == true, "where in the configuration: \(line)")
        #expect(line["sentence"].text?.isEmpty == false)
      }
    }

    @Test("explain a customer: a line for each open invoice; days past due count from the day after")
    func explainCustomer() async throws {
      try await scenario { office in
        try office.configure()
        try office.books(
          Samples.head + "A-1,K-1,2026-01-21,2026-02-20,120.00,EUR\nA-2,K-1,2026-01-31,2026-03-02,75.00,EUR\n")
        let outcome = try await office.expect(0, "explain", "K-1", "--as-of", "2026-03-02T11:00", "--format", "json")
        #expect(outcome.lines.map { $0["invoice"].text } == ["A-1", "A-2"], "\(outcome)")
        #expect(outcome.lines.first?["days_past_due"].int == 10, "\(outcome)")
        #expect([JSON.null, .number(0)].contains(outcome.lines.last?["days_past_due"] ?? .missing), "\(outcome)")
        let table = try await office.expect(0, "explain", "K-1", "--as-of", "2026-03-02T11:00")
        #expect(table.out.contains("A-1") && table.out.contains("A-2") && table.out.contains("120.00"), "\(table)")
        #expect(!table.out.contains("\u{1B}"), "no colour but on a terminal")
      }
    }

    @Test("weekend, holiday and hour: outside_hours, with the time at which it opens")
    func outsideHours() async throws {
      try await scenario { office in
        var setup = Setup()
        setup.hours = "10:00-16:00"
        setup.days = "mon-fri"
        setup.holidays = "\"country\""
        try office.configure(setup)
        try office.books(Samples.head + "B-1,K-2,2026-01-11,2026-02-10,480.50,EUR\n")
        for (asOf, opens) in [
          ("2026-03-02T09:00", "2026-03-02T09:00:00"), ("2026-03-02T16:00", "2026-03-03T09:00:00"),
          ("2026-03-07T12:00", "2026-03-09T09:00:00"),
          // Good Friday to Easter Monday 2026, summer time since 29 March.
          ("2026-04-03T12:00", "2026-04-07T08:00:00"),
        ] {
          let outcome = try await office.expect(0, "explain", "B-1", "--as-of", asOf, "--format", "json")
          #expect(outcome.lines.first?["reason"].text == "outside_hours", "\(asOf) \(outcome)")
          #expect(outcome.lines.first?["until"].text?.hasPrefix(opens) == true, "\(asOf): \(outcome)")
        }
        let open = try await office.expect(0, "explain", "B-1", "--as-of", "2026-03-02T10:00", "--format", "json")
        #expect(open.lines.first?["reason"].text == "contact", "\(open)")
      }
    }

    @Test("a bare date in --as-of means 00:00")
    func bareDate() async throws {
      try await scenario { office in
        var setup = Setup()
        setup.hours = "10:00-16:00"
        try office.configure(setup)
        try office.books(Samples.invoices)
        let outcome = try await office.expect(0, "explain", "A-1", "--as-of", "2026-03-02", "--format", "json")
        #expect(outcome.lines.first?["reason"].text == "outside_hours", "\(outcome)")
      }
    }

    @Test("csv output has a header row and as many fields in each row")
    func csv() async throws {
      try await scenario { office in
        try office.configure()
        try office.books(
          Samples.invoices,
          customers: Samples.customers.replacingOccurrences(of: "Alpha Ltd", with: "\"Alpha, \"\"Old\"\" Ltd\""))
        let outcome = try await office.expect(
          0, "preview", "--days", "30", "--as-of", "2026-03-02T11:00", "--format", "csv")
        let program =
          "import csv,sys; rows=list(csv.reader(sys.stdin)); "
          + "assert len(rows)>1 and len({len(r) for r in rows})==1, rows; assert 'customer' in rows[0], rows[0]"
        try office.write(outcome.out, to: "out.csv")
        let check = try await office.tool(
          "/bin/sh", ["-c", "python3 -c \"\(program)\" < '\(office.folder.path)/out.csv'"])
        #expect(check.status == 0, "\(outcome)\(check)")
      }
    }

    @Test("csv output has its header row where there is nothing to tell, too, and json not a line")
    func nothingToTell() async throws {
      try await scenario { office in
        var setup = Setup(sink: try await office.sink())
        setup.firstCycle = "approve"
        try office.configure(setup)
        try office.books("number,customer,due,amount,email\n", customers: nil)
        let commands = [
          ["preview"], ["preview", "--against", office.configuration.path], ["tasks"], ["check"],
          ["journal", "list", "--customer", "K-3"],
        ]
        func csv(_ command: [String]) async throws -> [Substring] {
          let asOf = command[0] == "journal" || command[0] == "check" ? [] : ["--as-of", "2026-03-02T11:00"]
          let csv = try await office.start(command + asOf + ["--format", "csv"]).finish()
          #expect(csv.status == 0, "\(csv)")
          return csv.out.split(separator: "\r\n")
        }
        var heads: [[Substring]] = []
        for command in commands {
          heads.append(try await csv(command))
          #expect(heads.last?.count == 1 && heads.last?.first?.contains(",") == true, "\(command) \(heads)")
          let json = try await office.start(command + ["--format", "json"]).finish()
          #expect(json.status == 0 && json.out.isEmpty, "\(json)")
        }
        // And the same one where there is something.
        try office.books(Samples.invoices, payments: "customer,date,amount,invoice\nK-1,2199-03-05,1.00,A-1\n")
        try await office.expect(0, "hold", "C-1", "--reason", "x", "--as-of", "2026-03-02T10:00")
        try office.write(try office.read("dunningd.toml").replacing("day = 5,", with: "day = 14,"), to: "other.toml")
        for (command, head) in zip(commands, heads) {
          let isDiff = command.contains("--against")
          let lines = try await csv(
            isDiff ? ["preview", "--against", office.folder.appendingPathComponent("other.toml").path] : command)
          #expect(lines.first == head.first && lines.count > 1, "\(command) \(lines)")
        }
      }
    }

    @Test("every reason that this ledger can show, each by its code")
    func reasons() async throws {
      try await scenario { office in
        var setup = Setup()
        setup.contact = """
          min_balance = ["25.00 EUR"]
          ignore_due_before = 2025-06-01
          """
        setup.schedules = """
          [[schedule]]
          name = "none"
          match = { tags = ["no-dunning"] }
          steps = []

          \(Samples.standard)
          """
        try office.configure(setup)
        try office.books(
          """
          number,customer,issued,due,amount,currency,kind,disputed,autopay
          OLD,c1,2025-04-01,2025-05-01,100.00,EUR,,,
          TAGGED,c2,2026-01-21,2026-02-20,100.00,EUR,,,
          SMALL,c3,2026-01-21,2026-02-20,24.99,EUR,,,
          DISPUTED,c4,2026-01-21,2026-02-20,100.00,EUR,,yes,
          AUTO,c5,2026-01-21,2026-02-20,100.00,EUR,,,2026-03-03
          NOMAIL,c6,2026-01-21,2026-02-20,100.00,EUR,,,
          SILENT,c7,2026-01-21,2026-02-20,100.00,EUR,,,
          CAPPED,c8,2026-01-21,2026-02-20,100.00,EUR,,,
          EARLY,c9,2026-02-28,2026-03-30,100.00,EUR,,,
          CREDITED,c10,2026-01-21,2026-02-20,100.00,EUR,,,
          CN,c10,2026-02-21,2026-02-21,100.00,EUR,credit_note,,
          GOES,c11,2026-01-21,2026-02-20,25.00,EUR,,,

          """,
          customers: """
            id,name,email,tags,do_not_contact,max_level
            c1,One,a@one.test,,,
            c2,Two,a@two.test,vip;no-dunning,,
            c3,Three,a@three.test,,,
            c4,Four,a@four.test,,,
            c5,Five,a@five.test,,,
            c6,Six,,,,
            c7,Seven,a@seven.test,,yes,
            c8,Eight,a@eight.test,,,0
            c9,Nine,a@nine.test,,,
            c10,Ten,a@ten.test,,,
            c11,Eleven,a@eleven.test,,,

            """)
        let expected = [
          "OLD": "excluded", "TAGGED": "excluded", "SMALL": "below_minimum", "DISPUTED": "disputed",
          "AUTO": "autopay", "NOMAIL": "no_address", "SILENT": "do_not_contact", "CAPPED": "capped",
          "EARLY": "not_yet", "CREDITED": "settled", "GOES": "contact",
        ]
        for (invoice, reason) in expected.sorted(by: { $0.key < $1.key }) {
          let outcome = try await office.expect(
            0, "explain", invoice, "--as-of", "2026-03-02T11:00", "--format", "json")
          #expect(outcome.lines.first?["reason"].text == reason, "\(invoice): \(outcome)")
        }
      }
    }
  }
}
