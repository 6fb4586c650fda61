import Foundation
import Testing

extension EndToEnd {
  /// A share of the long runs that docs/faults.md tells of: the same scripts with small numbers.
  @Suite("Harm done to the program") struct Harm {
    @Test(
      "a share of each script: kills at random moments, calls to the disk that fail, a journal that was cut and changed",
      arguments: [
        ["kill-storm", "--times", "10", "--seed", "7", "--customers", "16"],
        ["kill-storm", "--daemon", "--times", "4", "--seed", "8", "--customers", "16"],
        ["disk-faults", "--share", "1/23", "--seed", "5"],
        ["journal-damage", "--share", "1/600", "--runs", "1/4"],
      ])
    func share(words: [String]) async throws {
      try await scenario { office in
        let script = Places.repository.appendingPathComponent("scripts/\(words[0])").path
        let run = try await office.launch(
          "/usr/bin/env",
          ["python3", script] + words.dropFirst() + [
            "--binary", try Program.required(), "--directory", office.folder.appendingPathComponent("harm").path,
          ]
        ).finish(within: 400)
        #expect(run.status == 0, "\(run)")
      }
    }

    private static var canMount: Bool {
      getuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/sbin/mkfs.ext4")
        && FileManager.default.fileExists(atPath: "/dev/loop-control")
    }

    @Test(
      "a disk that the kernel makes read-only in the midst of a send: 74, looking goes on, nobody gets two afterwards",
      .enabled(if: canMount, "needs root, loop devices and mkfs.ext4"))
    func readOnlyInTheMidst() async throws {
      try await scenario { office in
        let image = office.folder.appendingPathComponent("disk.img").path
        func tool(_ words: String...) async throws -> Outcome { try await office.tool("/usr/bin/env", words) }
        _ = try await tool("truncate", "-s", "8M", image)
        let made = try await tool("mkfs.ext4", "-q", image)
        try #require(made.status == 0, "\(made)")
        let mounted = try await tool("mount", "-o", "loop", image, office.state.path)
        guard mounted.status == 0 else {
          withKnownIssue("no loop mount is possible here: \(mounted.err)") { Issue.record("skipped") }
          return
        }
        do {
          try await Self.send(office, whileMountedFrom: image)
        } catch {
          _ = try await tool("umount", "-l", office.state.path)
          throw error
        }
        let unmounted = try await tool("umount", office.state.path)
        #expect(unmounted.status == 0, "\(unmounted)")
      }
    }

    private static func send(_ office: Office, whileMountedFrom image: String) async throws {
      let sink = try await office.sink("rcpt=delay 1.5:only 3")
      var setup = Setup(sink: sink)
      setup.mail = "connections = 1"
      try office.configure(setup)
      try RelayFaults.books(8, in: office)
      let running = try office.start(["run", "--once", "--as-of", "2026-03-02T11:00"])
      #expect(await until { sink.commands.filter { $0.hasPrefix("RCPT") }.count == 3 })
      // What ext4 does by itself when its disk fails (errors=remount-ro).
      let abort = try await office.tool("/bin/mount", ["-o", "remount,abort", office.state.path])
      try #require(abort.status == 0, "\(abort)")
      let run = await running.finish(within: 60)
      #expect(run.status == 74, "\(run)")
      #expect(run.err.contains(office.state.path) && run.err.contains("Read-only file system"), "\(run)")
      #expect(run.err.contains("mount it writable"), "\(run)")
      let before = sink.recipients
      #expect(before.count < 8, "it stops: \(before)")
      for words in [["explain", "N-8"], ["journal", "verify"], ["preview", "--days", "3"]] {
        let asOf = words[0] == "journal" ? [] : ["--as-of", "2026-03-02T11:10"]
        let look = try await office.start(words + asOf).finish()
        #expect(look.status == 0, "looking needs no writing: \(look)")
      }
      let hold = try await office.run("hold", "C-8", "--reason", "x", "--as-of", "2026-03-02T11:10")
      #expect(hold.status == 74 && hold.err.contains("mount it writable"), "\(hold)")
      let again = try await office.run("run", "--once", "--as-of", "2026-03-02T11:15")
      #expect(again.status == 74 && sink.recipients.count == before.count, "\(again)")

      // The disk is repaired and mounted anew.
      let unmounted = try await office.tool("/bin/umount", [office.state.path])
      #expect(unmounted.status == 0, "\(unmounted)")
      let checked = try await office.tool("/usr/bin/env", ["fsck.ext4", "-p", "-f", image])
      #expect([0, 1].contains(checked.status), "\(checked)")
      let mounted = try await office.tool("/bin/mount", ["-o", "loop", image, office.state.path])
      try #require(mounted.status == 0, "\(mounted)")
      try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:30")
      let all = sink.recipients
      #expect(all.count == Set(all).count, "somebody got two: \(all)")
      let doubts = office.records("contact.in_doubt").count
      #expect(doubts <= 2 && all.count + doubts >= 8, "\(all), \(doubts) in doubt")
      try await office.expect(0, "journal", "verify")
    }

    @Test("a sync that fails under the daemon: it ends with 74 and sends nothing more; started anew it sends the rest")
    func syncFailsUnderDaemon() async throws {
      try await scenario { office in
        let library = office.folder.appendingPathComponent("fault_disk.so").path
        let source = Places.support.appendingPathComponent("fault_disk.c").path
        let compiled = try await office.tool("/usr/bin/env", ["clang", "-shared", "-fPIC", "-o", library, source])
        try #require(compiled.status == 0, "\(compiled)")
        let sink = try await office.sink()
        var setup = Setup(sink: sink)
        setup.more = "[cycle]\nevery = \"1s\""
        try office.configure(setup)
        let head = "number,customer,name,email,issued,due,amount\n"
        func books(_ count: Int) throws {
          let rows = (1...count).map { "N-\($0),C-\($0),X,someone@c\($0).test,2026-01-01,\(Self.lately),50.00\n" }
          try office.write(head + rows.joined(), to: "ledger/new")
          let ledger = office.ledger.path
          #expect(rename(ledger + "/new", ledger + "/invoices.csv") == 0)
        }
        try books(2)
        try office.write("", to: "rules")
        let environment = ["LD_PRELOAD": library, "DISK_FAULT": office.folder.appendingPathComponent("rules").path]
        let daemon = try office.start(["run"], environment: environment)
        #expect(await sink.waitFor(messages: 2), "\(daemon.err)")
        #expect(await until { office.records("contact.sent").count == 2 }, "\(daemon.err)")
        try office.write("fdatasync journal/ 1 0 EIO\n", to: "rules")
        try books(5)
        let ended = await daemon.finish(within: 60)
        #expect(ended.status == 74 && !ended.timedOut, "\(ended)")
        #expect(ended.err.contains("Input/output error"), "\(ended)")
        #expect(sink.messages.count == 2, "nothing goes without its durable intent")

        let other = try office.start(["run"])
        // Whose intent did not reach the disk for sure may have got it, for all that a new start knows.
        #expect(await until { sink.messages.count + office.records("contact.in_doubt").count >= 5 }, "\(other.err)")
        other.send(SIGTERM)
        #expect(await other.finish(within: 30).status == 0)
        #expect(sink.recipients.count == Set(sink.recipients).count)
        try await office.expect(0, "journal", "verify")
      }
    }

    /// Ten days ago, by the machine's clock.
    private static var lately: String {
      Date(timeIntervalSinceNow: -10 * 86_400).ISO8601Format(.iso8601.year().month().day())
    }
  }
}
