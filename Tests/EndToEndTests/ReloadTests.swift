import Foundation
import Testing

extension EndToEnd {
  @Suite("A reload") struct Reload {
    @Test("reload gives the verdict: a bad file changes nothing and every mistake is said; a good one holds at once")
    func reload() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Setup.everySecond(sink)
        setup.contact = "ignore_due_before = 2030-01-01"
        try office.configure(setup)
        try office.books(Samples.head + Samples.overdue("A-1", "K-1", late: 7))
        let daemon = try await office.startedDaemon()
        let old = try await office.daemonStatus()["policy"]

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
        #expect(try await office.daemonStatus()["policy"] == old && daemon.isRunning)
        #expect(sink.messages.isEmpty && office.records("daemon.reloaded").isEmpty)
        #expect(daemon.err.contains("<3>not reloaded"), "\(daemon.err)")

        setup.contact = ""
        try office.configure(setup)
        try await office.expect(0, "reload")
        #expect(await sink.waitFor(messages: 1))
        #expect(try await office.daemonStatus()["policy"] != old)
        #expect(office.records("daemon.reloaded").count == 1)
        setup.contact = "resume_after = \"3d\""
        try office.configure(setup)
        daemon.send(SIGHUP)
        #expect(await until(10) { office.records("daemon.reloaded").count == 2 })
      }
    }

    @Test(
      "[http] listen: a file there stays, and the daemon refuses; a change of it takes a restart, and reload says so")
    func listenPath() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Setup.everySecond(sink)
        let books = office.folder.appendingPathComponent("precious").path
        try "mine".write(toFile: books, atomically: true, encoding: .utf8)
        setup.more += "\n[http]\nlisten = \"\(books)\""
        try office.configure(setup)
        try office.books(Samples.head)
        let refused = try await office.start(["run"]).finish(within: 20)
        #expect(refused.status == 78 && refused.err.contains("stands there, and stays"), "\(refused)")
        #expect(try String(contentsOfFile: books, encoding: .utf8) == "mine")

        try office.configure(Setup.everySecond(sink))
        _ = try await office.startedDaemon()
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
        var setup = Setup.everySecond(sink)
        setup.mail = "in_doubt = \"resend\""
        try office.configure(setup)
        try office.books(Samples.head + Samples.overdue("A-1", "K-1", late: 7))
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
        try await office.nextCycle()
        #expect(sink.messages.count == 1 && office.records("contact.intended").count == 1)
      }
    }
  }
}
