import Foundation
import Testing

extension EndToEnd {
  @Suite("Who calls the daemon") struct Callers {
    @Test("/healthz and /metrics on loopback: figures, and no name, address or number")
    func metrics() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Setup.everySecond(sink)
        let socket = office.folder.appendingPathComponent("http").path
        setup.more += "\n[http]\nlisten = \"\(socket)\""
        try office.configure(setup)
        try office.books(Samples.head + Samples.overdue("A-1", "K-1", late: 7))
        _ = try await office.startedDaemon()
        #expect(await sink.waitFor(messages: 1))
        try await office.nextCycle()
        func get(_ path: String) async throws -> Outcome {
          try await office.tool("/usr/bin/curl", ["-sS", "--unix-socket", socket, "http://localhost\(path)"])
        }
        #expect(try await get("/healthz").out == "ok\n")
        let text = try await get("/metrics").out
        for line in [
          "dunningd_contacts_total{channel=\"email\",level=\"1\",outcome=\"sent\"} 1", "dunningd_breaker_open 0",
          "dunningd_contacts_in_doubt 0", "# TYPE dunningd_cycles_total counter",
        ] {
          #expect(text.contains(line + "\n"), "\(line) in \(text)")
        }
        for name in ["ledger_age_seconds", "journal_bytes", "journal_sync_seconds", "next_cycle_timestamp_seconds"] {
          #expect(text.contains("\ndunningd_\(name) "), "\(name) in \(text)")
        }
        for secret in ["Alpha", "one.test", "A-1", "K-1"] { #expect(!text.contains(secret)) }
        #expect(try await get("/other").out.contains("/metrics"))
      }
    }

    @Test(
      "callers who say nothing, or piece by piece, hold nothing up: cycles, others, the end")
    func silentCallers() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Setup.everySecond(sink)
        let socket = office.folder.appendingPathComponent("http").path
        setup.more += "\n[http]\nlisten = \"\(socket)\""
        try office.configure(setup)
        try office.books(Samples.head)
        let daemon = try await office.startedDaemon()
        let control = office.state.appendingPathComponent("control").path
        // Twenty at each socket: half of them mute, half of them speak a byte each tenth of a second.
        let crowd = try office.launch(
          "/usr/bin/env",
          [
            "python3", "-c",
            """
            import socket, sys, time
            crowd = []
            for path in sys.argv[1:]:
                for _ in range(20):
                    one = socket.socket(socket.AF_UNIX)
                    one.connect(path)
                    crowd.append(one)
            print("there", flush=True)
            while True:
                for one in crowd[::2]:
                    try: one.send(b"G")
                    except OSError: pass
                time.sleep(0.1)
            """, socket, control,
          ])
        #expect(await until(10) { crowd.out.contains("there") }, "\(crowd.err)")
        try await office.nextCycle()
        try await office.nextCycle()
        let page = try await office.tool(
          "/usr/bin/curl", ["-sS", "--max-time", "5", "--unix-socket", socket, "http://localhost/healthz"])
        #expect(page.out == "ok\n", "\(page)")
        daemon.send(SIGTERM)
        let outcome = await daemon.finish(within: 20)
        #expect(outcome.status == 0 && !outcome.timedOut, "\(outcome)")
        crowd.send(SIGTERM)
      }
    }

    @Test("an intervention goes through the daemon: it stops what has not begun, and says what comes next")
    func intervention() async throws {
      try await scenario { office in
        let sink = try await office.sink("rcpt=delay 3:only 1")
        var setup = Setup.everySecond(sink)
        setup.mail = "connections = 1"
        try office.configure(setup)
        try office.lateBooks(8)
        let daemon = try office.start(["run"])
        #expect(await sink.waitFor(command: "RCPT"), "\(daemon.err)")
        let first = try #require(sink.commands.first { $0.hasPrefix("RCPT") })
        let held = (4...8).filter { !first.contains("@c\($0).test") }
        let hold = try await office.start(["hold"] + held.map { "C-\($0)" } + ["--reason", "stop", "--by", "Erika"])
          .finish(within: 30)
        #expect(hold.status == 0 && hold.out.contains("is on hold by Erika"), "\(hold)")
        #expect(await sink.waitFor(messages: 8 - held.count))
        try await office.nextCycle()
        #expect(held.filter { sink.recipients.contains("someone@c\($0).test") }.isEmpty, "\(sink.recipients)")
        #expect(office.records("hold.placed").allSatisfy { $0["by"].text == "Erika" })
      }
    }

    @Test("what stands in the files beside the configuration by now neither stops nor changes what a caller does")
    func pinnedFiles() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Setup(sink: sink)
        setup.more = "[cycle]\nevery = \"1h\""
        setup.schedules = """
          [[schedule]]
          name = "strict"
          steps = [{ name = "final", day = 5, level = 3, template = "house", approval = true, deadline = 10 }]
          """
        try office.configure(setup)
        try office.write("subject: Our own title\n\nOur own words.\n", to: "templates/en/house.mustache")
        try office.books(Samples.head + Samples.overdue("A-1", "K-1", late: 7))
        _ = try await office.startedDaemon()
        let waiting = try await office.expect(0, "approve", "--format", "json")
        let id = try #require(waiting.lines.first?["contact"].text, "\(waiting)")
        let shown = try await office.expect(0, "approve", id, "--show")
        #expect(shown.out.contains("Our own words."), "\(shown)")
        // Half-way through an edit: a reload would say so, and the daemon goes on with what it has.
        try office.write("this is no calendar", to: "holidays/DE.toml")
        try office.remove("templates/en/house.mustache")
        try await office.expect(0, "hold", "K-1", "--reason", "stop")
        #expect(office.records("hold.placed").count == 1)
        try await office.expect(78, "reload")
      }
    }

    @Test("a command line longer than the daemon reads is refused before it is sent, and status speaks CSV")
    func longLine() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup.everySecond(sink))
        try office.books(Samples.head + Samples.overdue("A-1", "K-1", late: 1))
        _ = try await office.startedDaemon()
        let long = try await office.expect(
          64, "note", "K-1", "--text", String(repeating: "long ", count: 14_000))
        #expect(long.err.contains("65536") && long.err.contains("nothing was recorded"), "\(long.err.suffix(300))")
        try await office.expect(0, "note", "K-1", "--text", String(repeating: "long ", count: 1_000))
        #expect(office.records("note.added").count == 1)
        let status = try await office.expect(0, "status", "--format", "csv")
        let lines = status.out.split(whereSeparator: \.isNewline)
        #expect(lines.count == 2 && lines[0].contains("next_cycle"), "\(status)")
      }
    }

    @Test("started without standard files it opens none of its own in their place")
    func noStandardFiles() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(Samples.invoices)
        let run = try await office.tool(
          "/bin/sh",
          [
            "-c", "exec \"$0\" run --once --as-of 2026-03-02T11:00 --config \"$1\" <&- >&- 2>&-",
            try Program.required(), office.configuration.path,
          ])
        #expect(run.status == 0, "\(run)")
        #expect(sink.messages.count == 2)
        let lock = try String(contentsOf: office.state.appendingPathComponent("daemon.lock"), encoding: .utf8)
        #expect(lock.allSatisfy { $0.isNumber || $0 == "\n" }, "\(lock)")
        try await office.expect(0, "journal", "verify")
      }
    }

    @Test(
      "members of the group may step in and are named by the kernel; others may not",
      .enabled(if: getuid() == 0, "needs root to become other users"))
    func callers() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup.everySecond(sink))
        try office.books(Samples.head + Samples.overdue("A-1", "K-1", late: 1))
        for path in [office.folder.path, office.state.path, office.ledger.path] {
          try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        }
        _ = try await office.startedDaemon()
        let socket = office.state.appendingPathComponent("control").path
        let mode = try FileManager.default.attributesOfItem(atPath: socket)[.posixPermissions] as? Int
        #expect(mode == 0o660)
        func call(group: String, _ words: [String]) async throws -> Outcome {
          try await office.launch(
            "/usr/bin/setpriv",
            ["--reuid=65534", "--regid=\(group)", "--clear-groups", try Program.required()] + words + [
              "--config", office.configuration.path,
            ]
          ).finish()
        }
        let group = try FileManager.default.attributesOfItem(atPath: socket)[.groupOwnerAccountID] as? Int ?? 0
        let member = try await call(group: "\(group)", ["note", "K-1", "--text", "called"])
        #expect(member.status == 0, "\(member)")
        #expect(office.records("note.added").map { $0["by"].text } == ["nobody"])
        let pretender = try await call(group: "\(group)", ["note", "K-1", "--text", "x", "--by", "boss"])
        #expect(pretender.status == 64 && pretender.err.contains("--by"), "\(pretender)")
        let stranger = try await call(group: "65534", ["note", "K-1", "--text", "x"])
        #expect(stranger.status == 74 && stranger.err.contains("ermission denied"), "\(stranger)")
        #expect(try await call(group: "65534", ["status"]).status == 74)
        #expect(office.records("note.added").count == 1)
      }
    }
  }
}
