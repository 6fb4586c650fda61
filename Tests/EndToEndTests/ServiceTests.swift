import Foundation
import Testing

extension EndToEnd {
  @Suite("The daemon") struct Service {
    private static let days = 86_400.0

    /// An invoice of `customer` that is as many days past due on the real clock's today.
    private static func row(_ number: String, _ customer: String, late days: Int) -> String {
      let due = Date(timeIntervalSinceNow: -Double(days) * Self.days).ISO8601Format().prefix(10)
      return "\(number),\(customer),2026-01-01,\(due),50.00,EUR\n"
    }

    private static func setup(_ sink: Sink?) -> Setup {
      var setup = Setup(sink: sink)
      setup.more = "[cycle]\nevery = \"1s\""
      return setup
    }

    /// Starts it and waits until it answers.
    private static func started(_ office: Office, environment: [String: String] = [:]) async throws -> Program {
      let daemon = try office.start(["run"], environment: environment)
      for _ in 0..<200 where daemon.isRunning {
        if try await office.run("status").status == 0 { return daemon }
        try await Task.sleep(for: .milliseconds(50))
      }
      Issue.record("it does not start: \(daemon.err)")
      return daemon
    }

    private static func status(_ office: Office) async throws -> JSON {
      let outcome = try await office.expect(0, "status", "--format", "json")
      return outcome.lines.first ?? .missing
    }

    /// Waits until a cycle has ended that began after now.
    private static func nextCycle(_ office: Office) async throws {
      let now = Date().ISO8601Format()
      for _ in 0..<200 {
        if (try await status(office)["last_cycle"]["began"].text ?? "") > now { return }
        try await Task.sleep(for: .milliseconds(50))
      }
      Issue.record("no cycle comes")
    }

    @Test("it runs cycle after cycle, sends what is due once, says how it does, and stops at once when idle, with 0")
    func runs() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Self.setup(sink))
        try office.books(Samples.head + Self.row("A-1", "K-1", late: 7))
        let daemon = try await Self.started(office)
        #expect(await sink.waitFor(messages: 1))
        try office.books(Samples.head + Self.row("A-1", "K-1", late: 7) + Self.row("B-1", "K-2", late: 6))
        #expect(await sink.waitFor(messages: 2))
        try await Self.nextCycle(office)
        #expect(sink.recipients == ["alpha@one.test", "beta@two.test"])
        let status = try await Self.status(office)
        #expect(["waiting", "cycle"].contains(status["state"].text) && status["breaker"].text == "closed", "\(status)")
        #expect(status["doubts"].int == 0 && status["waiting_for_approval"].int == 0 && status["next_cycle"].isPresent)
        let next = status["next_contacts"].list.map { "\($0["customer"].text ?? "") \($0["step"].text ?? "")" }
        #expect(next == ["K-1 second", "K-2 second"], "\(status)")
        let words = try await office.expect(0, "status")
        #expect(words.out.contains("next cycle") && words.out.contains("in doubt"), "\(words)")

        let before = ContinuousClock.now
        daemon.send(SIGTERM)
        let outcome = await daemon.finish(within: 20)
        #expect(outcome.status == 0 && !outcome.timedOut, "\(outcome)")
        #expect(ContinuousClock.now - before < .seconds(10))
        #expect(outcome.err.split(separator: "\n").allSatisfy { $0.hasPrefix("<") }, "a priority a line: \(outcome)")
        #expect(!outcome.err.contains("one.test"), "no address in the log: \(outcome)")
        #expect(office.records("daemon.started").count == 1 && office.records("daemon.stopped").count == 1)
        #expect(!FileManager.default.fileExists(atPath: office.state.appendingPathComponent("control").path))
        let gone = try await office.expect(69, "status")
        #expect(gone.err.contains("no daemon runs"), "\(gone)")
        try await office.expect(0, "journal", "verify")
      }
    }

    @Test("reload gives the verdict: a bad file changes nothing and every mistake is said; a good one holds at once")
    func reload() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Self.setup(sink)
        setup.contact = "ignore_due_before = 2030-01-01"
        try office.configure(setup)
        try office.books(Samples.head + Self.row("A-1", "K-1", late: 7))
        let daemon = try await Self.started(office)
        let old = try await Self.status(office)["policy"]

        var bad = setup
        bad.contact = "ignore_due_befor = 2020-01-01\nmin_gap = \"x\""
        try office.configure(bad)
        let refused = try await office.expect(78, "reload")
        #expect(refused.err.contains("ignore_due_befor") && refused.err.contains("min_gap"), "\(refused)")
        // A person can step in all the same: the daemon runs on the old one, and so does what it does for callers.
        try await office.expect(0, "note", "K-1", "--text", "while the file is wrong")
        #expect(office.records("note.added").count == 1)
        daemon.send(SIGHUP)
        try await Task.sleep(for: .milliseconds(300))
        #expect(try await Self.status(office)["policy"] == old && daemon.isRunning)
        #expect(sink.messages.isEmpty && office.records("daemon.reloaded").isEmpty)
        #expect(daemon.err.contains("<3>not reloaded"), "\(daemon.err)")

        setup.contact = ""
        try office.configure(setup)
        try await office.expect(0, "reload")
        #expect(await sink.waitFor(messages: 1))
        #expect(try await Self.status(office)["policy"] != old)
        #expect(office.records("daemon.reloaded").count == 1)
        setup.contact = "resume_after = \"3d\""
        try office.configure(setup)
        daemon.send(SIGHUP)
        #expect(await until(10) { office.records("daemon.reloaded").count == 2 })
      }
    }

    @Test("/healthz and /metrics on loopback: figures, and no name, address or number")
    func metrics() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Self.setup(sink)
        let socket = office.folder.appendingPathComponent("http").path
        setup.more += "\n[http]\nlisten = \"\(socket)\""
        try office.configure(setup)
        try office.books(Samples.head + Self.row("A-1", "K-1", late: 7))
        _ = try await Self.started(office)
        #expect(await sink.waitFor(messages: 1))
        try await Self.nextCycle(office)
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
        var setup = Self.setup(sink)
        let socket = office.folder.appendingPathComponent("http").path
        setup.more += "\n[http]\nlisten = \"\(socket)\""
        try office.configure(setup)
        try office.books(Samples.head)
        let daemon = try await Self.started(office)
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
        try await Self.nextCycle(office)
        try await Self.nextCycle(office)
        let page = try await office.tool(
          "/usr/bin/curl", ["-sS", "--max-time", "5", "--unix-socket", socket, "http://localhost/healthz"])
        #expect(page.out == "ok\n", "\(page)")
        daemon.send(SIGTERM)
        let outcome = await daemon.finish(within: 20)
        #expect(outcome.status == 0 && !outcome.timedOut, "\(outcome)")
        crowd.send(SIGTERM)
      }
    }

    @Test(
      "[http] listen: a file there stays, and the daemon refuses; a change of it takes a restart, and reload says so")
    func listenPath() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Self.setup(sink)
        let books = office.folder.appendingPathComponent("precious").path
        try "mine".write(toFile: books, atomically: true, encoding: .utf8)
        setup.more += "\n[http]\nlisten = \"\(books)\""
        try office.configure(setup)
        try office.books(Samples.head)
        let refused = try await office.start(["run"]).finish(within: 20)
        #expect(refused.status == 78 && refused.err.contains("stands there, and stays"), "\(refused)")
        #expect(try String(contentsOfFile: books, encoding: .utf8) == "mine")

        try office.configure(Self.setup(sink))
        _ = try await Self.started(office)
        try office.configure(setup)
        let reload = try await office.expect(78, "reload")
        #expect(reload.err.contains("[http] changed"), "\(reload)")
      }
    }

    @Test(
      "a reload while the clock is wrong loses no outcome: it is recorded when the clock is right, and nobody gets two")
    func reloadWithWrongClock() async throws {
      try await scenario { office in
        let sink = try await office.sink("dot=delay 3:only 1")
        let clock = try await ShiftedClock(office)
        var setup = Self.setup(sink)
        setup.mail = "in_doubt = \"resend\""
        try office.configure(setup)
        try office.books(Samples.head + Self.row("A-1", "K-1", late: 7))
        let daemon = try office.start(["run"], environment: clock.environment)
        #expect(await sink.waitFor(command: "DATA"), "\(daemon.err)")
        try clock.set(seconds: -60)
        #expect(await sink.waitFor(messages: 1))
        #expect(await until(20) { daemon.err.contains("clock") }, "\(daemon.err)")
        #expect(office.records("contact.sent").isEmpty)
        setup.contact = "resume_after = \"3d\""
        try office.configure(setup)
        try await office.expect(0, "reload")
        try clock.set(seconds: 0)
        #expect(await until(20) { office.records("contact.sent").count == 1 }, "\(daemon.err)")
        try await Self.nextCycle(office)
        #expect(sink.messages.count == 1 && office.records("contact.intended").count == 1)
      }
    }

    @Test("before the first cycle of the day, and after a person's word, status tells approvals and doubts as they are")
    func standing() async throws {
      try await scenario { office in
        let sink = try await office.sink("dot=accept-then-drop")
        var setup = Self.setup(sink)
        setup.schedules = """
          [[schedule]]
          name = "standard"
          steps = [
            { name = "first", day = 5, level = 1, template = "first" },
            { name = "final", day = 35, level = 3, template = "final", approval = true },
          ]
          """
        try office.configure(setup)
        try office.books(Samples.head + Self.row("A-1", "K-1", late: 7))
        let first = try await Self.started(office)
        #expect(await until(20) { office.records("contact.in_doubt").count == 1 }, "\(first.err)")
        #expect(try await Self.status(office)["doubts"].int == 1)
        first.send(SIGTERM)
        #expect(await first.finish(within: 20).status == 0)

        // Twelve hours from now no cycle of this test begins.
        let hour = (Calendar(identifier: .gregorian).component(.hour, from: Date()) + 12) % 24
        setup.more = "[cycle]\nat = [\"\(hour < 10 ? "0" : "")\(hour):30\"]"
        setup.contact = "approval_ahead = \"30d\""
        try office.configure(setup)
        try office.books(Samples.head + Self.row("A-1", "K-1", late: 7) + "A-2,K-2,2026-01-01,someday,1.00,EUR\n")
        let daemon = try await Self.started(office)
        var status = try await Self.status(office)
        #expect(status["doubts"].int == 1 && status["waiting_for_approval"].int == 1, "\(status)")
        #expect(status["bad_rows"].int == 1 && status["last_cycle"] == .null, "\(status)")
        let contact = office.records("contact.intended").first?["contact"].text ?? ""
        try await office.expect(0, "resolve", contact, "--sent")
        let waiting = try await office.expect(0, "approve", "--format", "json").lines.first
        try await office.expect(0, "approve", waiting?["contact"].text ?? "")
        status = try await Self.status(office)
        #expect(status["doubts"].int == 0 && status["waiting_for_approval"].int == 0, "\(status) \(daemon.err)")
      }
    }

    @Test("what keeps it from starting is one line of the log, with the priority of an error")
    func fatal() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Self.setup(sink)
        setup.contact = "min_gapp = \"7d\"\nmin_balances = 3"
        try office.configure(setup)
        try office.books(Samples.head)
        let wrong = try await office.start(["run"]).finish(within: 20)
        let lines = wrong.err.split(separator: "\n")
        #expect(wrong.status == 78 && lines.count == 1, "\(wrong)")
        #expect(lines.first?.hasPrefix("<3>") == true && wrong.err.contains("min_gapp"), "\(wrong)")

        // The sink's own port: another program listens there. That passes, so the service manager tries again.
        setup.contact = ""
        setup.more += "\n[http]\nlisten = \"127.0.0.1:\(sink.port)\""
        try office.configure(setup)
        let taken = try await office.start(["run"]).finish(within: 20)
        #expect(taken.status == 75 && taken.err.hasPrefix("<3>http.listen: 127.0.0.1:\(sink.port)"), "\(taken)")
      }
    }

    @Test("a bad row is told once, not in each cycle, and stands in the status until it is corrected")
    func badRowOnce() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Self.setup(sink))
        try office.books(Samples.head + "A-1,K-1,2026-01-01,someday,1.00,EUR\n")
        let daemon = try await Self.started(office)
        for _ in 1...3 { try await Self.nextCycle(office) }
        #expect(daemon.err.components(separatedBy: "someday").count == 2, "\(daemon.err)")
        #expect(try await Self.status(office)["bad_rows"].int == 1)
        try office.books(Samples.head + Self.row("A-1", "K-1", late: -60))
        for _ in 1...2 { try await Self.nextCycle(office) }
        #expect(try await Self.status(office)["bad_rows"].int == 0)
      }
    }

    @Test("what waits for its place in the pace can still be stopped, by a hold and by SIGTERM")
    func pace() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Self.setup(sink)
        setup.mail = "connections = 4\nmax_per_minute = 12"
        try office.configure(setup)
        let customers =
          "id,name,email\n" + (1...8).map { "C-\($0),Customer \($0),someone@c\($0).test\n" }.joined()
        try office.books(
          Samples.head + (1...8).map { Self.row("N-\($0)", "C-\($0)", late: 7) }.joined(), customers: customers)
        let daemon = try office.start(["run"])
        #expect(await sink.waitFor(messages: 1), "\(daemon.err)")
        #expect(await until(20) { office.records("contact.intended").count >= 3 })
        try await office.expect(0, "hold", "C-2", "C-3", "--reason", "paid today")
        #expect(await sink.waitFor(messages: 2))
        let before = ContinuousClock.now
        daemon.send(SIGTERM)
        let outcome = await daemon.finish(within: 30)
        #expect(outcome.status == 0 && ContinuousClock.now - before < .seconds(15), "\(outcome)")
        #expect(!sink.recipients.contains("someone@c2.test") && !sink.recipients.contains("someone@c3.test"))
        #expect(sink.recipients.count < 6, "\(sink.recipients)")
        // Each intent has its outcome, and none of them is in doubt.
        #expect(office.records("contact.in_doubt").isEmpty)
        let outcomes = office.records("contact.sent").count + office.records("contact.deferred").count
        #expect(outcomes == office.records("contact.intended").count)
      }
    }

    @Test("a second daemon, and run --once beside it, end at once with 75")
    func second() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Self.setup(sink))
        try office.books(Samples.head)
        _ = try await Self.started(office)
        for words in [["run"], ["run", "--once"]] {
          let other = try await office.start(words).finish(within: 20)
          #expect(other.status == 75 && other.err.contains("daemon.lock"), "\(other)")
        }
        #expect(try await Self.status(office)["state"].isPresent, "the first one goes on")
      }
    }

    @Test("an intervention goes through the daemon: it stops what has not begun, and says what comes next")
    func intervention() async throws {
      try await scenario { office in
        let sink = try await office.sink("rcpt=delay 3:only 1")
        var setup = Self.setup(sink)
        setup.mail = "connections = 1"
        try office.configure(setup)
        let customers =
          "id,name,email\n" + (1...8).map { "C-\($0),Customer \($0),someone@c\($0).test\n" }.joined()
        try office.books(
          Samples.head + (1...8).map { Self.row("N-\($0)", "C-\($0)", late: 7) }.joined(), customers: customers)
        let daemon = try office.start(["run"])
        #expect(await sink.waitFor(command: "RCPT"), "\(daemon.err)")
        let first = try #require(sink.commands.first { $0.hasPrefix("RCPT") })
        let held = (4...8).filter { !first.contains("@c\($0).test") }
        let hold = try await office.start(["hold"] + held.map { "C-\($0)" } + ["--reason", "stop", "--by", "Erika"])
          .finish(within: 30)
        #expect(hold.status == 0 && hold.out.contains("is on hold by Erika"), "\(hold)")
        #expect(await sink.waitFor(messages: 8 - held.count))
        try await Self.nextCycle(office)
        #expect(held.filter { sink.recipients.contains("someone@c\($0).test") }.isEmpty, "\(sink.recipients)")
        #expect(office.records("hold.placed").allSatisfy { $0["by"].text == "Erika" })
      }
    }

    @Test(
      "members of the group may step in and are named by the kernel; others may not",
      .enabled(if: getuid() == 0, "needs root to become other users"))
    func callers() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Self.setup(sink))
        try office.books(Samples.head + Self.row("A-1", "K-1", late: 1))
        for path in [office.folder.path, office.state.path, office.ledger.path] {
          try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        }
        _ = try await Self.started(office)
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

    @Test("killed in the midst of sending and started again: nobody gets two, the doubt is shown")
    func killed() async throws {
      try await scenario { office in
        let hanging = try await office.sink("dot=accept-then-hang:after 2")
        try office.configure(Self.setup(hanging))
        let customers =
          "id,name,email\n" + (1...6).map { "C-\($0),Customer \($0),someone@c\($0).test\n" }.joined()
        try office.books(
          Samples.head + (1...6).map { Self.row("N-\($0)", "C-\($0)", late: 7) }.joined(), customers: customers)
        let daemon = try office.start(["run"])
        #expect(await hanging.waitFor(messages: 3), "\(daemon.err)")
        daemon.send(SIGKILL)
        _ = await daemon.finish(within: 10)
        await hanging.program.end()
        let sink = try await office.sink()
        try office.configure(Self.setup(sink))
        _ = try await Self.started(office)
        try await Self.nextCycle(office)
        let took = hanging.recipients + sink.recipients
        #expect(took.count == Set(took).count, "somebody got two: \(took)")
        #expect(try await Self.status(office)["doubts"].int ?? 0 >= 1)
        try await office.expect(0, "journal", "verify")
      }
    }

    @Test("a ledger that cannot be used, or a mail server that is gone, does not end it")
    func goesOn() async throws {
      try await scenario { office in
        try office.configure(Self.setup(nil))
        var setup = Self.setup(nil)
        setup.mailURL = "smtp://localhost:1"
        try office.configure(setup)
        try office.write("", to: "ledger/invoices.csv")
        let daemon = try await Self.started(office)
        #expect(await until(10) { daemon.err.contains("<3>cycle ended") }, "\(daemon.err)")
        let status = try await Self.status(office)
        #expect(status["last_cycle"]["trouble"].text?.contains("invoices.csv") == true, "\(status)")
        let sink = try await office.sink()
        try office.configure(Self.setup(sink))
        try office.books(Samples.head + Self.row("A-1", "K-1", late: 7))
        try await office.expect(0, "reload")
        #expect(await sink.waitFor(messages: 1))
      }
    }
  }
}
