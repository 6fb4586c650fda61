import Foundation
import Testing

extension EndToEnd {
  @Suite("Mail servers that fail") struct RelayFaults {
    /// One overdue invoice of each of so many customers, each with a domain of its own.
    static func books(_ count: Int, in office: Office) throws {
      let numbers = 1...count
      try office.books(
        Samples.head + numbers.map { "N-\($0),C-\($0),2026-01-21,2026-02-20,\($0)0.00,EUR\n" }.joined(),
        customers: "id,name,email\n" + numbers.map { "C-\($0),Customer \($0),someone@c\($0).test\n" }.joined())
    }

    static func explain(_ office: Office, _ name: String, _ asOf: String) async throws -> JSON {
      let outcome = try await office.expect(0, "explain", name, "--as-of", asOf, "--format", "json")
      return outcome.lines.first ?? .missing
    }

    @Test("no server: deferred, tried again after the back-off, the same contact with a higher attempt")
    func nobodyThere() async throws {
      try await scenario { office in
        let gone = try await office.sink()
        await gone.program.end()
        try office.configure(Setup(sink: gone))
        try Self.books(1, in: office)
        let run = try await office.run("run", "--once", "--as-of", "2026-03-02T11:00", "--format", "json")
        #expect([0, 75].contains(run.status), "\(run)")
        #expect(run.said.lowercased().contains("connect"), "\(run)")
        let deferred = try #require(office.records("contact.deferred").first)
        #expect(deferred["next"].text == "2026-03-02T10:05:00.000Z", "back-off 5m: \(deferred)")
        let explained = try await Self.explain(office, "N-1", "2026-03-02T11:02")
        #expect(explained["reason"].text == "retry_later", "\(explained)")

        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:02")
        #expect(sink.messages.isEmpty)
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:06")
        #expect(sink.recipients == ["someone@c1.test"])
        let intended = office.records("contact.intended")
        #expect(intended.count == 2 && intended[0]["contact"] == intended[1]["contact"])
        #expect(office.records("contact.sent").first?["attempt"].int == 2)
      }
    }

    @Test("a host that has no address: said, and nothing is marked")
    func noSuchHost() async throws {
      try await scenario { office in
        var setup = Setup()
        setup.mailURL = "smtp://mail.invalid:25"
        setup.mail = "insecure = true"
        try office.configure(setup)
        try Self.books(1, in: office)
        let run = try await office.run("run", "--once", "--as-of", "2026-03-02T11:00")
        #expect([0, 69, 75].contains(run.status) && run.err.contains("mail.invalid"), "\(run)")
        #expect(office.records("contact.failed").isEmpty)
      }
    }

    enum Encryption: String, CaseIterable, CustomTestStringConvertible {
      case notOffered, refused, wrongName, unknownAuthority, plainPortForTLS, missingCAFile
      var testDescription: String { rawValue }
    }

    @Test("TLS that is not as it must be: 69, no password and no mail on the wire", arguments: Encryption.allCases)
    func encryption(_ fault: Encryption) async throws {
      try await scenario { office in
        let box = try await office.makeCertificates().path
        func certificate(_ name: String) -> [String] {
          ["--cert", "\(box)/\(name).pem", "--key", "\(box)/\(name).key"]
        }
        let mechanisms = ["--mechanisms", "PLAIN LOGIN"]
        let sink =
          switch fault {
          case .notOffered: try await office.sink(options: mechanisms)
          case .refused:
            try await office.sink(
              "starttls=454 4.7.0 TLS not available today",
              options: ["--tls", "starttls"] + certificate("server") + mechanisms)
          case .wrongName:
            try await office.sink(options: ["--tls", "starttls"] + certificate("wrong") + mechanisms)
          case .unknownAuthority, .missingCAFile:
            try await office.sink(options: ["--tls", "starttls"] + certificate("server") + mechanisms)
          case .plainPortForTLS: try await office.sink(options: mechanisms)
          }
        var setup = Setup(sink: sink)
        setup.security = fault == .plainPortForTLS ? "tls" : "starttls"
        setup.mail = "username = \"ar\"\npassword = { env = \"E2E_PASSWORD\" }\n"
        switch fault {
        case .unknownAuthority: break
        case .missingCAFile: setup.mail += "ca_file = \"/nowhere/ca.pem\"\n"
        default: setup.mail += "ca_file = \"\(box)/ca.pem\"\n"
        }
        try office.configure(setup)
        try Self.books(3, in: office)
        let run = try await office.run(
          "run", "--once", "--as-of", "2026-03-02T11:00", environment: ["E2E_PASSWORD": "s3cret-pass"])
        #expect(fault == .missingCAFile ? [69, 78].contains(run.status) : run.status == 69, "\(run)")
        if fault == .refused { #expect(run.err.contains("TLS not available today"), "the server's words: \(run)") }
        #expect(run.err.contains("TLS") || run.err.contains("certificate"), "\(run)")
        #expect(sink.messages.isEmpty)
        #expect(!sink.commands.contains { $0.hasPrefix("AUTH") || $0.hasPrefix("MAIL") }, "\(sink.commands)")
        #expect(office.records("contact.intended").count <= 1, "contacts not begun get no intended")
        #expect(office.records("contact.failed").isEmpty && office.records("contact.in_doubt").isEmpty)
      }
    }

    @Test("AUTH refused: 69 with the server's words; nothing is attempted beyond; mended, everybody gets one")
    func authRefused() async throws {
      try await scenario { office in
        let box = try await office.makeCertificates().path
        let options = [
          "--tls", "starttls", "--cert", "\(box)/server.pem", "--key", "\(box)/server.key", "--mechanisms",
          "PLAIN LOGIN", "--require-auth", "ar:right-pass",
        ]
        let sink = try await office.sink(options: options)
        var setup = Setup(sink: sink)
        setup.security = "starttls"
        setup.mail = """
          username = "ar"
          password = { env = "E2E_PASSWORD" }
          ca_file = "\(box)/ca.pem"
          """
        try office.configure(setup)
        try Self.books(4, in: office)
        let run = try await office.run(
          "run", "--once", "--as-of", "2026-03-02T11:00", environment: ["E2E_PASSWORD": "wr0ng-pass"])
        #expect(run.status == 69 && run.err.contains("535 5.7.8 wrong user or password"), "\(run)")
        #expect(!run.said.contains("wr0ng-pass") && sink.messages.isEmpty)
        #expect(sink.commands.filter { $0.hasPrefix("AUTH") }.count <= 2, "\(sink.commands)")
        let online = try await office.run("check", "--online", environment: ["E2E_PASSWORD": "wr0ng-pass"])
        #expect(online.status == 69 && online.said.contains("535"), "\(online)")
        let good = try await office.run("check", "--online", environment: ["E2E_PASSWORD": "right-pass"])
        #expect(good.status == 0, "\(good)")
        try await office.expect(
          0, "run", "--once", "--as-of", "2026-03-02T11:20", environment: ["E2E_PASSWORD": "right-pass"])
        try await office.expect(
          0, "run", "--once", "--as-of", "2026-03-02T11:40", environment: ["E2E_PASSWORD": "right-pass"])
        #expect(sink.recipients.sorted() == (1...4).map { "someone@c\($0).test" })
        #expect(sink.index.allSatisfy { $0["user"].text == "ar" && $0["tls"] == .bool(true) })
      }
    }

    @Test("a server with AUTH configured that offers none: nothing goes unauthenticated")
    func authNotOffered() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Setup(sink: sink)
        setup.mail = "username = \"ar\"\npassword = { env = \"E2E_PASSWORD\" }"
        try office.configure(setup)
        try Self.books(1, in: office)
        let run = try await office.run(
          "run", "--once", "--as-of", "2026-03-02T11:00", environment: ["E2E_PASSWORD": "s3cret-pass"])
        #expect(run.status == 69 && sink.messages.isEmpty, "\(run)")
      }
    }

    @Test("an address that two customers have is good again for both, whichever of them it was refused for")
    func sharedMailbox() async throws {
      try await scenario { office in
        let sink = try await office.sink("rcpt=550 5.1.1 No such user here:only 1")
        try office.configure(Setup(sink: sink))
        try office.books(
          Samples.head + "A-1,K-1,2026-01-21,2026-02-20,120.00,EUR\n",
          customers: "id,name,email\nK-1,Alpha Ltd,ap@shared.test\nK-2,Beta Ltd,ap@shared.test\n")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        #expect(office.records("contact.failed").count == 1)
        try office.books(
          Samples.head + "A-1,K-1,2026-01-21,2026-02-20,120.00,EUR\nB-1,K-2,2026-01-21,2026-02-20,120.00,EUR\n",
          customers: "id,name,email\nK-1,Alpha Ltd,ap@shared.test\nK-2,Beta Ltd,ap@shared.test\n")
        let before = try await RelayFaults.explain(office, "B-1", "2026-03-02T12:00")
        #expect(before["reason"].text == "no_address", "\(before)")
        try await office.expect(0, "resolve", "K-2", "--address-ok", "--as-of", "2026-03-02T12:01")
        let after = try await RelayFaults.explain(office, "B-1", "2026-03-02T12:02")
        #expect(after["reason"].text != "no_address", "\(after)")
      }
    }

    @Test("an unknown mailbox: failed, the address is bad until the ledger shows another; the others get theirs")
    func unknownMailbox() async throws {
      try await scenario { office in
        let sink = try await office.sink("rcpt=550 5.1.1 No such user here:to c2.test")
        try office.configure(Setup(sink: sink))
        try Self.books(3, in: office)
        let run = try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00", "--format", "json")
        #expect(run.lines.first?["failed"].int == 1, "\(run)")
        #expect(Set(sink.recipients) == ["someone@c1.test", "someone@c3.test"])
        let failed = try #require(office.records("contact.failed").first)
        #expect(failed["code"].int == 550 && failed["stage"].text?.lowercased().contains("rcpt") == true, "\(failed)")
        #expect("\(failed)".contains("No such user here"))
        #expect(try await Self.explain(office, "N-2", "2026-03-02T12:00")["reason"].text == "no_address")
        try office.write(
          try office.read("ledger/customers.csv").replacingOccurrences(of: "someone@c2", with: "other@c2.good"),
          to: "ledger/customers.csv")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T13:00")
        #expect(sink.recipients.count == 2 || sink.recipients.last?.hasPrefix("other@c2.good") == true)
        #expect(try await Self.explain(office, "N-2", "2026-03-02T12:59")["reason"].text != "no_address")
      }
    }

    @Test("one of two recipients refused: the contact is made, and nothing is sent again")
    func oneOfTwo() async throws {
      try await scenario { office in
        let sink = try await office.sink("rcpt=550 5.1.1 left the company:to bad@")
        try office.configure(Setup(sink: sink))
        try office.books(
          Samples.head + "A-1,K-1,2026-01-21,2026-02-20,120.00,EUR\n",
          customers: "id,name,email\nK-1,Alpha Ltd,good@one.test; bad@one.test\n")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T12:00")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-04T12:00")
        #expect(sink.recipients == ["good@one.test"])
        #expect(office.records("contact.sent").map { $0["recipient"].int } == [0])
        #expect(office.records("contact.failed").map { $0["recipient"].int } == [1])
        #expect(office.records("contact.intended").first?["personal"]["to"].texts.count == 2)
        // Seven days later the second notice: the bad address is left out, the good one gets it.
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-09T12:00")
        #expect(sink.recipients == ["good@one.test", "good@one.test"])
        #expect(sink.commands.filter { $0.hasPrefix("RCPT") && $0.contains("bad@") }.count == 1, "\(sink.commands)")
      }
    }

    @Test("one of two recipients deferred: only that one is tried again")
    func oneOfTwoDeferred() async throws {
      try await scenario { office in
        let sink = try await office.sink("rcpt=450 4.2.0 greylisted:to slow@")
        try office.configure(Setup(sink: sink))
        try office.books(
          Samples.head + "A-1,K-1,2026-01-21,2026-02-20,120.00,EUR\n",
          customers: "id,name,email\nK-1,Alpha Ltd,good@one.test; slow@one.test\n")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        let other = try await office.sink()
        try office.configure(Setup(sink: other))
        for time in ["11:10", "11:40", "13:00"] {
          try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T\(time)")
        }
        #expect(sink.recipients == ["good@one.test"])
        #expect(other.recipients == ["slow@one.test"])
      }
    }

    @Test("greylisting: deferred with growing back-off, then sent once")
    func greylisted() async throws {
      try await scenario { office in
        let sink = try await office.sink("rcpt=451 4.7.1 Greylisted, try again:first 2")
        try office.configure(Setup(sink: sink))
        try Self.books(1, in: office)
        for time in ["11:00", "11:04", "11:06", "11:15", "11:22", "11:30"] {
          try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T\(time)")
        }
        let deferred = office.records("contact.deferred")
        #expect(
          deferred.map { $0["next"].text } == ["2026-03-02T10:05:00.000Z", "2026-03-02T10:21:00.000Z"], "5m, 15m")
        #expect(sink.recipients == ["someone@c1.test"])
        #expect(office.records("contact.sent").first?["attempt"].int == 3)
      }
    }

    @Test("5.7.1 to a recipient: the relay refuses us; breaker, 75, nobody is marked")
    func blocked() async throws {
      try await scenario { office in
        let sink = try await office.sink("rcpt=554 5.7.1 Service unavailable; client host blocked using a list")
        var setup = Setup(sink: sink)
        setup.mail = "connections = 1"
        try office.configure(setup)
        try Self.books(4, in: office)
        let run = try await office.expect(75, "run", "--once", "--as-of", "2026-03-02T11:00")
        #expect(run.err.contains("client host blocked"), "the server's words: \(run)")
        #expect(office.records("contact.failed").isEmpty)
        #expect(sink.commands.filter { $0.hasPrefix("RCPT") }.count <= 2, "\(sink.commands)")
        let mended = try await office.sink()
        setup.mailURL = mended.url
        try office.configure(setup)
        for time in ["11:20", "11:40", "12:00"] {
          try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T\(time)")
        }
        #expect(mended.recipients.sorted() == (1...4).map { "someone@c\($0).test" })
      }
    }

    @Test("three refusals in a row for different domains: it is us, nobody is marked")
    func threeInARow() async throws {
      try await scenario { office in
        let sink = try await office.sink("rcpt=550 no, thank you")
        var setup = Setup(sink: sink)
        setup.mail = "connections = 1"
        try office.configure(setup)
        try Self.books(6, in: office)
        let run = try await office.expect(75, "run", "--once", "--as-of", "2026-03-02T11:00")
        #expect(run.err.contains("no, thank you"), "\(run)")
        #expect(sink.commands.filter { $0.hasPrefix("RCPT") }.count <= 4, "\(sink.commands)")
        let mended = try await office.sink()
        setup.mailURL = mended.url
        try office.configure(setup)
        for time in ["11:20", "11:40", "12:30"] {
          try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T\(time)")
        }
        #expect(mended.recipients.sorted() == (1...6).map { "someone@c\($0).test" })
      }
    }

    @Test("the sender refused at MAIL FROM is not the customers' fault")
    func senderRefused() async throws {
      try await scenario { office in
        let sink = try await office.sink("mail=550 5.7.1 sender not allowed")
        try office.configure(Setup(sink: sink))
        try Self.books(8, in: office)
        let run = try await office.run("run", "--once", "--as-of", "2026-03-02T11:00")
        #expect([69, 75].contains(run.status) && run.err.contains("sender not allowed"), "\(run)")
        #expect(office.records("contact.failed").isEmpty)
        #expect(sink.commands.filter { $0.hasPrefix("MAIL") }.count <= 7, "five in a row and what was under way")
      }
    }

    @Test("content refused after the dot: failed, this message alone; several in a row stop the run")
    func contentRefused() async throws {
      try await scenario { office in
        let sink = try await office.sink("dot=554 5.6.0 I do not like this:to c1.test")
        try office.configure(Setup(sink: sink))
        try Self.books(3, in: office)
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        #expect(Set(sink.recipients) == ["someone@c2.test", "someone@c3.test"])
        #expect(office.records("contact.failed").count == 1)
        #expect(try await Self.explain(office, "N-1", "2026-03-02T11:01")["reason"].text != "no_address")

        let all = try await office.sink("dot=554 5.6.0 nor this")
        var setup = Setup(sink: all)
        setup.mail = "connections = 1"
        try office.configure(setup)
        try Self.books(30, in: office)
        let run = try await office.run("run", "--once", "--as-of", "2026-03-02T12:00")
        #expect(run.status != 0 && run.err.contains("nor this"), "\(run)")
        #expect(all.commands.filter { $0.hasPrefix("DATA") }.count < 12, "it stops")
      }
    }

    @Test("251 after the dot is accepted")
    func otherYes() async throws {
      try await scenario { office in
        let sink = try await office.sink("dot=keep 251 2.0.0 will forward")
        try office.configure(Setup(sink: sink))
        try Self.books(1, in: office)
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:30")
        #expect(sink.messages.count == 1 && office.records("contact.sent").count == 1)
      }
    }

    @Test("forty customers over eight connections: everybody exactly one")
    func many() async throws {
      try await scenario { office in
        let sink = try await office.sink("dot=delay 0.02")
        var setup = Setup(sink: sink)
        setup.mail = "connections = 8\nmax_per_minute = 60000"
        try office.configure(setup)
        try Self.books(40, in: office)
        let run = try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00", "--format", "json")
        #expect(run.lines.first?["contacts"].int == 40, "\(run)")
        #expect(sink.recipients.sorted() == (1...40).map { "someone@c\($0).test" }.sorted())
        #expect(sink.index.allSatisfy { $0["recipients"].list.count == 1 }, "one transaction has one recipient")
        #expect(sink.events.filter { $0["event"].text == "connect" }.count <= 8)
      }
    }

    @Test("more than max_per_cycle: nothing goes before approve --cycle")
    func tooMany() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Setup(sink: sink)
        setup.contact = "max_per_cycle = 5"
        try office.configure(setup)
        try Self.books(6, in: office)
        let run = try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00", "--format", "json")
        #expect(run.lines.first?["by_reason"]["needs_approval"].int == 6 && sink.messages.isEmpty, "\(run)")
        try await office.expect(0, "approve", "--cycle", "--as-of", "2026-03-02T11:01")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:02")
        #expect(sink.messages.count == 6)
      }
    }
  }
}
