import Foundation
import Testing

extension EndToEnd {
  @Suite("Under a real systemd") struct Systemd {
    private static let needs = "root and systemd-nspawn: scripts/install-needed test"
    private static var isPossible: Bool {
      getuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-nspawn")
    }

    /// Runs a probe in a box with dunningd installed as `make install` does it; what it said, by name.
    private static func probe(
      _ name: String, _ office: Office, tools: [String], isPrepared: Bool = false
    ) async throws -> [String: String]? {
      let stage = office.folder.appendingPathComponent("stage").path
      let install = try await office.tool(
        "/usr/bin/make",
        [
          "-C", Places.repository.path, "install", "DESTDIR=\(stage)", "PREFIX=/usr",
          "BINARY=\(try Program.required())",
        ])
      try #require(install.status == 0, "\(install)")
      func support(_ name: String) -> String { Places.support.appendingPathComponent(name).path }
      let copies = [
        "\(stage)/usr/bin/dunningd:/usr/bin/dunningd",
        "\(stage)/usr/lib/systemd/system/dunningd.service:/etc/systemd/system/dunningd.service",
        "\(stage)/usr/lib/sysusers.d/dunningd.conf:/usr/lib/sysusers.d/dunningd.conf",
        "\(stage)/etc/dunningd:/etc/dunningd",
      ]
      let tools = tools.map { "\($0.hasPrefix("/") ? $0 : support($0)):/opt/\($0.split(separator: "/").last ?? "")" }
      return try await box(office, copies + tools, name, isPrepared: isPrepared)
    }

    /// What the probe said in a box with these files in it; nil where no box can be made.
    private static func box(
      _ office: Office, _ copies: [String], _ probe: String, isPrepared: Bool = false
    ) async throws -> [String: String]? {
      let box = try office.launch(
        Places.support.appendingPathComponent("systemd_box").path,
        copies.flatMap { ["--copy", $0] } + (isPrepared ? ["--prepare"] : []) + [
          "--timeout", "240", Places.support.appendingPathComponent(probe).path,
        ])
      let outcome = await box.finish(within: 300)
      if outcome.status == 125 {
        withKnownIssue("no box can be made here, so systemd is not tried: \(outcome.err)") { Issue.record("skipped") }
        return nil
      }
      var said: [String: String] = [:]
      for line in outcome.out.split(separator: "\n") {
        let words = line.split(separator: " ", maxSplits: 1)
        said[String(words[0])] = words.count > 1 ? String(words[1]) : ""
      }
      #expect(outcome.status == 0, "\(outcome)")
      return said
    }

    @Test(
      "the Debian package installs, upgrades while it runs, removes and purges; configuration and proof stay as they must",
      .enabled(if: isPossible, "\(needs)"))
    func package() async throws {
      try await scenario { office in
        let folder = office.folder.appendingPathComponent("package")
        let script = Places.repository.appendingPathComponent("scripts/make-deb").path
        let make = try await office.launch(
          "/bin/sh", ["-c", "cd \(Places.repository.path) && \(script) \(try Program.required()) \(folder.path)"]
        ).finish(within: 300)
        try #require(make.status == 0, "\(make)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let package = try #require(names.first { $0.hasSuffix(".deb") })
        guard
          let said = try await Self.box(
            office, ["\(folder.path)/\(package):/opt/dunningd.deb"], "package_probe.sh")
        else { return }
        let expected = [
          "install": "0", "installed-mode": "640 root dunningd", "not-started": "inactive", "start": "0",
          "upgrade": "0", "upgraded": "active", "runs-the-new-one": "yes", "kept": "# mine", "journal": "3",
          "remove": "0", "after-remove": "0 /etc/dunningd/dunningd.toml", "still-running": "0", "purge": "0",
          "after-purge": "0", "proof": "000001.jsonl",
        ]
        for (name, value) in expected.sorted(by: { $0.key < $1.key }) {
          #expect(said[name] == value, "\(name) in \(said.sorted { $0.key < $1.key })")
        }
      }
    }

    @Test(
      "boot before any mail server, a real Postfix and Dovecot, a clock set forward and back, a hang",
      .enabled(if: isPossible, "\(needs)"))
    func boot() async throws {
      try await scenario { office in
        try #require(
          FileManager.default.isExecutableFile(atPath: "/usr/sbin/postfix")
            && FileManager.default.isExecutableFile(atPath: "/usr/sbin/dovecot"),
          "Postfix and Dovecot are needed: scripts/install-needed test")
        let clock = try await ShiftedClock(office).library
        guard
          let said = try await Self.probe(
            "boot_probe.sh", office, tools: ["mail_server", "read_mail.py", clock], isPrepared: true)
        else { return }
        let expected = [
          "at-boot": "active", "deferred-at-boot": "1",
          "sent": "1", "queued": "1", "fetched": "1", "name": "1", "defects": "0", "tls": "1",
          "while-clock-is-wrong": "1", "recorded-while-clock-is-wrong": "0", "says-the-clock": "1",
          "alive-while-clock-is-wrong": "active", "after-clock-is-right": "2",
          "watchdog": "1", "after-hang": "active", "sent-after-hang": "3", "intended": "4", "verify": "0",
          "inbox-alpha": "1", "inbox-beta": "1", "inbox-gamma": "1",
        ]
        for (name, value) in expected.sorted(by: { $0.key < $1.key }) {
          #expect(said[name] == value, "\(name) in \(said.sorted { $0.key < $1.key })")
        }
      }
    }

    @Test(
      "killed again and again while it sends: systemd brings it back each time, nobody gets two, nobody is forgotten",
      .enabled(if: isPossible, "\(needs)"))
    func kills() async throws {
      try await scenario { office in
        // DUNNINGD_KILLS asks for more of them, as docs/faults.md does.
        let kills = Int(ProcessInfo.processInfo.environment["DUNNINGD_KILLS"] ?? "") ?? 8
        try office.write("\(kills)", to: "kills")
        let file = office.folder.appendingPathComponent("kills").path
        guard let said = try await Self.probe("kill_probe.sh", office, tools: ["smtp_sink.py", "office.py", file])
        else { return }
        let facts = said.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        if kills > 8 { print(facts) }
        let expected = [
          "active": "active", "stop": "success", "twice": "0", "without-intent": "0", "open": "0", "lost": "0",
          "verify": "0",
        ]
        for (name, value) in expected { #expect(said[name] == value, "\(name): \(facts)") }
        func number(_ name: String) -> Int { Int(said[name] ?? "") ?? -1 }
        #expect(number("restarts") >= kills, "\(facts)")
        #expect((0...8).contains(number("most-at-once")), "two a connection: \(facts)")
        #expect(number("taken") + number("doubts") - number("arrived") == number("customers"), "\(facts)")
      }
    }

    @Test(
      "start before the network, send, callers, reloads, kill, stop while sending, upgrade, full disk, wrong configuration",
      .enabled(if: isPossible, "\(needs)"))
    func life() async throws {
      try await scenario { office in
        guard let said = try await Self.probe("systemd_probe.sh", office, tools: ["smtp_sink.py"]) else { return }
        func expect(_ name: String, _ value: String, at place: SourceLocation = #_sourceLocation) {
          #expect(said[name] == value, "\(name): \(said.sorted { $0.key < $1.key })", sourceLocation: place)
        }
        expect("start", "0")
        #expect(Int(said["deferred"] ?? "") ?? 0 >= 1, "\(said)")
        #expect(said["status"]?.contains("next cycle") == true, "\(said)")
        expect("idle-stop", "success")
        expect("journal-gone", "65")
        #expect(Int(said["journal-gone-said"] ?? "") ?? 0 >= 1, "\(said)")
        expect("sent", "1")
        expect("member", "0")
        expect("author", "\"by\":\"erika\"")
        expect("stranger", "74")
        expect("second", "75")
        expect("good-reload", "0")
        expect("bad-reload", "1")
        expect("after-bad-reload", "active")
        expect("taken-after-kill", "3")
        expect("mailboxes", "3")
        expect("doubts", "1")
        expect("verify", "0")
        expect("stop", "success")
        expect("recorded-while-stopping", "1")
        expect("stopped", "\"type\":\"daemon.stopped\"")
        expect("status-after-upgrade", "0")
        expect("member-after-upgrade", "0")
        expect("restart", "0")
        #expect(Int(said["full-disk"] ?? "") ?? 0 >= 1, "\(said)")
        expect("full-disk-taken", "0")
        expect("wrong-configuration", "78")
        expect("restarts", "0")
        #expect(Double(said["exposure"] ?? "") ?? 10 <= 1.2, "\(said)")
        expect("secret", "0")
        #expect(Int(said["priorities"] ?? "") ?? 0 >= 1, "\(said)")
      }
    }
  }
}
