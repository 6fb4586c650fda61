import Foundation
import Testing

extension EndToEnd {
  @Suite("Letters wait for a person") struct Letters {
    static let customers = """
      id,name,email,language,country,address
      K-1,Alpha Ltd,alpha@one.test,en,GB,"12 Mill Lane; Reading; RG1 2AB"
      K-2,Beta GmbH,beta@two.test,de,DE,"Gewerbering 7, 80331 München"

      """
    static let invoices = "number,customer,issued,due,amount,currency\nA-1,K-1,2026-01-21,2026-02-10,120.00,EUR\n"
    static let two = invoices + "B-1,K-2,2026-01-11,2026-02-10,480.50,EUR\n"
    static let schedule = """
      [[schedule]]
      name = "standard"
      steps = [
        { name = "final", day = 15, level = 2, channel = "letter", template = "final", deadline = 7 },
        { name = "last", day = 30, level = 3, template = "second" },
      ]
      """
    static let letter = """
      [letter]
      sender = ["Hauptstraße 12", "10115 Berlin"]
      place = "Berlin"
      """

    private static func office(_ office: Office, _ sink: Sink, _ books: String = invoices) throws {
      var setup = Setup(sink: sink)
      setup.schedules = schedule
      setup.more = letter
      try office.configure(setup)
      try office.books(books, customers: customers)
    }

    private static func pages(_ office: Office) -> [String] {
      let names = try? FileManager.default.contentsOfDirectory(
        atPath: office.state.appendingPathComponent("outbox").path)
      return (names ?? []).filter { $0.hasSuffix(".html") }.sorted()
    }

    private static func manifest(_ office: Office) throws -> [String] {
      try office.read("state/outbox/manifest.csv").split(separator: "\r\n").map(String.init)
    }

    @Test("a letter is intended, lies in the outbox with a list, is a task, is posted, and the next step comes later")
    func posted() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try Self.office(office, sink)
        let preview = try await office.expect(
          0, "preview", "--days", "0", "--as-of", "2026-03-02T10:00", "--format", "json", "--render",
          office.folder.appendingPathComponent("seen").path)
        #expect(preview.lines.first?["channel"].text == "letter" && preview.lines.first?["reason"].text == "contact")
        #expect(preview.lines.first?["to"].texts == ["Alpha Ltd", "12 Mill Lane", "Reading", "RG1 2AB"])
        let seen = try FileManager.default.contentsOfDirectory(
          atPath: office.folder.appendingPathComponent("seen").path)
        #expect(seen.count == 1 && seen[0].hasSuffix(".html"))

        let run = try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T10:00", "--format", "json")
        #expect(run.lines.first?["letters"].int == 1)
        #expect(sink.messages.isEmpty)
        let intended = try #require(office.records("contact.intended").first)
        let id = try #require(intended["contact"].text)
        #expect(intended["channel"].text == "letter" && intended["message_id"].text == "")
        #expect(intended["personal"]["to"].texts == ["Alpha Ltd", "12 Mill Lane", "Reading", "RG1 2AB"])

        #expect(Self.pages(office) == ["2026-03-02-K-1-\(id).html"])
        let page = try office.read("state/outbox/\(Self.pages(office)[0])")
        for words in ["12 Mill Lane", "A-1", "€120.00", "Hauptstraße 12", "Berlin, 2 March 2026"] {
          #expect(page.contains(words), "\(words)")
        }
        let manifest = try Self.manifest(office)
        #expect(manifest.count == 2)
        #expect(
          manifest[1].hasPrefix(
            "\(id),2026-03-02,K-1,Alpha Ltd,Alpha Ltd; 12 Mill Lane; Reading; RG1 2AB,GB,EUR,120.00,final,2,en,A-1,"))
        #expect(manifest[1].hasSuffix(try #require(intended["sha256"].text)))
        for (path, mode) in [
          ("state/outbox", 0o700), ("state/outbox/manifest.csv", 0o600),
          ("state/outbox/\(Self.pages(office)[0])", 0o600),
        ] {
          let attributes = try FileManager.default.attributesOfItem(
            atPath: office.folder.appendingPathComponent(path).path)
          #expect(attributes[.posixPermissions] as? Int == mode, "\(path)")
        }

        let tasks = try await office.expect(0, "tasks", "--as-of", "2026-03-03T10:00", "--format", "json")
        let task = try #require(tasks.lines.first)
        #expect(tasks.lines.count == 1 && task["task"].text == "letter" && task["id"].text == id)
        #expect(task["file"].text?.hasSuffix("/outbox/2026-03-02-K-1-\(id).html") == true)
        #expect(task["command"].text == "dunningd resolve \(id) --sent|--not-sent")
        let explained = try await office.expect(0, "explain", "A-1", "--as-of", "2026-03-03T10:00", "--format", "json")
        #expect(explained.lines.first?["reason"].text == "task_open")
        #expect(explained.lines.first?["sentence"].text?.contains("resolve \(id) --sent") == true)

        // However often it is looked at, nothing more comes of it.
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-05T10:00")
        #expect(office.records("contact.intended").count == 1)
        // Not posted three days before the day to pay by that it names: it is written anew, with another one.
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-06T10:00")
        #expect(office.records("contact.cancelled").map { $0["reason"].text } == ["deadline_running"])
        let again = try #require(office.records("contact.intended").last)
        #expect(again["contact"].text == id && again["attempt"].int == 2 && again["deadline"].text == "2026-03-13")
        #expect(Self.pages(office) == ["2026-03-06-K-1-\(id).html"])

        try await office.expect(0, "resolve", id, "--sent", "--by", "Erika", "--as-of", "2026-03-12T12:00")
        #expect(try Self.pages(office).isEmpty && Self.manifest(office).count == 1)
        // Its deadline and two banking days, and seven days after it was posted.
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-18T10:00")
        #expect(sink.messages.isEmpty)
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-19T10:00")
        #expect(sink.recipients == ["alpha@one.test"])
        try await office.expect(0, "journal", "verify")
        #expect(office.records("contact.in_doubt").isEmpty)
      }
    }

    @Test("whoever approves a letter reads the letter")
    func shown() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Setup(sink: sink)
        setup.schedules = Self.schedule.replacing("deadline = 7", with: "deadline = 7, approval = true")
        setup.more = Self.letter
        try office.configure(setup)
        try office.books(Self.invoices, customers: Self.customers)
        let time = "2026-03-02T11:00"
        let waiting = try await office.expect(0, "approve", "--format", "json", "--as-of", time)
        let id = try #require(waiting.lines.first?["contact"].text, "\(waiting)")
        let shown = try await office.expect(0, "approve", id, "--show", "--as-of", time)
        for words in ["12 Mill Lane", "Hauptstraße 12", "A-1", "120.00"] {
          #expect(shown.out.contains(words), "\(words) in \(shown)")
        }
      }
    }

    @Test("what is paid before it is posted is called off in the same cycle; the rest is decided afresh")
    func paid() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try Self.office(office, sink, Self.invoices + "A-2,K-1,2026-01-21,2026-02-11,30.00,EUR\n")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T10:00")
        let first = try #require(office.records("contact.intended").first?["contact"].text)
        #expect(Self.pages(office).count == 1)
        try office.books(
          Self.invoices + "A-2,K-1,2026-01-21,2026-02-11,30.00,EUR\n", customers: Self.customers,
          payments: "customer,date,amount,invoice\nK-1,2026-03-03,30.00,A-2\n")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-04T10:00")
        let cancelled = try #require(office.records("contact.cancelled").first)
        #expect(cancelled["contact"].text == first && cancelled["reason"].text == "settled")
        let second = try #require(office.records("contact.intended").last)
        #expect(second["amount"].text == "120.00" && second["contact"].text != first)
        #expect(Self.pages(office) == ["2026-03-04-K-1-\(second["contact"].text ?? "").html"])

        // All paid: nothing is left, and nothing comes.
        try office.books(
          Self.invoices + "A-2,K-1,2026-01-21,2026-02-11,30.00,EUR\n", customers: Self.customers,
          payments: "customer,date,amount,invoice\nK-1,2026-03-03,30.00,A-2\nK-1,2026-03-04,120.00,A-1\n")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-05T10:00")
        #expect(office.records("contact.cancelled").count == 2 && Self.pages(office).isEmpty)
        let task = try await office.expect(0, "tasks", "--as-of", "2026-03-05T11:00", "--format", "json")
        #expect(task.lines.isEmpty)
      }
    }

    @Test("a person's hold takes it out of the outbox; a person who had posted it can still say so")
    func held() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try Self.office(office, sink)
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T10:00")
        let id = try #require(office.records("contact.intended").first?["contact"].text)
        try await office.expect(0, "hold", "K-1", "--reason", "he called", "--as-of", "2026-03-02T12:00")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T13:00")
        #expect(office.records("contact.cancelled").first?["reason"].text == "held")
        #expect(Self.pages(office).isEmpty)
        try await office.expect(65, "resolve", id, "--not-sent", "--as-of", "2026-03-02T13:30")
        try await office.expect(0, "resolve", id, "--sent", "--as-of", "2026-03-02T14:00")
        try await office.expect(0, "release", "K-1", "--reason", "done", "--as-of", "2026-03-02T15:00")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-09T10:00")
        #expect(office.records("contact.intended").count == 1, "it counts as posted")
      }
    }

    @Test("a program that died between the record and the page writes the page at its next start, and doubts nothing")
    func crash() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try Self.office(office, sink, Self.two)
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T10:00")
        let pages = Self.pages(office)
        #expect(pages.count == 2)
        try office.remove("state/outbox")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T10:10")
        #expect(Self.pages(office) == pages)
        #expect(try Self.manifest(office).count == 3)
        #expect(office.records("contact.in_doubt").isEmpty && office.records("contact.intended").count == 2)
      }
    }

    @Test("an outbox that cannot be written is said, with status 74, and the letter is not lost")
    func unwritable() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try Self.office(office, sink)
        try office.write("a file where the folder should be", to: "state/outbox")
        let run = try await office.expect(74, "run", "--once", "--as-of", "2026-03-02T10:00")
        #expect(run.err.contains("outbox"), "\(run)")
        #expect(office.records("contact.intended").count == 1)
        try office.remove("state/outbox")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T10:10")
        #expect(Self.pages(office).count == 1)
      }
    }

    @Test("without an address the fallback goes; check names who has none")
    func fallback() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Setup(sink: sink)
        setup.schedules = Self.schedule.replacingOccurrences(
          of: "channel = \"letter\",", with: "channel = \"letter\", fallback = \"email\",")
        setup.more = Self.letter
        try office.configure(setup)
        try office.books(
          Self.invoices, customers: "id,name,email,language,country\nK-1,Alpha Ltd,alpha@one.test,en,GB\n")
        let check = try await office.expect(0, "check")
        #expect(check.out.contains("1 customer has no postal address"), "\(check)")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T10:00")
        #expect(sink.recipients == ["alpha@one.test"])
        #expect(office.records("contact.intended").first?["channel"].text == "email")
      }
    }

    @Test("erasing a customer takes the page out, too")
    func erased() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try Self.office(office, sink, Self.two)
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T10:00")
        #expect(Self.pages(office).count == 2)
        try await office.expect(0, "journal", "erase", "K-1", "--reason", "asked")
        #expect(Self.pages(office).count == 1 && Self.pages(office)[0].contains("-K-2-"))
        #expect(try !Self.manifest(office).joined().contains("Mill Lane"))
      }
    }
  }

  @Suite("Webhooks take what goes by another service") struct Webhooks {
    private struct Service {
      let port: Int
      let folder: URL

      var requests: [JSON] {
        let text = (try? String(contentsOf: folder.appendingPathComponent("requests.jsonl"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { JSON(text: String($0)) }
      }
    }

    private static func service(_ office: Office, _ answers: String...) async throws -> Service {
      let box = office.folder.appendingPathComponent("service-\(UUID().uuidString.prefix(8))")
      let program = try office.launch(
        "/usr/bin/env",
        ["python3", Places.support.appendingPathComponent("http_sink.py").path, "--until-eof", "--dir", box.path]
          + answers.flatMap { ["--answer", $0] }, holdsInput: true)
      #expect(await until { program.out.hasPrefix("ready ") && program.out.hasSuffix("\n") || !program.isRunning })
      let port = try #require(
        Int(program.out.dropFirst(6).trimmingCharacters(in: .whitespacesAndNewlines)), "\(program.err)")
      return Service(port: port, folder: box)
    }

    private static func configure(
      _ office: Office, _ sink: Sink, _ service: Service, step: String = "", more: String = ""
    ) throws {
      var setup = Setup(sink: sink)
      setup.schedules = """
        [[schedule]]
        name = "standard"
        steps = [{ name = "text", day = 15, level = 2, channel = "webhook", template = "first"\(step) }]
        """
      try office.write("top secret", to: "hook-secret")
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o600], ofItemAtPath: office.folder.appendingPathComponent("hook-secret").path)
      setup.more = """
        [webhook]
        url = "http://localhost:\(service.port)/messages?token=sesame"
        secret = { file = "hook-secret" }
        \(more)
        """
      try office.configure(setup)
      try office.books(
        Letters.invoices, customers: "id,name,email,phone,language,country\nK-1,Müller,m@one.test,+49 30 123456,en,GB\n"
      )
    }

    @Test("a message is signed, put off by a 500, and posted once more under the same key")
    func signed() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        let service = try await Self.service(office, "500", "200 thanks")
        try Self.configure(office, sink, service)
        let check = try await office.expect(0, "check", "--online")
        #expect(check.out.contains("webhook: localhost:\(service.port) can be reached"), "\(check)")
        #expect(service.requests.isEmpty, "a check posts nothing")

        let first = try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T10:00", "--format", "json")
        #expect(first.lines.first?["deferred"].int == 1, "\(first)")
        let deferred = try #require(office.records("contact.deferred").first)
        #expect(deferred["code"].int == 500 && deferred["stage"].text == "http")
        #expect(deferred["server"].text == "localhost:\(service.port)")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T10:02")
        #expect(service.requests.count == 1, "not before its time")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T10:10")
        #expect(office.records("contact.sent").count == 1)

        let id = try #require(office.records("contact.intended").first?["contact"].text)
        #expect(office.records("contact.intended").map { $0["attempt"].int } == [1, 2])
        #expect(service.requests.map { $0["heads"]["idempotency-key"].text } == [id, id])
        for (request, intended) in zip(service.requests, office.records("contact.intended")) {
          let body = try #require(request["body"].text)
          let file = office.folder.appendingPathComponent("body.json")
          try Data(body.utf8).write(to: file)
          // Somebody else's HMAC and SHA-256.
          let hmac = try await office.tool(
            "/usr/bin/env",
            [
              "python3", "-c",
              "import hmac,hashlib,sys;d=open(sys.argv[1],'rb').read();print(hmac.new(b'top secret',d,'sha256').hexdigest(),hashlib.sha256(d).hexdigest())",
              file.path,
            ])
          let digests = hmac.out.split(whereSeparator: \.isWhitespace).map(String.init)
          #expect(request["heads"]["dunningd-signature"].text == "sha256=\(digests[0])")
          #expect(intended["sha256"].text == digests[1], "what was posted is what is kept")
          let told = try #require(JSON(text: body))
          #expect(told["contact"].text == id && told["name"].text == "Müller" && told["phone"].text == "+49 30 123456")
          #expect(told["amount"].text == "120.00" && told["invoices"][0]["number"].text == "A-1")
        }
        #expect(sink.messages.isEmpty)
        let said = office.journalLines.joined() + first.said
        #expect(!said.contains("top secret") && !said.contains("sesame"), "neither secret nor address is told")
      }
    }

    @Test("a lost answer is a doubt that is not posted again; with resend it is, under the same key")
    func doubt() async throws {
      for (step, count) in [("", 1), (", in_doubt = \"resend\"", 2)] {
        try await scenario { office in
          let sink = try await office.sink()
          let service = try await Self.service(office, "close", "200")
          try Self.configure(office, sink, service, step: step)
          try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T10:00")
          #expect(office.records("contact.in_doubt").count == 1)
          try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
          #expect(service.requests.count == count)
          #expect(Set(service.requests.compactMap { $0["heads"]["idempotency-key"].text }).count == 1)
        }
      }
    }

    @Test("a service that refuses, or is not there, holds up no mail and is told")
    func besideMail() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        let service = try await Self.service(office, "422 no such number")
        try Self.configure(office, sink, service)
        var text = try office.read("dunningd.toml")
        text = text.replacingOccurrences(
          of: "[[schedule]]",
          with: """
            [[schedule]]
            name = "mail"
            match = { country = "DE" }
            steps = [{ name = "first", day = 15, level = 2, template = "first" }]

            [[schedule]]
            """)
        try office.write(text, to: "dunningd.toml")
        try office.books(
          Letters.two,
          customers: "id,name,email,phone,language,country\nK-1,M,m@one.test,+49 30 1,en,GB\nK-2,B,b@two.test,,de,DE\n")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T10:00")
        #expect(sink.recipients == ["b@two.test"])
        let failed = try #require(office.records("contact.failed").first)
        #expect(
          failed["code"].int == 422 && failed["bad_address"].isPresent == false || failed["bad_address"] == .bool(false)
        )
        // The same message is not offered again before a day has passed.
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        #expect(service.requests.count == 1)
      }
    }
  }
}
