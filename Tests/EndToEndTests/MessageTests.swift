import Foundation
import Testing

extension EndToEnd {
  @Suite("The messages, as an independent reader sees them") struct Messages {
    @Test("a notice in English and one in German: who, what, how much, how to pay, whom to ask; in both parts")
    func twoLanguages() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(
          Samples.head + """
            A-1,K-1,2026-01-21,2026-02-20,1120.00,EUR
            A-2,K-1,2026-01-22,2026-02-21,80.50,EUR
            A-3,K-1,2026-02-22,2026-03-24,9.99,EUR
            B-1,K-2,2026-01-11,2026-02-10,4080.50,EUR

            """)
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        let letters = try await office.letters(sink)
        #expect(letters.count == 2 && letters.allSatisfy { $0.defects.isEmpty }, "\(letters.map(\.defects))")
        let english = try #require(letters.first { $0.recipients == ["alpha@one.test"] })
        let german = try #require(letters.first { $0.recipients == ["beta@two.test"] })
        for letter in letters {
          #expect(letter.types.contains("multipart/alternative"), "\(letter.types)")
          for header in ["Message-ID", "Date", "From", "To", "Subject", "Reply-To", "MIME-Version"] {
            #expect(letter.all(header).count == 1, "\(header): \(letter.headerNames)")
          }
          #expect(letter["Auto-Submitted"] == "auto-generated")
          #expect(letter["From"]?.contains("ar@example.com") == true)
          for part in [letter.text, letter.html] {
            #expect(part.contains("DE89 3704 0044 0532 0130 00") || part.contains("DE89370400440532013000"), "\(part)")
            #expect(part.contains("Example GmbH") && part.contains("ar@example.com") && part.contains("COBADEFFXXX"))
            #expect(!part.contains("{{") && !part.contains("}}"))
          }
        }
        for part in [english.text, english.html] {
          // GB writes 1,120.00 and 1,200.50; the space or sign of the currency is ICU's.
          for text in ["Alpha Ltd", "A-1", "A-2", "1,120.00", "80.50", "1,200.50"] {
            #expect(part.contains(text), "\(text): \(part)")
          }
          #expect(part.contains("20 February 2026") || part.contains("20 Feb 2026"), "\(part)")
          #expect(!part.contains("1,210.49"), "what is not due is not in the total")
        }
        for part in [german.text, german.html] {
          for text in ["Beta GmbH", "B-1", "4.080,50", "10. Februar 2026"] {
            #expect(part.contains(text), "\(text): \(part)")
          }
        }
        #expect(german["Subject"]?.contains("4.080,50") == true || german["Subject"]?.contains("B-1") == true)
      }
    }

    @Test("what is read back is what was decided: recipient, amounts, invoices, Message-ID")
    func asDecided() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(Samples.invoices)
        let preview = try await office.expect(
          0, "preview", "--days", "0", "--as-of", "2026-03-02T11:00", "--format", "json")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        let letters = try await office.letters(sink)
        for line in preview.lines where line["reason"].text == "contact" {
          let letter = try #require(letters.first { $0.recipients == line["to"].texts }, "\(line)")
          for number in line["invoices"].texts { #expect(letter.text.contains(number) && letter.html.contains(number)) }
          let amount = try #require(line["amount"].text)
          let german = amount.replacingOccurrences(of: ".", with: ",")
          #expect(letter.text.contains(amount) || letter.text.contains(german))
          let intended = try #require(
            office.records("contact.intended").first { $0["customer"].text == line["customer"].text })
          let id = try #require(intended["message_id"].text)
          #expect(letter["Message-ID"]?.contains(id) == true, "\(letter["Message-ID"] ?? "") \(id)")
        }
      }
    }

    @Test("the second notice is in the thread of the first")
    func threading() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(Samples.head + "A-1,K-1,2026-01-21,2026-02-20,120.00,EUR\n")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-09T11:00")
        let letters = try await office.letters(sink)
        try #require(letters.count == 2)
        let first = try #require(letters[0]["Message-ID"])
        #expect(letters[1]["In-Reply-To"] == first && letters[1]["References"]?.contains(first) == true)
        #expect(letters[1]["Message-ID"] != first)
        // The second notice gives a deadline of 7 days.
        #expect(letters[1].text.contains("16 March 2026"), "\(letters[1].text)")
      }
    }

    /// Names that try to be more than a name, and pass as names.
    static let names = [
      "{{company}} {{{name}}} {{#invoices}}x{{/invoices}}", "<script>alert(1)</script> & \"Sons\"",
      "Bcc: evil@x.test", "=?utf-8?q?=0D=0ABcc:_evil@x.test?=", "Müller & Söhne — Ångström 株式会社 🧾",
      "a very long name " + String(repeating: "with many words ", count: 40), "…", "%s %n %x", "$(touch /tmp/x) `id`",
      "\u{202E}evil\u{202C}", "Name <other@x.test>, Second", "../../../../etc/passwd", ".\"dot", "- item",
    ]

    @Test("hostile names stay names", arguments: names)
    func hostile(name: String) async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        let quoted = "\"" + name.replacingOccurrences(of: "\"", with: "\"\"") + "\""
        try office.books(
          Samples.head + "A-1,K-1,2026-01-21,2026-02-20,120.00,EUR\nB-1,K-2,2026-01-11,2026-02-10,480.50,EUR\n",
          customers: "id,name,email,language\nK-1,\(quoted),alpha@one.test,en\nK-2,Beta GmbH,beta@two.test,de\n")
        let run = try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        #expect(sink.recipients.contains("beta@two.test"))
        #expect(!sink.recipients.contains { $0.contains("x.test") }, "\(sink.recipients)")
        guard let letter = try await office.letters(sink).first(where: { $0.recipients.contains("alpha@one.test") })
        else {
          // Refused as a bad row: then it is said.
          #expect(run.err.contains("customers.csv:2"), "\(run)")
          return
        }
        #expect(letter.recipients == ["alpha@one.test"] && letter.defects.isEmpty, "\(letter.defects)")
        #expect(!letter.headerNames.map { $0.lowercased() }.contains("bcc"))
        let words = letter.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let wanted = name.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains(wanted), "the text part shows it as it is: \(words)")
        #expect(!letter.html.contains("<script>"))
        if name.contains("<script>") {
          #expect(letter.html.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp;"), "\(letter.html)")
        }
      }
    }

    @Test("hostile invoice numbers, references and links stay what they are")
    func hostileInvoice() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Setup(sink: sink)
        setup.pay += """


          [[pay]]
          kind = "link"
          url = "https://pay.example.com/{invoice}?amount={amount}&currency={currency}"
          """
        try office.configure(setup)
        try office.books(
          """
          number,customer,issued,due,amount,currency,reference,purchase_order
          "A/1&x=<b>\"\"",K-1,2026-01-21,2026-02-20,120.00,EUR,"{{nope}}","<i>PO</i>"

          """)
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        let letter = try #require(try await office.letters(sink).first)
        #expect(letter.defects.isEmpty)
        #expect(letter.text.contains("A/1&x=<b>\"") && letter.text.contains("{{nope}}"), "\(letter.text)")
        #expect(!letter.html.contains("<b>\"") && !letter.html.contains("<i>PO</i>"), "\(letter.html)")
        #expect(
          letter.text.contains("https://pay.example.com/A%2F1%26x%3D%3Cb%3E%22?amount=120.00&currency=EUR"),
          "\(letter.text)")
      }
    }

    @Test("redirect_to sends everything to one mailbox, and the customers nothing")
    func redirect() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Setup(sink: sink)
        setup.mail = "redirect_to = \"training@example.com\""
        try office.configure(setup)
        try office.books(Samples.invoices)
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        #expect(Set(sink.recipients) == ["training@example.com"] && sink.messages.count == 2)
      }
    }

    /// A first reminder with the document of its invoice.
    private static func attaching(_ sink: Sink) -> Setup {
      var setup = Setup(sink: sink)
      setup.ledger = "documents = \"documents\""
      setup.schedules = """
        [[schedule]]
        name = "standard"
        steps = [{ name = "first", day = 5, level = 1, template = "first", attach = "document" }]
        """
      return setup
    }

    @Test("an attached document arrives whole; one that is missing rests its row")
    func attachment() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Self.attaching(sink))
        let bytes = Data((0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 256) })
        try office.write(bytes, to: "documents/Rechnung Größe.pdf")
        try office.write("top secret", to: "secret.pdf")
        try office.books(
          """
          number,customer,issued,due,amount,currency,document
          A-1,K-1,2026-01-21,2026-02-20,120.00,EUR,Rechnung Größe.pdf
          B-1,K-2,2026-01-11,2026-02-10,480.50,EUR,nowhere.pdf
          C-1,K-3,2026-01-11,2026-02-10,480.50,EUR,../secret.pdf

          """)
        let run = try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        #expect(run.err.contains("invoices.csv:3") && run.err.contains("invoices.csv:4"), "\(run)")
        #expect(sink.recipients == ["alpha@one.test"])
        let letter = try #require(try await office.letters(sink).first)
        #expect(letter.attachments.count == 1 && letter.defects.isEmpty, "\(letter.facts)")
        #expect(letter.attachments.first?["name"].text == "Rechnung Größe.pdf")
        #expect(letter.attachments.first?["size"].int == 20_000)
        let sum = try await office.tool(
          "/usr/bin/sha256sum", [office.folder.appendingPathComponent("documents/Rechnung Größe.pdf").path])
        #expect(sum.out.hasPrefix(letter.attachments.first?["sha256"].text ?? "?"))
      }
    }

    @Test("a document in a folder goes by its own name; what cannot be attached is a bad row, and no step that fails")
    func documents() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Self.attaching(sink))
        for name in ["2026/02/R-1.pdf", "R-2.docx", "real.pdf", "folder.pdf/x"] {
          try office.write("a document", to: "documents/\(name)")
        }
        try FileManager.default.createSymbolicLink(
          at: office.folder.appendingPathComponent("documents/link.pdf"),
          withDestinationURL: office.folder.appendingPathComponent("documents/real.pdf"))
        let rows = ["2026/02/R-1.pdf", "R-2.docx", "link.pdf", "folder.pdf"].enumerated().map { number, name in
          "A-\(number),K-\(number),2026-01-21,2026-02-20,120.00,EUR,\(name)\n"
        }
        try office.books(
          "number,customer,issued,due,amount,currency,document\n" + rows.joined(),
          customers: "id,name,email\n" + (0...3).map { "K-\($0),Customer \($0),c\($0)@one.test\n" }.joined())
        let run = try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        #expect(sink.recipients == ["c0@one.test"], "\(run)")
        #expect((3...5).allSatisfy { run.err.contains("invoices.csv:\($0)") }, "\(run)")
        let letter = try #require(try await office.letters(sink).first)
        #expect(letter.attachments.first?["name"].text == "R-1.pdf")
        let check = try await office.expect(0, "check", "--format", "json")
        #expect(check.out.contains("expected one of") && check.out.contains("link.pdf"), "\(check)")
      }
    }

    @Test("copies and several addresses: one transaction each, all named in the headers")
    func severalAddresses() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(
          Samples.head + "A-1,K-1,2026-01-21,2026-02-20,120.00,EUR\n",
          customers: "id,name,email,cc\nK-1,Alpha Ltd,one@a.test; two@a.test,boss@a.test\n")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        #expect(sink.recipients.sorted() == ["boss@a.test", "one@a.test", "two@a.test"])
        #expect(sink.index.allSatisfy { $0["recipients"].list.count == 1 })
        let letters = try await office.letters(sink)
        #expect(Set(letters.map(\.recipients)) == [["one@a.test", "two@a.test"]])
        #expect(Set(letters.map { $0["Message-ID"] ?? "" }).count == 1)
        #expect(letters.allSatisfy { $0["Cc"]?.contains("boss@a.test") == true })
      }
    }
  }
}
