import Foundation
import Testing

extension EndToEnd {
  @Suite("Bad configurations") struct BadConfiguration {
    /// A configuration with one mistake.
    struct Mistake: Sendable, CustomTestStringConvertible {
      let name: String
      /// What the text must name, besides the file.
      let says: [String]
      /// The line that must be named: the first one that has this in it.
      let at: String?
      let change: @Sendable (inout Setup) -> Void
      var testDescription: String { name }

      init(
        _ name: String, says: [String], at: String? = nil, _ change: @escaping @Sendable (inout Setup) -> Void
      ) {
        self.name = name
        self.says = says
        self.at = at
        self.change = change
      }
    }

    static let mistakes: [Mistake] = [
      Mistake("broken TOML", says: [], at: "oops = ") { $0.contact = "oops = " },
      Mistake("a key twice", says: ["min_gap"], at: "min_gap = \"8d\"") {
        $0.contact = "min_gap = \"7d\"\nmin_gap = \"8d\""
      },
      Mistake("unknown key", says: ["colour"], at: "colour") { $0.company += "\ncolour = \"red\"" },
      Mistake("misspelt key", says: ["max_per_cycel", "max_per_cycle"], at: "max_per_cycel") {
        $0.contact = "max_per_cycel = 5"
      },
      Mistake("misspelt table", says: ["contcat", "contact"], at: "[contcat]") { $0.more = "[contcat]\ndays = 1" },
      Mistake("misspelt key of a step", says: ["tempalte", "template"], at: "tempalte") {
        $0.schedules = Samples.standard.replacingOccurrences(
          of: "template = \"second\"", with: "tempalte = \"second\"")
      },
      Mistake("wrong type", says: ["max_per_cycle", "many"], at: "many") { $0.contact = "max_per_cycle = \"many\"" },
      Mistake("wrong type of a table", says: ["at_most"], at: "at_most") { $0.contact = "at_most = 5" },
      Mistake("impossible value", says: ["hours", "16:00-10:00"], at: "16:00-10:00") { $0.hours = "16:00-10:00" },
      Mistake("impossible hour", says: ["25:00"], at: "25:00") { $0.hours = "09:00-25:00" },
      Mistake("duration without a unit", says: ["min_gap", "7"], at: "min_gap") { $0.contact = "min_gap = \"7x\"" },
      Mistake("two schedules of one name", says: ["standard"], at: nil) {
        $0.schedules =
          Samples.standard + "\n\n"
          + Samples.standard.replacingOccurrences(
            of: "name = \"standard\"", with: "name = \"standard\"\nmatch = { kind = \"consumer\" }")
      },
      Mistake("no schedule at all", says: ["schedule"], at: nil) { $0.schedules = "" },
      Mistake("two steps of one name", says: ["first"], at: nil) {
        $0.schedules = Samples.standard.replacingOccurrences(of: "name = \"second\"", with: "name = \"first\"")
      },
      Mistake("levels that descend", says: ["second"], at: nil) {
        $0.schedules = Samples.standard.replacingOccurrences(
          of: "day = 5,  level = 1", with: "day = 5,  level = 3")
      },
      Mistake("a schedule that contradicts its own grace", says: ["grace"], at: nil) {
        $0.schedules = Samples.standard.replacingOccurrences(of: "steps = [", with: "grace = 10\nsteps = [")
      },
      Mistake("unknown zone", says: ["Europe/Berlni", "Europe/Berlin"], at: "Berlni") {
        $0.company = $0.company.replacingOccurrences(of: "Berlin", with: "Berlni")
      },
      Mistake("unknown currency", says: ["EURO"], at: "EURO") {
        $0.company = $0.company.replacingOccurrences(of: "\"EUR\"", with: "\"EURO\"")
      },
      Mistake("unknown holiday calendar", says: ["ATLANTIS"], at: "ATLANTIS") { $0.holidays = "[\"ATLANTIS\"]" },
      Mistake("unknown template", says: ["frist"], at: nil) {
        $0.schedules = Samples.standard.replacingOccurrences(of: "template = \"first\"", with: "template = \"frist\"")
      },
      Mistake("wrong IBAN", says: ["DE89370400440532013001"], at: "DE89370400440532013001") {
        $0.pay = $0.pay.replacingOccurrences(of: "DE89370400440532013000", with: "DE89370400440532013001")
      },
      Mistake("money in an amount that is none", says: ["min_balance"], at: "min_balance") {
        $0.contact = "min_balance = [\"5.001 EUR\"]"
      },
      Mistake("broken bounce address", says: ["bounce_address"], at: "bounce_address") {
        $0.mailURL = "smtp://localhost:25"
        $0.mail = "bounce_address = \"no address\\r\\nBcc: x@y.test\""
      },
      Mistake("plain text to another machine", says: ["insecure"], at: "security = \"none\"") {
        $0.mailURL = "smtp://mail.example.com:25"
      },
      Mistake("unknown scheme", says: ["http"], at: "http://") { $0.mailURL = "http://localhost:25" },
      Mistake("no company", says: ["company"], at: nil) { $0.company = "" },
      Mistake("cycle times outside of the hours", says: ["hours"], at: nil) {
        $0.hours = "10:00-11:00"
        $0.more = "[cycle]\nat = [\"05:00\"]"
      },
    ]

    @Test("one mistake: exit 78 from check and from run, file and line and what was found", arguments: mistakes)
    func oneMistake(_ mistake: Mistake) async throws {
      try await scenario { office in
        var setup = Setup()
        mistake.change(&setup)
        try office.configure(setup)
        try office.books(Samples.invoices)
        let check = try await office.expect(78, "check")
        let places = check.said.split(separator: "\n").filter { $0.contains("dunningd.toml:") }
        #expect(!places.isEmpty, "no place is named: \(check)")
        for text in mistake.says { #expect(check.said.contains(text), "\(text) is not named: \(check)") }
        if let at = mistake.at {
          let lines = try office.read("dunningd.toml").split(separator: "\n", omittingEmptySubsequences: false)
          let line = try #require(lines.firstIndex { $0.contains(at) }) + 1
          #expect(check.said.contains("dunningd.toml:\(line):"), "line \(line): \(check)")
        }
        let run = try await office.expect(78, "run", "--once", "--as-of", "2026-03-02T11:00")
        #expect(run.err.contains("dunningd.toml:"), "\(run)")
        #expect(office.journalFiles.isEmpty, "nothing begins with a bad configuration")
      }
    }

    @Test("all mistakes at once, as JSON with severity, file, line, key and message")
    func allAtOnce() async throws {
      try await scenario { office in
        var setup = Setup()
        setup.company += "\ncolour = \"red\""
        setup.contact = "max_per_cycle = \"many\"\nmin_gap = \"7x\""
        setup.hours = "16:00-10:00"
        try office.configure(setup)
        try office.books(Samples.invoices)
        let outcome = try await office.expect(78, "check", "--format", "json")
        let errors = outcome.lines.filter { $0["severity"].text == "error" }
        #expect(errors.count >= 4, "\(outcome)")
        for line in outcome.lines {
          for name in ["severity", "file", "line", "key", "message"] {
            #expect(line[name].isPresent, "\(name) is missing in \(line)")
          }
        }
        let keys = Set(errors.compactMap { $0["key"].text })
        for key in ["company.colour", "contact.max_per_cycle", "contact.min_gap", "contact.hours"] {
          #expect(keys.contains(key), "\(key) in \(keys)")
        }
        #expect(errors.allSatisfy { $0["file"].text?.hasSuffix("dunningd.toml") == true && $0["line"].int != nil })
      }
    }

    @Test(
      "no configuration: 78 and the path, whatever the command",
      arguments: [
        ["check"], ["run", "--once"], ["preview"], ["explain", "A-1"], ["hold", "A-1", "--reason", "x"],
        ["journal", "list"], ["journal", "verify"], ["approve", "--cycle"],
      ])
    func none(words: [String]) async throws {
      try await scenario { office in
        let path = office.folder.appendingPathComponent("nowhere/dunningd.toml").path
        let outcome = try await office.start(words + ["--config", path]).finish()
        #expect(outcome.status == 78 && outcome.err.contains(path), "\(outcome)")
      }
    }

    @Test("a folder, an empty file, a file that is not UTF-8: 78")
    func noFile() async throws {
      try await scenario { office in
        let folder = try await office.run("check", "--config", office.folder.path)
        #expect(folder.status == 78 && folder.err.contains(office.folder.path), "\(folder)")
        try office.write("", to: "dunningd.toml")
        try await office.expect(78, "check")
        try office.write(
          Data("[company]\nname = \"M\u{fc}ller\"\n".unicodeScalars.map { UInt8($0.value) }), to: "dunningd.toml")
        let latin = try await office.expect(78, "check")
        #expect(latin.said.contains("dunningd.toml:2"), "\(latin)")
      }
    }

    @Test("a configuration that may not be read: 78", .enabled(if: getuid() == 0, "needs root to become another user"))
    func unreadable() async throws {
      try await scenario { office in
        try office.configure()
        try office.books(Samples.invoices)
        let program = try office.launch(
          "/usr/bin/setpriv",
          ["--reuid=65534", "--regid=65534", "--clear-groups", "/bin/sh", "-c", "exit 0"])
        try #require(await program.finish().status == 0)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: office.configuration.path)
        let outcome = try await office.launch(
          "/usr/bin/setpriv",
          [
            "--reuid=65534", "--regid=65534", "--clear-groups", try Program.required(), "check", "--config",
            office.configuration.path,
          ]
        ).finish()
        #expect(outcome.status == 78 && outcome.err.contains("ermission"), "\(outcome)")
      }
    }

    /// A template with a mistake, and what must be named.
    static let templates: [(name: String, text: String, says: [String])] = [
      ("unclosed tag", "subject: x\n\nDear {{name\n", ["first.mustache:3"]),
      ("unknown variable", "subject: x\n\nDear {{name}},\n{{nmae}}\n", ["first.mustache:4", "nmae"]),
      ("unclosed section", "subject: x\n\n{{#invoices}}\n{{number}}\n", ["first.mustache", "invoices"]),
      ("no subject", "Dear {{name}}\n", ["first.mustache", "subject"]),
      ("unknown partial", "subject: x\n\n{{> nowhere}}\n", ["first.mustache:3", "nowhere"]),
    ]

    @Test("a broken template: 78, its file and line", arguments: templates.map(\.name))
    func template(name: String) async throws {
      let fault = try #require(Self.templates.first { $0.name == name })
      try await scenario { office in
        try office.configure()
        try office.books(Samples.invoices)
        try office.write(fault.text, to: "templates/en/first.mustache")
        let check = try await office.expect(78, "check")
        for text in fault.says { #expect(check.said.contains(text), "\(text) is not named: \(check)") }
        try await office.expect(78, "run", "--once", "--as-of", "2026-03-02T11:00")
        #expect(office.journalFiles.isEmpty)
      }
    }

    @Test("a secret that is not there, or stands in the file itself: 78, and the secret is not repeated")
    func secrets() async throws {
      try await scenario { office in
        var setup = Setup()
        setup.mailURL = "smtp://localhost:2525"
        setup.mail = "username = \"u\"\npassword = \"hunter2-secret\""
        try office.configure(setup)
        try office.books(Samples.invoices)
        let plain = try await office.expect(78, "check")
        #expect(!plain.said.contains("hunter2-secret"), "\(plain)")
        for (secret, says) in [
          ("{ file = \"/nowhere/password\" }", "/nowhere/password"), ("{ env = \"E2E_NOT_SET\" }", "E2E_NOT_SET"),
          ("{ credential = \"smtp-password\" }", "smtp-password"), ("{ file = \"a\", env = \"b\" }", "password"),
        ] {
          setup.mail = "username = \"u\"\npassword = \(secret)"
          try office.configure(setup)
          let outcome = try await office.expect(78, "run", "--once", "--as-of", "2026-03-02T11:00")
          #expect(outcome.err.contains(says), "\(outcome)")
        }
      }
    }

    @Test("the supplied configuration is good as it is")
    func supplied() async throws {
      try await scenario { office in
        let config = Places.repository.appendingPathComponent("config/dunningd.toml")
        try office.books(Samples.invoices)
        var text = try String(contentsOf: config, encoding: .utf8)
        text = text.replacingOccurrences(of: "/var/lib/dunningd/ledger", with: office.ledger.path)
        try office.write(text, to: "dunningd.toml")
        let check = try await office.run("check", environment: ["STATE_DIRECTORY": office.state.path])
        #expect(check.status == 0, "\(check)")
        let preview = try await office.run(
          "preview", "--days", "30", "--as-of", "2026-03-02T11:00", environment: ["STATE_DIRECTORY": office.state.path])
        #expect(preview.status == 0 && preview.out.contains("K-1"), "\(preview)")
      }
    }

    @Test(
      "templates that are not beside the configuration: the supplied ones are used, or it is said; never half a mail")
    func noTemplates() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(Samples.invoices)
        for name in ["templates", "holidays"] { try? office.remove(name) }
        let check = try await office.run("check")
        #expect([0, 78].contains(check.status), "\(check)")
        let run = try await office.run("run", "--once", "--as-of", "2026-03-02T11:00")
        #expect(run.status == check.status, "check and run agree: \(check) \(run)")
        if run.status == 0 { #expect(sink.messages.count == 2) }
      }
    }
  }
}
