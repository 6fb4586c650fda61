import Foundation
import Testing

extension EndToEnd {
  @Suite("The command line") struct Usage {
    private static let commands = [
      ["run"], ["check"], ["preview"], ["explain"], ["journal"], ["journal", "list"], ["journal", "show"],
      ["journal", "verify"], ["journal", "follow"], ["hold"], ["release"], ["dispute"], ["note"], ["approve"],
      ["resolve"], ["statement"], ["test"], ["demo"],
    ]

    @Test("every command has its help, with an example", arguments: commands)
    func help(words: [String]) async throws {
      try await scenario { office in
        let program = try office.launch(try Program.required(), words + ["--help"])
        let outcome = await program.finish()
        #expect(outcome.status == 0 && outcome.out.contains("USAGE"), "\(outcome)")
        #expect(outcome.out.contains("dunningd " + words.joined(separator: " ")), "an example: \(outcome)")
        if words != ["journal"] {
          #expect(
            outcome.out.lowercased().contains("example") || outcome.out.components(separatedBy: "dunningd ").count > 2)
        }
      }
    }

    @Test("dunningd --help lists the commands; --version says one")
    func top() async throws {
      try await scenario { office in
        let help = await (try office.launch(try Program.required(), ["--help"])).finish()
        #expect(help.status == 0)
        for words in Self.commands where words.count == 1 { #expect(help.out.contains(words[0]), "\(words): \(help)") }
        let version = await (try office.launch(try Program.required(), ["--version"])).finish()
        #expect(version.status == 0 && version.out.contains("."), "\(version)")
      }
    }

    @Test(
      "wrong usage: 64, and what would be right",
      arguments: [
        ["frobnicate"], ["run", "--onec"], ["preview", "--days", "many"], ["preview", "--days", "-1"],
        ["explain"], ["explain", "A-1", "--as-of", "yesterday"], ["explain", "A-1", "--as-of", "2026-02-30"],
        ["explain", "A-1", "--format", "xml"], ["resolve", "abc"], ["journal", "list", "--since", "soon"],
        ["journal", "frob"], ["resolve", "abc", "--sent", "--not-sent"], ["run", "--as-of", "2026-03-02T11:00"],
      ])
    func wrong(words: [String]) async throws {
      try await scenario { office in
        try office.configure()
        try office.books(Samples.invoices)
        let outcome = try await office.start(words).finish(within: 20)
        #expect(outcome.status == 64 && !outcome.err.isEmpty && !outcome.timedOut, "\(outcome)")
      }
    }

    @Test(
      "a misspelt command is named, with the one that is probably meant",
      arguments: [
        (["prevew", "--config", "x.toml"], "\"prevew\"; is \"preview\" meant?"),
        (["journal", "lst", "--customer", "K-1"], "\"journal lst\"; is \"journal list\" meant?"),
        (["frobnicate"], "\"frobnicate\"\n"),
      ])
    func misspelt(words: [String], expected: String) async throws {
      try await scenario { office in
        let outcome = await (try office.launch(try Program.required(), words)).finish()
        #expect(outcome.status == 64 && outcome.err.contains("there is no command " + expected), "\(outcome)")
      }
    }

    @Test("check is content with a good installation, and says what it looked at")
    func check() async throws {
      try await scenario { office in
        try office.configure()
        try office.books(Samples.invoices)
        let outcome = try await office.expect(0, "check")
        #expect(!outcome.out.isEmpty && !outcome.said.contains("error:"), "\(outcome)")
        #expect(office.journalFiles.isEmpty)
      }
    }

    @Test("check warns where two steps lie closer than the cap, and where the ledger has a language without templates")
    func warnings() async throws {
      try await scenario { office in
        var setup = Setup()
        setup.schedules = Samples.standard.replacingOccurrences(of: "day = 15,", with: "day = 8, ")
        try office.configure(setup)
        try office.books(
          Samples.invoices, customers: Samples.customers.replacingOccurrences(of: "test,de,DE", with: "test,ja,DE"))
        let outcome = try await office.expect(0, "check", "--format", "json")
        let warnings = outcome.lines.filter { $0["severity"].text == "warning" }
        #expect(warnings.contains { $0["message"].text?.contains("second") == true }, "\(outcome)")
        #expect(warnings.contains { $0["message"].text?.contains("ja") == true }, "\(outcome)")
      }
    }

    @Test("output that nobody reads to its end is no fault")
    func closedPipe() async throws {
      try await scenario { office in
        try office.configure()
        try RelayFaults.books(400, in: office)
        let outcome = try await office.tool(
          "/bin/bash",
          [
            "-c",
            "set -o pipefail; \"$0\" preview --days 60 --as-of 2026-03-02T11:00 --config \"$1\" | head -n 1 >/dev/null; echo ${PIPESTATUS[0]}",
            try Program.required(), office.configuration.path,
          ])
        #expect(["0", "141"].contains(outcome.out.trimmingCharacters(in: .whitespacesAndNewlines)), "\(outcome)")
        #expect(outcome.err.isEmpty, "\(outcome)")
      }
    }

    @Test("test FILE: a policy test that holds is 0, one that does not is 1 with the differences")
    func policyTest() async throws {
      try await scenario { office in
        try office.configure()
        try office.books(Samples.invoices)
        let absent = try await office.run("test", office.folder.appendingPathComponent("nowhere.toml").path)
        #expect(absent.status != 0 && absent.status != 70 && absent.err.contains("nowhere.toml"), "\(absent)")
      }
    }

    @Test("the binary needs no Swift on the machine")
    func staticBinary() async throws {
      try await scenario { office in
        let outcome = try await office.tool("/usr/bin/ldd", [try Program.required()])
        #expect(!outcome.out.contains("libswift") && !outcome.out.contains("libFoundation"), "\(outcome)")
      }
    }
  }

  @Suite("The demo") struct Demo {
    @Test("demo runs without configuration, network and server, and shows what was sent and why")
    func demo() async throws {
      try await scenario { office in
        let box = office.folder.appendingPathComponent("demo-home")
        try FileManager.default.createDirectory(at: box, withIntermediateDirectories: true)
        let program = try office.launch(
          try Program.required(), ["demo"], environment: ["TMPDIR": box.path, "HOME": box.path])
        let outcome = await program.finish(within: 120)
        #expect(outcome.status == 0, "\(outcome)")
        let files = try FileManager.default.subpathsOfDirectory(atPath: box.path)
        let mails = files.filter { $0.hasSuffix(".eml") }
        let journals = files.filter { $0.hasSuffix(".jsonl") && $0.contains("journal/") }
        #expect(
          mails.count > 20 && !journals.isEmpty, "mails and journal lie where it says: \(files.prefix(20)) \(outcome)")
        #expect(outcome.out.contains(".eml") || outcome.out.contains("mails"), "\(outcome)")
        let letters = try await office.letters(mails.sorted().map { box.appendingPathComponent($0) })
        #expect(letters.allSatisfy { $0.defects.isEmpty })
        #expect(outcome.out.contains("dunningd "), "what to try next: \(outcome)")
        let check = try await office.tool(
          "/usr/bin/env",
          ["python3", Places.support.appendingPathComponent("chain_check.py").path]
            + journals.sorted().map { box.appendingPathComponent($0).path })
        #expect(check.status == 0, "\(check)")
      }
    }
  }
}
