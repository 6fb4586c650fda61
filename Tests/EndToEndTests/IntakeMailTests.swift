import Foundation
import Testing

extension EndToEnd {
  @Suite("What comes back") struct IntakeMail {
    /// Two customers were written to on 2 March 2026, at 11:00 in Berlin.
    static func written(_ office: Office, mail: String = "", more: String = "") async throws -> [String: JSON] {
      let sink = try await office.sink()
      var setup = Setup(sink: sink)
      setup.mail = mail
      setup.more = more
      try office.configure(setup)
      try office.books(Samples.invoices)
      try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
      #expect(Set(sink.recipients) == ["alpha@one.test", "beta@two.test"])
      return Dictionary(
        office.records("contact.intended").compactMap { record in record["customer"].text.map { ($0, record) } }
      ) { $1 }
    }

    static func answer(_ from: String, to contact: JSON?, id: String, _ words: String, extra: String = "")
      -> String
    {
      let reference = contact?["message_id"].text.map { "In-Reply-To: \($0)\nReferences: \($0)\n" } ?? ""
      return """
        From: Somebody <\(from)>
        To: Example Accounts <ar@example.com>
        Date: Mon, 2 Mar 2026 14:00:00 +0100
        Subject: Re: Your invoice
        Message-ID: <\(id)>
        \(reference)\(extra)
        \(words)

        On Mon, 2 Mar 2026 at 11:00, Example Accounts <ar@example.com> wrote:
        > Please pay, or dispute it.

        """
    }

    static func bounce(
      _ contact: JSON?, _ address: String, id: String, status: String, words: String, to: String = "ar@example.com",
      original: String? = nil, returned: String? = nil
    ) -> String {
      """
      Return-Path: <>
      From: MAILER-DAEMON@mx.test (Mail Delivery System)
      To: \(to)
      Subject: Undelivered Mail Returned to Sender
      Message-ID: <\(id)>
      Content-Type: multipart/report; report-type=delivery-status; boundary="b"

      --b

      <\(address)>: \(words) (in reply to RCPT TO command)

      --b
      Content-Type: message/delivery-status

      Reporting-MTA: dns; mx.test

      Final-Recipient: rfc822; \(address)\(original.map { "\nOriginal-Recipient: rfc822; \($0)" } ?? "")
      Action: failed
      Status: \(status)
      Diagnostic-Code: smtp; \(words)

      --b
      Content-Type: text/rfc822-headers

      \(returned ?? "Message-ID: \(contact?["message_id"].text ?? "")")
      To: \(address)
      --b--

      """
    }

    static func reason(_ office: Office, _ name: String, _ asOf: String) async throws -> JSON? {
      try await office.expect(0, "explain", name, "--as-of", asOf, "--format", "json").lines.first
    }

    @Test("an answer rests its customer, is kept with what it may be about, and is recorded once")
    func answered() async throws {
      try await scenario { office in
        let sent = try await Self.written(office)
        try office.write(
          Self.answer("ada@elsewhere.test", to: sent["K-1"], id: "a1@one.test", "We will pay 120.00 EUR on Friday."),
          to: "back/a.eml")
        for _ in 1...2 { try await office.expect(0, "intake-mail", "back", "--as-of", "2026-03-02T15:00") }
        let records = office.records("contact.replied")
        let record = try #require(records.first)
        #expect(records.count == 1)
        #expect(record["contact"].text == sent["K-1"]?["contact"].text && record["customer"].text == "K-1")
        #expect(record["mail"].text == "a1@one.test" && record["suggestions"].texts == ["promise"])
        #expect(record["personal"]["excerpt"].text == "We will pay 120.00 EUR on Friday.")
        #expect(record["personal"]["evidence"][0]["days"].texts == ["2026-03-06"])
        #expect(record["personal"]["evidence"][0]["amounts"].texts == ["120.00 EUR"])

        let during = try #require(try await Self.reason(office, "A-1", "2026-03-03T11:00"))
        #expect(during["reason"].text == "replied" && during["rule"].text == "contact.pause_on_reply")
        #expect(during["history"].list.last?["type"].text == "contact.replied")
        let story = try await office.expect(0, "explain", "A-1", "--as-of", "2026-03-03T11:00")
        #expect(story.out.contains("(promise) \"We will pay"), "\(story)")
        #expect(try await Self.reason(office, "B-1", "2026-03-03T11:00")?["reason"].text != "replied")
        #expect(try await Self.reason(office, "A-1", "2026-03-06T11:00")?["reason"].text != "replied")
        #expect(FileManager.default.fileExists(atPath: office.folder.appending(path: "back/a.eml").path))
      }
    }

    @Test("a wish to hear no more is a task of its own until somebody has seen to it")
    func wish() async throws {
      try await scenario { office in
        _ = try await Self.written(office)
        func tasks() async throws -> [String] {
          try await office.expect(0, "tasks", "--as-of", "2026-03-04T09:00", "--format", "json").lines
            .filter { $0["customer"].text == "K-2" }.compactMap { $0["task"].text }
        }
        try office.write("From: beta@two.test\nSubject: unsubscribe\nMessage-ID: <u1@two.test>\n\n", to: "back/a.eml")
        try await office.expect(0, "intake-mail", "back", "--as-of", "2026-03-02T15:00")
        try office.write(Self.answer("beta@two.test", to: nil, id: "u2@two.test", "Hello?"), to: "back/b.eml")
        try await office.expect(0, "intake-mail", "back", "--as-of", "2026-03-02T16:00")
        #expect(try await tasks() == ["do_not_contact"])
        try await office.expect(0, "note", "K-2", "--text", "explained", "--as-of", "2026-03-03T09:00")
        #expect(try await tasks() == [])
      }
    }

    @Test("an answer through a group of ours that writes in its writer's place is the customer's")
    func throughOurGroup() async throws {
      try await scenario { office in
        let sent = try await Self.written(office)
        let text = Self.answer(
          "ar@example.com", to: sent["K-1"], id: "a1@one.test", "We dispute this invoice.",
          extra: "X-Original-Sender: alpha@one.test\nReply-To: alpha@one.test\nList-ID: <ar.example.com>\n")
        try office.write(text, to: "a.eml")
        let outcome = try await office.expect(
          0, "intake-mail", "a.eml", "--as-of", "2026-03-02T15:00", "--format", "json")
        let row = try #require(outcome.lines.first)
        #expect(row["result"].text == "recorded" && row["kind"].text == "reply", "\(row)")
        #expect(row["customer"].text == "K-1" && row["address"].text == "alpha@one.test", "\(row)")
      }
    }

    @Test("an answer is a person's, though a portal or our own mailing list passed it on")
    func portal() async throws {
      try await scenario { office in
        let sent = try await Self.written(office)
        let words = "We dispute this invoice: the goods could not be delivered to our warehouse."
        let mails = [
          Self.answer("no-reply@one.test", to: sent["K-1"], id: "a1@one.test", words),
          Self.answer(
            "alpha@one.test", to: sent["K-1"], id: "a2@one.test", words,
            extra: "Precedence: list\nList-ID: <invoices.example.com>\n"),
          Self.answer(
            "beta@two.test", to: nil, id: "a3@two.test", words,
            extra: "Precedence: list\nList-ID: Accounts <ar.example.com>\n"),
          Self.answer(
            "beta@two.test", to: nil, id: "a4@two.test", words, extra: "List-ID: <news.two.test>\n"),
          Self.answer(
            "no-reply@two.test", to: sent["K-2"], id: "a5@two.test",
            "We received your message. See the delivery status of a parcel on our page.",
            extra: "Auto-Submitted: auto-replied\n"),
        ]
        for (index, text) in mails.enumerated() { try office.write(text, to: "back/\(index).eml") }
        let outcome = try await office.expect(
          0, "intake-mail", "back", "--as-of", "2026-03-02T15:00", "--format", "json")
        #expect(
          outcome.lines.map { $0["kind"].text } == ["reply", "reply", "reply", "auto_reply", "auto_reply"], "\(outcome)"
        )
        #expect(
          outcome.lines.map { $0["result"].text } == ["recorded", "recorded", "recorded", "counted", "counted"])
        #expect(office.records("contact.bounced").isEmpty)
        #expect(
          office.records("contact.replied").map { $0["suggestions"].texts } == [["dispute"], ["dispute"], ["dispute"]])
      }
    }

    @Test("an auto-reply rests nobody; a stranger's message, a forged id and our own mail belong to nobody")
    func nothingRecorded() async throws {
      try await scenario { office in
        let owner = "[[owner]]\nid = \"m\"\nname = \"M\"\nemail = \"m@example.com\"\nfrom = \"m.stein@example.com\""
        let sent = try await Self.written(office, more: owner)
        let note = Self.answer(
          "alpha@one.test", to: sent["K-1"], id: "v@one.test", "I am away.", extra: "Auto-Submitted: auto-replied\n")
        let forged = Self.answer("eve@evil.test", to: nil, id: "e@evil.test", "I paid already.")
          .replacing("Date:", with: "References: <0123456789abcdef.01234567@example.com>\nDate:")
        let own = Self.answer("ar@example.com", to: sent["K-1"], id: "o@example.com", "We will pay.")
        let copied = Self.answer("m.stein@example.com", to: sent["K-1"], id: "p@example.com", "See you on Friday.")
        for (name, text) in [("a", note), ("b", forged), ("c", own), ("d", copied)] {
          try office.write(text, to: "back/\(name).eml")
        }
        let lines = office.journalLines.count
        let outcome = try await office.expect(
          0, "intake-mail", "back", "--as-of", "2026-03-02T15:00", "--format", "json")
        #expect(outcome.lines.map { $0["result"].text } == ["counted", "left", "left", "left"], "\(outcome)")
        #expect(outcome.lines.map { $0["kind"].text } == ["auto_reply", "reply", "reply", "reply"])
        #expect(office.journalLines.count == lines)
        #expect(try await Self.reason(office, "A-1", "2026-03-03T11:00")?["reason"].text != "replied")
      }
    }

    @Test("a Maildir: what was taken is marked as read, what belongs to nobody stays new; a dry run moves nothing")
    func maildir() async throws {
      try await scenario { office in
        let sent = try await Self.written(office)
        for box in ["new", "cur", "tmp"] {
          try FileManager.default.createDirectory(
            at: office.folder.appending(path: "box/\(box)"), withIntermediateDirectories: true)
        }
        try office.write(
          Self.answer("alpha@one.test", to: sent["K-1"], id: "a1@one.test", "Could you send a copy?"),
          to: "box/new/1.host")
        try office.write(
          Self.answer("stranger@x.test", to: nil, id: "x@x.test", "Buy this."), to: "box/new/2.host")
        // Read, and flagged, in a mail program before we came.
        try office.write(
          Self.answer("beta@two.test", to: nil, id: "a2@two.test", "Wir haben bereits bezahlt."),
          to: "box/cur/3.host:2,FS")
        func names(_ box: String) throws -> [String] {
          try FileManager.default.contentsOfDirectory(atPath: office.folder.appending(path: "box/\(box)").path).sorted()
        }
        try await office.expect(0, "intake-mail", "--dry-run", "box", "--as-of", "2026-03-02T15:00")
        #expect(try names("new") == ["1.host", "2.host"] && names("cur") == ["3.host:2,FS"])
        #expect(office.records("contact.replied").isEmpty)
        let first = try await office.expect(0, "intake-mail", "box", "--as-of", "2026-03-02T15:00")
        #expect(first.out.contains("3 messages: 3 answers; 2 recorded, 1 belongs to nobody"), "\(first)")
        #expect(try names("new") == ["2.host"] && names("cur") == ["1.host:2,S", "3.host:2,FS"])
        let second = try await office.expect(0, "intake-mail", "box", "--as-of", "2026-03-02T15:05")
        #expect(second.out.contains("1 message: 1 answer; 0 recorded, 1 belongs to nobody"), "\(second)")
        #expect(office.records("contact.replied").map { $0["customer"].text } == ["K-1", "K-2"])
      }
    }

    @Test("one message from standard input, with an answer on a day on which the ledger is bad")
    func standardInput() async throws {
      try await scenario { office in
        let sent = try await Self.written(office)
        try office.write(
          Self.answer("alpha@one.test", to: sent["K-1"], id: "a1@one.test", "We dispute this."), to: "a.eml")
        try office.remove("ledger/invoices.csv")
        let words = [try Program.required(), "intake-mail", "--config", office.configuration.path]
        let outcome = try await office.tool("/bin/sh", ["-c", "\"$0\" \"$@\" <a.eml"] + words)
        #expect(outcome.status == 0 && outcome.err.contains("the ledger cannot be read"), "\(outcome)")
        #expect(office.records("contact.replied").first?["suggestions"].texts == ["dispute"])
      }
    }

    @Test("where a daemon runs it records, reads no file for a caller, and the Maildir is moved by us")
    func daemon() async throws {
      try await scenario { office in
        let sent = try await Self.written(office)
        let daemon = try office.start(["run"])
        #expect(await until { office.records("daemon.started").count == 1 || !daemon.isRunning }, "\(daemon.err)")
        for box in ["new", "cur"] {
          try FileManager.default.createDirectory(
            at: office.folder.appending(path: "box/\(box)"), withIntermediateDirectories: true)
        }
        for number in 1...120 {
          try office.write(
            Self.answer(
              "alpha@one.test", to: sent["K-1"], id: "a\(number)@one.test",
              "We will pay 100.00 EUR on Friday.\n" + String(repeating: "Jörg says \"so\". ", count: 40)),
            to: "box/new/\(number).host")
        }
        let outcome = try await office.expect(0, "intake-mail", "box")
        #expect(outcome.out.contains("120 messages: 120 answers; 120 recorded."), "\(outcome)")
        #expect(office.records("contact.replied").count == 120)
        let left = try FileManager.default.contentsOfDirectory(atPath: office.folder.appending(path: "box/new").path)
        #expect(left.isEmpty)

        let script = """
          import json, socket, sys
          caller = socket.socket(socket.AF_UNIX); caller.connect(sys.argv[1])
          caller.sendall((json.dumps({"words": ["intake-mail", "--format", "json"] + sys.argv[2:]}) + "\\n").encode())
          print(caller.makefile().read())
          """
        for words in [["a.eml"], [], ["--found", "{}"], ["--found", "x", "/etc/passwd"]] {
          let answer = try await office.tool(
            "/usr/bin/env", ["python3", "-c", script, office.state.appending(path: "control").path] + words)
          #expect(answer.out.contains("\"status\":64") && !answer.out.contains("root:"), "\(words) \(answer)")
        }
      }
    }

    @Test("65 where nothing of it could be read, 0 where something could; 64 for a wrong command line")
    func exitCodes() async throws {
      try await scenario { office in
        try office.configure()
        try office.books(Samples.invoices)
        try office.write("no header\n\nat all\n", to: "bad.eml")
        try office.write(Self.answer("alpha@one.test", to: nil, id: "a@one.test", "We will pay."), to: "good.eml")
        try FileManager.default.createDirectory(
          at: office.folder.appending(path: "empty"), withIntermediateDirectories: true)
        #expect(try await office.expect(65, "intake-mail", "bad.eml").err.contains("bad.eml"))
        #expect(try await office.expect(65, "intake-mail", "missing.eml").err.contains("missing.eml"))
        try await office.expect(65, "intake-mail")
        try await office.expect(0, "intake-mail", "bad.eml", "good.eml")
        #expect(try await office.expect(0, "intake-mail", "empty").out == "Nothing has come back.\n")
        try await office.expect(64, "intake-mail", "--no-such-option")
        try await office.expect(64, "intake-mail", "--found", "nonsense")
        try await office.expect(78, "intake-mail", "good.eml", "--config", "missing.toml")
      }
    }

    @Test("what it prints, for people and for programs")
    func golden() async throws {
      try await scenario { office in
        let sent = try await Self.written(office)
        let mails = [
          "1-answer": Self.answer(
            "alpha@one.test", to: sent["K-1"], id: "a1@one.test",
            "We will pay 120.00 EUR on Friday.\nCan you send a copy?"),
          "2-bounce": Self.bounce(
            sent["K-2"], "beta@two.test", id: "b1@mx.test", status: "5.1.1",
            words: "550 5.1.1 <beta@two.test>: no such user"),
          "3-away": Self.answer(
            "gamma@three.test", to: nil, id: "v1@three.test", "Ich bin im Urlaub.",
            extra: "Auto-Submitted: auto-replied\n"),
          "4-stop": "From: gamma@three.test\nSubject: unsubscribe\nMessage-ID: <u1@three.test>\n\n",
          "5-stranger": Self.answer("eve@evil.test", to: nil, id: "e1@evil.test", "Dear friend,"),
          "6-nothing": "this is no message\n",
        ]
        for (name, text) in mails { try office.write(text, to: "back/\(name).eml") }
        var said = ""
        for words in [["--dry-run"], ["--dry-run", "--format", "json"], ["--dry-run", "--format", "csv"], []] {
          let outcome = try await office.start(["intake-mail", "back", "--as-of", "2026-03-02T15:00"] + words).finish()
          said +=
            "$ dunningd " + (["intake-mail", "back"] + words).joined(separator: " ") + "\n" + outcome.out + outcome.err
        }
        for (customer, record) in sent {
          said = said.replacing(record["contact"].text ?? "?", with: "contact-of-\(customer)-")
        }
        let file = Places.repository.appending(path: "Tests/EndToEndTests/Golden/intake-mail.txt")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
          try said.write(to: file, atomically: true, encoding: .utf8)
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(said == expected)
      }
    }
  }
}
