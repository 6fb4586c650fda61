import Foundation
import Testing

extension EndToEnd {
  @Suite("Bad ledgers") struct BadLedger {
    private static func reason(
      _ office: Office, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String? {
      let outcome = try await office.expect(
        0, "explain", name, "--as-of", "2026-03-02T11:00", "--format", "json", sourceLocation: sourceLocation)
      return outcome.lines.first?["reason"].text
    }

    // MARK: Forms of a file

    /// The same two invoices, written in another way.
    static let forms: [(name: String, ledger: String, invoices: Data)] = [
      ("UTF-8 BOM", "", Data([0xEF, 0xBB, 0xBF]) + Data(Samples.invoices.utf8)),
      ("CRLF", "", Data(Samples.invoices.replacingOccurrences(of: "\n", with: "\r\n").utf8)),
      ("semicolons", "", Data(Samples.invoices.replacingOccurrences(of: ",", with: ";").utf8)),
      ("tabs", "", Data(Samples.invoices.replacingOccurrences(of: ",", with: "\t").utf8)),
      ("no last newline", "", Data(Samples.invoices.trimmingCharacters(in: .newlines).utf8)),
      (
        "another order, case, unknown columns, quoted newline", "",
        Data(
          #"""
          Remark,DUE, Customer ,Amount,number,issued,currency
          "two
          lines, and ""quotes""",2026-02-20,K-1,120.00,A-1,2026-01-21,EUR
          ,2026-02-10,K-2,480.50,B-1,2026-01-11,EUR
          ,2026-03-30,K-3,99.99,C-1,2026-02-28,EUR

          """#.utf8)
      ),
      (
        "German dates and decimals", "date_format = \"dd.MM.yyyy\"\ndecimal = \",\"",
        Data(
          """
          number;customer;issued;due;amount;currency
          A-1;K-1;21.01.2026;20.02.2026;120,00;EUR
          B-1;K-2;11.01.2026;10.02.2026;480,50;EUR
          C-1;K-3;28.02.2026;30.03.2026;99,99;EUR

          """.utf8)
      ),
      (
        "a format that the file proves", "date_format = \"auto\"",
        Data(
          """
          number,customer,issued,due,amount,currency
          A-1,K-1,1/21/2026,2/20/2026,120.00,EUR
          B-1,K-2,1/11/2026,2/10/2026,480.50,EUR
          C-1,K-3,2/28/2026,3/30/2026,99.99,EUR

          """.utf8)
      ),
      (
        "renamed columns and file",
        """
        [ledger.columns.invoices]
        number = "Invoice No"
        due = "Pay by"
        """,
        Data(
          Samples.invoices.replacingOccurrences(of: "number,", with: "Invoice No,")
            .replacingOccurrences(of: ",due,", with: ",Pay by,").utf8)
      ),
    ]

    @Test("one ledger in many forms decides the same", arguments: forms.map(\.name))
    func form(name: String) async throws {
      let form = try #require(Self.forms.first { $0.name == name })
      try await scenario { office in
        var setup = Setup()
        setup.ledger = form.ledger
        try office.configure(setup)
        try office.books("")
        try office.write(form.invoices, to: "ledger/invoices.csv")
        let preview = try await office.expect(
          0, "preview", "--days", "0", "--as-of", "2026-03-02T11:00", "--format", "json")
        let told = preview.lines.filter { $0["reason"].text == "contact" }.map {
          "\($0["customer"].text ?? "?") \($0["amount"].text ?? "?")"
        }
        #expect(Set(told) == ["K-1 120.00", "K-2 480.50"], "\(preview)")
      }
    }

    @Test("windows-1252: read when it is declared; when it is not, an error that names the place")
    func windows1252() async throws {
      try await scenario { office in
        var setup = Setup()
        try office.configure(setup)
        try office.books(Samples.invoices)
        let text = Samples.customers.replacingOccurrences(of: "Beta GmbH", with: "M\u{fc}ller GmbH")
        try office.write(Data(text.unicodeScalars.map { UInt8($0.value) }), to: "ledger/customers.csv")
        let undeclared = try await office.run("check")
        #expect(undeclared.said.contains("customers.csv:3"), "\(undeclared)")
        #expect(undeclared.said.contains("encoding") || undeclared.said.contains("UTF-8"), "what to do: \(undeclared)")
        setup.ledger = "encoding = \"windows-1252\""
        let sink = try await office.sink()
        setup.mailURL = sink.url
        try office.configure(setup)
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        let letters = try await office.letters(sink)
        #expect(letters.contains { $0.text.contains("Müller GmbH") && $0.html.contains("Müller GmbH") })
      }
    }

    // MARK: Rows that are bad

    struct BadRow: Sendable, CustomTestStringConvertible {
      let name: String
      let row: String
      /// What the message must name.
      let says: [String]
      var testDescription: String { name }
    }

    static let rows: [BadRow] = [
      BadRow(name: "30 February", row: "X-1,K-1,2026-01-01,2026-02-30,10.00,EUR", says: ["2026-02-30"]),
      BadRow(name: "a date of another form", row: "X-1,K-1,2026-01-01,20.02.2026,10.00,EUR", says: ["20.02.2026"]),
      BadRow(name: "due before issued", row: "X-1,K-1,2026-02-20,2026-01-20,10.00,EUR", says: ["issued"]),
      BadRow(name: "no amount", row: "X-1,K-1,2026-01-01,2026-02-20,,EUR", says: ["amount"]),
      BadRow(name: "words for an amount", row: "X-1,K-1,2026-01-01,2026-02-20,ten,EUR", says: ["ten"]),
      BadRow(name: "too many digits", row: "X-1,K-1,2026-01-01,2026-02-20,10.001,EUR", says: ["10.001"]),
      BadRow(name: "digits that yen does not have", row: "X-1,K-1,2026-01-01,2026-02-20,10.5,JPY", says: ["10.5"]),
      BadRow(name: "a negative amount", row: "X-1,K-1,2026-01-01,2026-02-20,-10.00,EUR", says: ["-10.00"]),
      BadRow(
        name: "an absurd amount", row: "X-1,K-1,2026-01-01,2026-02-20,99999999999999999999999.00,EUR",
        says: ["99999999999999999999999.00"]),
      BadRow(name: "an exponent", row: "X-1,K-1,2026-01-01,2026-02-20,1e3,EUR", says: ["1e3"]),
      BadRow(name: "an unknown currency", row: "X-1,K-1,2026-01-01,2026-02-20,10.00,EURO", says: ["EURO"]),
      BadRow(name: "an unknown customer", row: "X-1,K-99,2026-01-01,2026-02-20,10.00,EUR", says: ["K-99"]),
      BadRow(name: "no number", row: ",K-1,2026-01-01,2026-02-20,10.00,EUR", says: ["number"]),
      BadRow(name: "a missing field", row: "X-1,K-1,2026-01-01,2026-02-20", says: []),
      BadRow(name: "a field too many", row: "X-1,K-1,2026-01-01,2026-02-20,10.00,EUR,more", says: []),
      BadRow(name: "a control character", row: "X\u{7}-1,K-1,2026-01-01,2026-02-20,10.00,EUR", says: []),
      BadRow(name: "a newline in the number", row: "\"X\n1\",K-1,2026-01-01,2026-02-20,10.00,EUR", says: []),
      BadRow(
        name: "the number twice, with another amount", row: "A-1,K-1,2026-01-21,2026-02-20,130.00,EUR", says: ["A-1"]),
    ]

    @Test("a bad row is named as file:line: column: reason; the others go on", arguments: rows)
    func badRow(_ bad: BadRow) async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(Samples.invoices + bad.row + "\n")
        let check = try await office.run("check")
        #expect(check.said.contains("invoices.csv:5"), "\(check)")
        for text in bad.says { #expect(check.said.contains(text), "\(text) is not named: \(check)") }
        let run = try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        #expect(run.err.contains("invoices.csv:5"), "the operator is told: \(run)")
        let told = Set(
          office.records("contact.intended").flatMap { $0["listed"].list.compactMap { $0["number"].text } })
        #expect(!told.contains("X-1"))
        if bad.name.contains("twice") {
          #expect(!told.contains("A-1"), "neither of the two")
          #expect(try await Self.reason(office, "A-1") == "quarantined")
        }
        if bad.name != "an unknown customer" { #expect(sink.recipients.contains("beta@two.test"), "\(run)") }
      }
    }

    @Test("a bad invoice row whose customer cannot be read: nothing is sent")
    func customerUnreadable() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(Samples.invoices + "X-1,,2026-01-01,2026-02-20,10.00,EUR\n")
        let run = try await office.run("run", "--once", "--as-of", "2026-03-02T11:00")
        #expect([0, 65].contains(run.status) && run.err.contains("invoices.csv:5"), "\(run)")
        #expect(sink.messages.isEmpty)
      }
    }

    @Test("a lost payment does not dun a payer: a bad payment row rests all invoices of its customer")
    func lostPayment() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(
          Samples.invoices, payments: "customer,date,amount,invoice\nK-1,2026-02-31,120.00,A-1\n")
        let run = try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        #expect(run.err.contains("payments.csv:2"), "\(run)")
        #expect(sink.recipients == ["beta@two.test"])
        #expect(try await Self.reason(office, "A-1") == "quarantined")
      }
    }

    @Test("a bad payment row whose customer cannot be read: nothing is sent")
    func lostPaymentOfNobody() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(Samples.invoices, payments: "customer,date,amount,invoice\n,2026-02-21,120.00,\n")
        let run = try await office.run("run", "--once", "--as-of", "2026-03-02T11:00")
        #expect([0, 65].contains(run.status) && run.err.contains("payments.csv:2"), "\(run)")
        #expect(sink.messages.isEmpty)
      }
    }

    @Test(
      "a customer with a broken address, a name with a line feed, or a header in it: rests, and is named",
      arguments: [
        "K-1,Alpha Ltd,alpha at one,en,GB,business", "K-1,\"Alpha\r\nBcc: evil@x.test\",alpha@one.test,en,GB,business",
        "K-1,Alpha Ltd,\"alpha@one.test\r\nBcc: evil@x.test\",en,GB,business",
        "K-1,Alpha Ltd,alpha@one.test>\u{0},en,GB,business", "K-1,Alpha Ltd,<alpha@one.test,en,GB,business",
      ])
    func brokenCustomer(row: String) async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        let others = Samples.customers.split(separator: "\n").filter { !$0.hasPrefix("K-1,") }.joined(separator: "\n")
        try office.books(Samples.invoices, customers: others + "\n" + row + "\n")
        let run = try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        #expect(run.err.contains("customers.csv:4"), "\(run)")
        #expect(sink.recipients == ["beta@two.test"])
        #expect(["quarantined", "no_address"].contains(try await Self.reason(office, "A-1")))
      }
    }

    // MARK: Snapshots that are rejected

    @Test("too many bad rows: the snapshot is rejected, 65, nothing is sent")
    func tooManyBadRows() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        let bad = (1...6).map { "X-\($0),K-1,2026-01-01,2026-02-30,10.00,EUR\n" }.joined()
        try office.books(Samples.invoices + bad)
        let run = try await office.expect(65, "run", "--once", "--as-of", "2026-03-02T11:00")
        #expect(run.err.contains("max_bad_rows") && run.err.contains("invoices.csv:5"), "\(run)")
        #expect(sink.messages.isEmpty && office.records("contact.intended").isEmpty)
      }
    }

    @Test("a file that shrank by more than max_shrink since the last accepted one: 65, nothing is sent")
    func shrunk() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        let rows = (1...20).map { "N-\($0),K-1,2026-03-01,2026-05-01,10.00,EUR\n" }
        try office.books(Samples.head + rows.joined())
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        try office.books(Samples.invoices + rows.prefix(10).joined())
        let run = try await office.expect(65, "run", "--once", "--as-of", "2026-03-02T11:15")
        #expect(run.err.contains("invoices.csv") && run.err.contains("max_shrink"), "\(run)")
        for words in [["check"], ["preview"], ["explain", "N-1"]] {
          let outcome = try await office.start(words).finish()
          #expect(outcome.status == 65 && outcome.said.contains("max_shrink"), "who looks is told so too: \(outcome)")
        }
        #expect(sink.messages.isEmpty)
        try office.books(Samples.invoices + rows.joined())
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:30")
        #expect(sink.messages.count == 2)
      }
    }

    @Test(
      "ledger folders and files that are not there or hold nothing: an error with the path",
      arguments: [
        "empty folder", "no folder", "empty file", "a folder for a file", "not text",
      ])
    func nothingThere(what: String) async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        switch what {
        case "no folder": try office.remove("ledger")
        case "empty file": try office.write("", to: "ledger/invoices.csv")
        case "a folder for a file":
          try FileManager.default.createDirectory(
            at: office.ledger.appendingPathComponent("invoices.csv"), withIntermediateDirectories: true)
        case "not text":
          try office.write(Data((0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 37) }), to: "ledger/invoices.csv")
        default: break
        }
        for words in [["run", "--once", "--as-of", "2026-03-02T11:00"], ["check"]] {
          let outcome = try await office.start(words).finish()
          #expect(outcome.status == 65, "\(outcome)")
          #expect(outcome.said.contains(office.ledger.path), "\(outcome)")
        }
        #expect(sink.messages.isEmpty)
      }
    }

    @Test("missing columns: 65, the file and the columns")
    func missingColumns() async throws {
      try await scenario { office in
        try office.configure()
        try office.books("number,customer,amount\nA-1,K-1,120.00\n")
        let outcome = try await office.expect(65, "check")
        #expect(outcome.said.contains("invoices.csv:1") && outcome.said.contains("due"), "\(outcome)")
      }
    }

    @Test("dates that could be read in two ways are refused under auto, with both readings")
    func ambiguousDates() async throws {
      try await scenario { office in
        var setup = Setup()
        setup.ledger = "date_format = \"auto\""
        try office.configure(setup)
        try office.books(Samples.head + "A-1,K-1,1/2/2026,3/4/2026,120.00,EUR\n")
        let outcome = try await office.expect(65, "check")
        #expect(outcome.said.contains("M/d/yyyy") && outcome.said.contains("d/M/yyyy"), "\(outcome)")
      }
    }

    // MARK: Old news

    @Test("an old export sends nothing: stale_ledger")
    func stale() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(Samples.invoices)
        let old = Date(timeIntervalSinceNow: -37 * 3600)
        for name in ["invoices.csv", "customers.csv"] {
          try FileManager.default.setAttributes(
            [.modificationDate: old], ofItemAtPath: office.ledger.appendingPathComponent(name).path)
        }
        let run = try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00", "--format", "json")
        #expect(run.lines.first?["by_reason"]["stale_ledger"].int == 2, "\(run)")
        #expect(sink.messages.isEmpty)
        #expect(try await Self.reason(office, "A-1") == "stale_ledger")
      }
    }

    @Test("cash_through: no notice before the bank statements of the banking day before today are posted")
    func cashThrough() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Setup(sink: sink)
        setup.ledger = "cash_through = \"ledger/cash-through\""
        try office.configure(setup)
        try office.books(Samples.invoices)
        try office.write("2026-02-26\n", to: "ledger/cash-through")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        #expect(sink.messages.isEmpty)
        #expect(try await Self.reason(office, "A-1") == "cash_not_posted")
        // Monday 2 March: the banking day before is Friday the 27th.
        try office.write("2026-02-27\n", to: "ledger/cash-through")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:15")
        #expect(sink.messages.count == 2)
        for text in ["", "yesterday\n", nil] {
          if let text {
            try office.write(text, to: "ledger/cash-through")
          } else {
            try office.remove("ledger/cash-through")
          }
          let check = try await office.run("check")
          #expect(check.status != 0 && check.said.contains("cash-through"), "\(check)")
        }
      }
    }
  }
}
