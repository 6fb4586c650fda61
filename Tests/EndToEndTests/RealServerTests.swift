import Foundation
import Testing

extension EndToEnd {
  @Suite("A real Postfix and Dovecot", .serialized) struct RealServer {
    private static let script = Places.support.appendingPathComponent("mail_server").path

    @Test(
      "over STARTTLS and over TLS, with AUTH: the message is read back whole by IMAP; an unknown mailbox fails",
      .enabled(if: getuid() == 0, "Postfix can be started by root only"), arguments: ["starttls", "tls"])
    func delivered(security: String) async throws {
      try await scenario { office in
        try #require(
          FileManager.default.isExecutableFile(atPath: "/usr/sbin/postfix")
            && FileManager.default.isExecutableFile(atPath: "/usr/sbin/dovecot"),
          "Postfix and Dovecot are needed: scripts/install-needed test")
        // Dovecot's sockets stand deep in it, and a socket's name has room for a hundred bytes.
        let isDeep = office.folder.path.utf8.count > 60
        let box = isDeep ? "/tmp/dunningd-\(UUID().uuidString.prefix(8))" : office.folder.path + "/server"
        defer { if isDeep { try? FileManager.default.removeItem(atPath: box) } }
        let server = try office.launch(
          "/usr/bin/env", ["python3", Self.script, "serve", box, "--until-eof"], holdsInput: true)
        #expect(await until { server.out.hasSuffix("\n") || !server.isRunning }, "\(server.err)")
        let facts = try #require(JSON(text: server.out), "\(server.err)")
        var setup = Setup()
        let port = try #require(facts[security == "tls" ? "smtps" : "smtp"].int)
        setup.mailURL = security == "tls" ? "smtps://localhost:\(port)" : "smtp://localhost:\(port)"
        setup.security = security
        setup.mail = """
          username = "relay"
          password = { env = "E2E_PASSWORD" }
          ca_file = "\(facts["ca"].text ?? "")"
          """
        try office.configure(setup)
        let password = ["E2E_PASSWORD": try #require(facts["password"].text)]
        try office.books(
          Samples.head + """
            A-1,K-1,2026-01-21,2026-02-20,1120.00,EUR
            B-1,K-2,2026-01-11,2026-02-10,480.50,EUR
            C-1,K-3,2026-01-11,2026-02-10,99.99,EUR

            """,
          customers: #"""
            id,name,email,language,country
            K-1,"Müller, Söhne & Co. ""株式会社""",alpha@customer.test,de,DE
            K-2,Beta Ltd,beta@customer.test,en,GB
            K-3,Gone Ltd,gone@customer.test,en,GB

            """#)
        try await office.expect(0, "check", "--online", environment: password)
        let run = try await office.expect(
          0, "run", "--once", "--as-of", "2026-03-02T11:00", "--format", "json", environment: password)
        #expect(run.lines.first?["failed"].int == 1, "\(run)")
        let sent = office.records("contact.sent")
        #expect(sent.count == 2 && sent.allSatisfy { "\($0)".contains("queued as") }, "\(sent)")
        #expect("\(office.records("contact.failed"))".contains("5.1.1"))

        for (user, name, amount) in [
          ("alpha", "Müller, Söhne & Co. \"株式会社\"", "1.120,00"), ("beta", "Beta Ltd", "480.50"),
        ] {
          let out = office.folder.appendingPathComponent("fetched-\(user)")
          var fetched = Outcome(arguments: [], status: 1, out: "", err: "", timedOut: false)
          for _ in 1...100 {
            fetched = try await office.tool("/usr/bin/env", ["python3", Self.script, "fetch", box, out.path, user])
            if fetched.out == "1\n" { break }
            try await Task.sleep(for: .milliseconds(100))
          }
          #expect(fetched.out == "1\n", "\(fetched)")
          let letter = try #require(try await office.letters([out.appendingPathComponent("000001.eml")]).first)
          #expect(letter.recipients == ["\(user)@customer.test"] && letter.defects.isEmpty, "\(letter.defects)")
          #expect(letter.text.contains(name) && letter.text.contains(amount), "\(letter.text)")
          #expect(letter.html.contains(amount))
          #expect(letter.all("Received").count == 2, "by Postfix and by Dovecot")
          let intended = try #require(
            office.records("contact.intended").first { "\($0["personal"])".contains("\(user)@customer.test") })
          #expect(letter["Message-ID"]?.contains(intended["message_id"].text ?? "?") == true)
        }
        let wrong = try await office.run("check", "--online", environment: ["E2E_PASSWORD": "nonsense"])
        #expect(wrong.status == 69 && wrong.said.contains("535"), "\(wrong)")
      }
    }
  }
}
