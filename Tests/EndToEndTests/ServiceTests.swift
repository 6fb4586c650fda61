import Foundation
import Testing

extension EndToEnd {
  @Suite("The daemon") struct Service {
    @Test("it runs cycle after cycle, sends what is due once, says how it does, and stops at once when idle, with 0")
    func runs() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup.everySecond(sink))
        try office.books(Samples.head + Samples.overdue("A-1", "K-1", late: 7))
        let daemon = try await office.startedDaemon()
        #expect(await sink.waitFor(messages: 1))
        try office.books(Samples.head + Samples.overdue("A-1", "K-1", late: 7) + Samples.overdue("B-1", "K-2", late: 6))
        #expect(await sink.waitFor(messages: 2))
        try await office.nextCycle()
        #expect(sink.recipients == ["alpha@one.test", "beta@two.test"])
        let status = try await office.daemonStatus()
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

    @Test("before the first cycle of the day, and after a person's word, status tells approvals and doubts as they are")
    func standing() async throws {
      try await scenario { office in
        let sink = try await office.sink("dot=accept-then-drop")
        var setup = Setup.everySecond(sink)
        setup.schedules = """
          [[schedule]]
          name = "standard"
          steps = [
            { name = "first", day = 5, level = 1, template = "first" },
            { name = "final", day = 35, level = 3, template = "final", approval = true },
          ]
          """
        try office.configure(setup)
        try office.books(Samples.head + Samples.overdue("A-1", "K-1", late: 7))
        let first = try await office.startedDaemon()
        #expect(await until(20) { office.records("contact.in_doubt").count == 1 }, "\(first.err)")
        #expect(try await office.daemonStatus()["doubts"].int == 1)
        first.send(SIGTERM)
        #expect(await first.finish(within: 20).status == 0)

        // Twelve hours from now no cycle of this test begins.
        let hour = (Calendar(identifier: .gregorian).component(.hour, from: Date()) + 12) % 24
        setup.more = "[cycle]\nat = [\"\(hour < 10 ? "0" : "")\(hour):30\"]"
        setup.contact = "approval_ahead = \"30d\""
        try office.configure(setup)
        try office.books(
          Samples.head + Samples.overdue("A-1", "K-1", late: 7) + "A-2,K-2,2026-01-01,someday,1.00,EUR\n")
        let daemon = try await office.startedDaemon()
        var status = try await office.daemonStatus()
        #expect(status["doubts"].int == 1 && status["waiting_for_approval"].int == 1, "\(status)")
        #expect(status["bad_rows"].int == 1 && status["last_cycle"] == .null, "\(status)")
        let contact = office.records("contact.intended").first?["contact"].text ?? ""
        try await office.expect(0, "resolve", contact, "--sent")
        let waiting = try await office.expect(0, "approve", "--format", "json").lines.first
        try await office.expect(0, "approve", waiting?["contact"].text ?? "")
        status = try await office.daemonStatus()
        #expect(status["doubts"].int == 0 && status["waiting_for_approval"].int == 0, "\(status) \(daemon.err)")
      }
    }

    @Test("what keeps it from starting is one line of the log, with the priority of an error")
    func fatal() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Setup.everySecond(sink)
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
        try office.configure(Setup.everySecond(sink))
        try office.books(Samples.head + "A-1,K-1,2026-01-01,someday,1.00,EUR\n")
        let daemon = try await office.startedDaemon()
        for _ in 1...3 { try await office.nextCycle() }
        #expect(daemon.err.components(separatedBy: "the row cannot be taken").count == 2, "\(daemon.err)")
        #expect(!daemon.err.contains("someday"), "a cell may hold a name: \(daemon.err)")
        #expect(try await office.daemonStatus()["bad_rows"].int == 1)
        try office.books(Samples.head + Samples.overdue("A-1", "K-1", late: -60))
        for _ in 1...2 { try await office.nextCycle() }
        #expect(try await office.daemonStatus()["bad_rows"].int == 0)
      }
    }

    @Test("what waits for its place in the pace can still be stopped, by a hold and by SIGTERM")
    func pace() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Setup.everySecond(sink)
        setup.mail = "connections = 4\nmax_per_minute = 12"
        try office.configure(setup)
        try office.lateBooks(8)
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

    @Test("told to stop while the mail server hangs before a message, it stops at once, and nobody is in doubt")
    func hanging() async throws {
      try await scenario { office in
        let hanging = try await office.sink("rcpt=hang")
        try office.configure(Setup.everySecond(hanging))
        try office.lateBooks(3)
        let daemon = try office.start(["run"])
        #expect(await hanging.waitFor(command: "RCPT"), "\(daemon.err)")
        let before = ContinuousClock.now
        daemon.send(SIGTERM)
        let outcome = await daemon.finish(within: 60)
        #expect(outcome.status == 0 && ContinuousClock.now - before < .seconds(20), "\(outcome)")
        #expect(office.records("contact.in_doubt").isEmpty && hanging.messages.isEmpty)
        #expect(office.records("contact.deferred").count == office.records("contact.intended").count)
        try await office.expect(0, "journal", "verify")
      }
    }

    @Test("a second daemon, and run --once beside it, end at once with 75")
    func second() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup.everySecond(sink))
        try office.books(Samples.head)
        _ = try await office.startedDaemon()
        for words in [["run"], ["run", "--once"]] {
          let other = try await office.start(words).finish(within: 20)
          #expect(other.status == 75 && other.err.contains("daemon.lock"), "\(other)")
        }
        #expect(try await office.daemonStatus()["state"].isPresent, "the first one goes on")
      }
    }

    @Test("killed in the midst of sending and started again: nobody gets two, the doubt is shown")
    func killed() async throws {
      try await scenario { office in
        let hanging = try await office.sink("dot=accept-then-hang:after 2")
        try office.configure(Setup.everySecond(hanging))
        try office.lateBooks(6)
        let daemon = try office.start(["run"])
        #expect(await hanging.waitFor(messages: 3), "\(daemon.err)")
        daemon.send(SIGKILL)
        _ = await daemon.finish(within: 10)
        await hanging.program.end()
        let sink = try await office.sink()
        try office.configure(Setup.everySecond(sink))
        _ = try await office.startedDaemon()
        try await office.nextCycle()
        let took = hanging.recipients + sink.recipients
        #expect(took.count == Set(took).count, "somebody got two: \(took)")
        #expect(try await office.daemonStatus()["doubts"].int ?? 0 >= 1)
        try await office.expect(0, "journal", "verify")
      }
    }

    @Test("a ledger that cannot be used, or a mail server that is gone, does not end it")
    func goesOn() async throws {
      try await scenario { office in
        try office.configure(Setup.everySecond(nil))
        var setup = Setup.everySecond(nil)
        setup.mailURL = "smtp://localhost:1"
        try office.configure(setup)
        try office.write("", to: "ledger/invoices.csv")
        let daemon = try await office.startedDaemon()
        #expect(await until(10) { daemon.err.contains("<3>cycle ended") }, "\(daemon.err)")
        let status = try await office.daemonStatus()
        #expect(status["last_cycle"]["trouble"].text?.contains("invoices.csv") == true, "\(status)")
        let sink = try await office.sink()
        try office.configure(Setup.everySecond(sink))
        try office.books(Samples.head + Samples.overdue("A-1", "K-1", late: 7))
        try await office.expect(0, "reload")
        #expect(await sink.waitFor(messages: 1))
      }
    }
  }
}
