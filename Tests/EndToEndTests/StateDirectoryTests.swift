import Foundation
import Testing

extension EndToEnd {
  @Suite("Disk, clock and secrets") struct StateDirectory {
    private static let needsRoot = "needs root, to become another user or to mount a small disk"

    private static func asNobody(_ office: Office, _ words: [String]) async throws -> Outcome {
      try await office.launch(
        "/usr/bin/setpriv",
        ["--reuid=65534", "--regid=65534", "--clear-groups", try Program.required()] + words
          + ["--config", office.configuration.path]
      ).finish()
    }

    @Test(
      "a state directory that cannot be written: 74, its path, nothing sent",
      .enabled(if: getuid() == 0, "\(needsRoot)"))
    func readOnly() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(Samples.invoices)
        let run = try await Self.asNobody(office, ["run", "--once", "--as-of", "2026-03-02T11:00"])
        #expect(run.status == 74 && run.err.contains(office.state.path), "\(run)")
        let hold = try await Self.asNobody(office, ["hold", "K-1", "--reason", "x", "--as-of", "2026-03-02T11:00"])
        #expect(hold.status == 74 && hold.err.contains(office.state.path), "\(hold)")
        #expect(sink.messages.isEmpty && sink.commands.isEmpty)
        let look = try await Self.asNobody(office, ["explain", "A-1", "--as-of", "2026-03-02T11:00"])
        #expect(look.status == 0, "looking needs no writing: \(look)")
      }
    }

    @Test("the state directory is a file, or lies below one: 74", arguments: ["", "/below"])
    func notAFolder(suffix: String) async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.write("", to: "file")
        let setup = Setup(sink: sink)
        let path = office.folder.appendingPathComponent("file").path + suffix
        try office.write(setup.text(state: path), to: "dunningd.toml")
        try office.books(Samples.invoices)
        let run = try await office.expect(74, "run", "--once", "--as-of", "2026-03-02T11:00")
        #expect(run.err.contains(path), "\(run)")
        #expect(sink.messages.isEmpty)
      }
    }

    /// A disk of 64 KiB at the state directory.
    private static func withSmallDisk(_ office: Office, _ body: () async throws -> Void) async throws {
      let mount = try await office.tool(
        "/bin/mount", ["-t", "tmpfs", "-o", "size=64k", "dunningd-e2e", office.state.path])
      guard mount.status == 0 else {
        withKnownIssue("no tmpfs can be mounted here, so a full disk is not tried: \(mount.err)") {
          Issue.record("skipped")
        }
        return
      }
      do {
        try await body()
      } catch {
        _ = try? await office.tool("/bin/umount", ["-l", office.state.path])
        throw error
      }
      let umount = try await office.tool("/bin/umount", ["-l", office.state.path])
      #expect(umount.status == 0, "\(umount)")
    }

    @Test(
      "a full disk before the cycle: 74, nothing sent; room again, everything goes",
      .enabled(if: getuid() == 0, "\(needsRoot)"))
    func fullDisk() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(Samples.invoices)
        try await Self.withSmallDisk(office) {
          try await office.expect(0, "note", "K-1", "--text", "before", "--as-of", "2026-03-02T10:00")
          let filler = office.state.appendingPathComponent("filler")
          _ = try await office.tool("/bin/dd", ["if=/dev/zero", "of=\(filler.path)", "bs=1024", "count=100"])
          let run = try await office.expect(74, "run", "--once", "--as-of", "2026-03-02T11:00")
          #expect(run.err.contains("space"), "No space left: \(run)")
          #expect(sink.messages.isEmpty, "no message without its durable intent")
          try await office.expect(0, "explain", "A-1", "--as-of", "2026-03-02T11:00")
          try FileManager.default.removeItem(at: filler)
          try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:30")
          #expect(sink.recipients.sorted() == ["alpha@one.test", "beta@two.test"])
          try await office.expect(0, "journal", "verify")
        }
      }
    }

    @Test(
      "the disk fills up in the middle of a cycle: 74, sending stops, nobody gets two afterwards",
      .enabled(if: getuid() == 0, "\(needsRoot)"))
    func diskFillsUp() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Setup(sink: sink)
        setup.mail = "connections = 1"
        try office.configure(setup)
        try RelayFaults.books(40, in: office)
        try await Self.withSmallDisk(office) {
          // Some forty kept messages do not fit in 64 KiB.
          let run = try await office.expect(74, "run", "--once", "--as-of", "2026-03-02T11:00")
          #expect(run.err.contains("space"), "\(run)")
          let first = sink.recipients
          #expect(first.count < 40 && first.count == Set(first).count)
          // The state moves to a larger disk, as an operator would do it.
          let moved = office.folder.appendingPathComponent("larger")
          _ = try await office.tool("/bin/cp", ["-a", office.state.path, moved.path])
          try office.write(setup.text(state: moved.path), to: "dunningd.toml")
          try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:30")
          let all = sink.recipients
          #expect(all.count == Set(all).count, "somebody got two")
          #expect(all.count >= 38, "at most two in doubt: \(all.count)")
          try await office.expect(0, "journal", "verify")
        }
      }
    }

    @Test("files are 0600 and folders closed to others, whatever the umask")
    func modes() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        let setup = Setup(sink: sink)
        let state = office.folder.appendingPathComponent("fresh").path
        try office.write(setup.text(state: state), to: "dunningd.toml")
        try office.books(Samples.invoices)
        let run = try await office.tool(
          "/bin/sh",
          [
            "-c", "umask 000; exec \"$@\"", "sh", try Program.required(), "run", "--once", "--as-of",
            "2026-03-02T11:00",
            "--config", office.configuration.path,
          ])
        #expect(run.status == 0, "\(run)")
        let files = try await office.tool("/usr/bin/find", [state, "-type", "f", "-printf", "%m %P\n"])
        #expect(files.out.contains("journal/") && files.out.contains("messages/"), "\(files.out)")
        for line in files.out.split(separator: "\n") { #expect(line.hasPrefix("600 "), "\(line)") }
        let folders = try await office.tool("/usr/bin/find", [state, "-type", "d", "-printf", "%m %P\n"])
        for line in folders.out.split(separator: "\n") {
          #expect(line.split(separator: " ")[0].hasSuffix("0"), "\(line)")
        }
      }
    }

    @Test("the password is nowhere: not on the terminal, not in the journal, not in what is kept")
    func passwordNowhere() async throws {
      try await scenario { office in
        let box = try await office.makeCertificates().path
        let sink = try await office.sink(
          options: [
            "--tls", "starttls", "--cert", "\(box)/server.pem", "--key", "\(box)/server.key", "--mechanisms",
            "PLAIN LOGIN", "--require-auth", "ar:hunter2-t0psecret",
          ])
        var setup = Setup(sink: sink)
        setup.security = "starttls"
        setup.mail = """
          username = "ar"
          password = { file = "password" }
          ca_file = "\(box)/ca.pem"
          """
        try office.configure(setup)
        try office.write("hunter2-t0psecret\n", to: "password")
        try FileManager.default.setAttributes(
          [.posixPermissions: 0o600], ofItemAtPath: office.folder.appendingPathComponent("password").path)
        try office.books(Samples.invoices)
        var said = ""
        for words in [
          ["check"], ["check", "--online"], ["preview", "--days", "30", "--as-of", "2026-03-02T11:00"],
          ["run", "--once", "--as-of", "2026-03-02T11:00"], ["journal", "list", "--format", "json"],
          ["explain", "A-1", "--as-of", "2026-03-02T11:10"],
        ] {
          let outcome = try await office.start(words).finish()
          #expect(outcome.status == 0, "\(outcome)")
          said += outcome.said
        }
        #expect(sink.messages.count == 2)
        #expect(!said.contains("t0psecret"))
        let found = try await office.tool("/bin/grep", ["-rl", "t0psecret", office.state.path])
        #expect(found.out.isEmpty, "\(found)")
        let encoded = Data("\0ar\0hunter2-t0psecret".utf8).base64EncodedString()
        #expect(!said.contains(encoded))
        #expect(!said.contains("mail message") || true)
      }
    }

    @Test("the log of a cycle names no address and holds no message", arguments: [[String](), ["--format", "json"]])
    func quietLog(format: [String]) async throws {
      try await scenario { office in
        let sink = try await office.sink("rcpt=550 5.1.1 <beta@two.test> unknown:to two.test")
        try office.configure(Setup(sink: sink))
        try office.books(Samples.invoices)
        let run = try await office.start(["run", "--once", "--as-of", "2026-03-02T11:00"] + format).finish()
        #expect(run.status == 0, "\(run)")
        #expect(!run.err.contains("DE89") && !run.err.contains("Please pay"), "no message bodies in logs: \(run)")
      }
    }

    @Test(
      "a clock that was set back by a day: nothing is sent, and it is said",
      .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/faketime"), "faketime is not installed"))
    func clockSetBack() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(Samples.head + "A-1,K-1,2026-01-21,2026-02-20,120.00,EUR\n")
        try await office.expect(0, "run", "--once")
        #expect(sink.messages.count == 1)
        try office.books(Samples.invoices)
        let lines = office.journalLines
        let run = try await office.launch(
          "/usr/bin/faketime",
          ["-f", "-1d", try Program.required(), "run", "--once", "--config", office.configuration.path]
        ).finish()
        #expect([74, 75].contains(run.status) && run.err.contains("clock"), "\(run)")
        #expect(sink.messages.count == 1 && office.journalLines == lines)
        let hold = try await office.launch(
          "/usr/bin/faketime",
          ["-f", "-1d", try Program.required(), "hold", "K-2", "--reason", "x", "--config", office.configuration.path]
        ).finish()
        #expect(hold.status != 0 && hold.err.contains("clock"), "\(hold)")
        try await office.expect(0, "run", "--once")
        #expect(sink.recipients.contains("beta@two.test"))
      }
    }

    @Test("STATE_DIRECTORY is the place of the journal where the configuration names none")
    func stateDirectory() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        let text = Setup(sink: sink).text(state: "").replacingOccurrences(of: "directory = \"\"", with: "")
        try office.write(text, to: "dunningd.toml")
        try office.books(Samples.invoices)
        try await office.expect(
          0, "run", "--once", "--as-of", "2026-03-02T11:00", environment: ["STATE_DIRECTORY": office.state.path])
        #expect(!office.journalFiles.isEmpty)
        try await office.expect(0, "journal", "verify", environment: ["STATE_DIRECTORY": office.state.path])
      }
    }
  }
}
