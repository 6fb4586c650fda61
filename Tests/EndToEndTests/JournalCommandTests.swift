import Foundation
import Testing

extension EndToEnd {
  @Suite("The journal by its commands") struct JournalCommands {
    /// An office with two contacts, a note and a hold in its journal.
    private static func written(_ office: Office) async throws {
      let sink = try await office.sink()
      try office.configure(Setup(sink: sink))
      try office.books(Samples.invoices)
      try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
      try await office.expect(0, "note", "K-1", "--text", "called", "--as-of", "2026-03-03T11:00")
      try await office.expect(0, "hold", "B-1", "--reason", "price", "--as-of", "2026-03-04T11:00")
      try await office.expect(0, "run", "--once", "--as-of", "2026-03-09T11:00")
    }

    @Test("what cannot be printed is no success: a full disk behind standard output")
    func fullOutput() async throws {
      try await scenario { office in
        try await Self.written(office)
        let binary = try Program.required()
        for words in ["journal export", "journal list --format json", "explain K-1"] {
          let outcome = try await office.tool(
            "/bin/sh", ["-c", "'\(binary)' \(words) --config '\(office.configuration.path)' > /dev/full"])
          #expect(outcome.status == 74, "\(words): \(outcome)")
          #expect(outcome.err.contains("No space left on device"), "\(outcome)")
          #expect(!outcome.err.contains("records up to"), "it vouches for nothing: \(outcome)")
        }
      }
    }

    @Test("a journal that has lost its end is found by every command, and nothing is sent on it")
    func lostEnd() async throws {
      try await scenario { office in
        try await Self.written(office)
        let file = office.journalFolder.appendingPathComponent("000001.jsonl")
        let whole = try Data(contentsOf: file)
        let lines = whole.split(separator: 0x0A, omittingEmptySubsequences: true)
        for kept in [Data(), Data(lines[0]) + Data([0x0A]), Data(lines[..<3].joined(separator: [0x0A])) + Data([0x0A])]
        {
          try kept.write(to: file)
          for words in [["run", "--once"], ["check"], ["journal", "verify"], ["explain", "K-1"]] {
            let outcome = try await office.start(words).finish()
            #expect(outcome.status == 65, "\(words): \(outcome)")
            #expect(outcome.err.contains("reached.json") || outcome.out.contains("reached.json"), "\(outcome)")
          }
          #expect(try Data(contentsOf: file) == kept)
        }
        try whole.write(to: file)
        try await office.expect(0, "journal", "verify")
      }
    }

    @Test("list shows the records as written, oldest first, and every filter at once")
    func filters() async throws {
      try await scenario { office in
        try await Self.written(office)
        func list(_ words: String...) async throws -> [JSON] {
          let outcome = try await office.start(["journal", "list", "--format", "json"] + words).finish()
          #expect(outcome.status == 0, "\(outcome)")
          return outcome.lines
        }
        let all = try await list()
        #expect(all == office.journal, "as written")
        #expect(all.map { $0["seq"].int ?? 0 } == Array(1...all.count), "oldest first")

        let intended = try await list("--type", "contact.intended")
        #expect(!intended.isEmpty && intended.allSatisfy { $0["type"].text == "contact.intended" })
        #expect(intended.count == office.records("contact.intended").count)

        let ofCustomer = try await list("--customer", "K-1")
        #expect(Set(ofCustomer.compactMap { $0["type"].text }).isSuperset(of: ["contact.intended", "note.added"]))
        #expect(ofCustomer.allSatisfy { ($0["customer"].text ?? "K-1") == "K-1" })
        #expect(
          Set(ofCustomer.compactMap { $0["type"].text }).contains("contact.sent"),
          "the outcome of a contact with the customer is the customer's")

        let ofInvoice = try await list("--invoice", "B-1")
        #expect(Set(ofInvoice.compactMap { $0["type"].text }).isSuperset(of: ["contact.intended", "hold.placed"]))
        #expect(ofInvoice.allSatisfy { ($0["customer"].text ?? "K-2") == "K-2" }, "\(ofInvoice)")

        let since = try await list("--since", "2026-03-04T11:00")
        #expect(!since.isEmpty && since.count < all.count)
        #expect(since.allSatisfy { ($0["time"].text ?? "") >= "2026-03-04T10:00:00.000Z" })
        let until = try await list("--until", "2026-03-05")
        #expect(until.allSatisfy { ($0["time"].text ?? "") < "2026-03-04T23:00:00.000Z" }, "00:00 in Berlin")
        #expect(until.contains { $0["type"].text == "hold.placed" })
        #expect(try await list("--until", "2026-03-04").contains { $0["type"].text == "hold.placed" } == false)
        #expect(since.filter { ($0["time"].text ?? "") < "2026-03-05" }.count == 1)

        let together = try await list(
          "--type", "contact.intended", "--customer", "K-1", "--invoice", "A-1", "--since", "2026-03-03", "--until",
          "2026-03-31")
        #expect(together.count == 1 && together[0]["invoices"][0]["step"].text == "second", "\(together)")
        #expect(try await list("--type", "contact.intended", "--customer", "K-2", "--since", "2026-03-03").isEmpty)
      }
    }

    @Test("show gives one record by its number, and everything of one contact")
    func show() async throws {
      try await scenario { office in
        try await Self.written(office)
        let one = try await office.expect(0, "journal", "show", "1", "--format", "json")
        #expect(one.lines.first == office.journal.first, "\(one)")
        let contact = try #require(office.records("contact.intended").first?["contact"].text)
        let story = try await office.expect(0, "journal", "show", contact, "--format", "json")
        #expect(story.lines.count >= 2 && story.lines.allSatisfy { $0["contact"].text == contact }, "\(story)")
        let absent = try await office.run("journal", "show", "99999")
        #expect(absent.status != 0 && absent.err.contains("99999"), "\(absent)")
      }
    }

    @Test("verify says that all is well, and where")
    func verify() async throws {
      try await scenario { office in
        try await Self.written(office)
        let outcome = try await office.expect(0, "journal", "verify")
        #expect(outcome.out.contains("\(office.journal.count)"), "the number of records: \(outcome)")
      }
    }

    enum Damage: String, CaseIterable, CustomTestStringConvertible {
      case changedByte, changedLastByte, missingLine, swappedLines, doubledLine, changedPersonal, garbageInside
      var testDescription: String { rawValue }

      func apply(_ lines: inout [String]) -> Int {
        switch self {
        case .changedByte:
          lines[1] = lines[1].replacingOccurrences(of: "K-", with: "J-")
          return 2
        case .changedLastByte:
          let last = lines.count - 1
          lines[last] = lines[last].replacingOccurrences(of: "\"contacts\":", with: "\"contacts\":1")
          return lines.count
        case .missingLine:
          lines.remove(at: 3)
          return 4
        case .swappedLines:
          lines.swapAt(3, 4)
          return 4
        case .doubledLine:
          lines.insert(lines[3], at: 4)
          return 5
        case .changedPersonal:
          let place = lines.firstIndex { $0.contains("\"personal\":") } ?? 0
          lines[place] = lines[place].replacingOccurrences(of: ".test", with: ".tent")
          return place + 1
        case .garbageInside:
          lines[3] = String(lines[3].prefix(20))
          return 4
        }
      }
    }

    @Test("damage is found by verify with its line, exit 65; and nothing is sent on it", arguments: Damage.allCases)
    func damage(_ damage: Damage) async throws {
      try await scenario { office in
        try await Self.written(office)
        let file = try #require(office.journalFiles.last)
        var lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
        let untouched = lines
        let place = damage.apply(&lines)
        try #require(lines != untouched)
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
        let verified = try await office.expect(65, "journal", "verify")
        #expect(verified.said.contains("\(file.lastPathComponent):\(place)"), "line \(place): \(verified)")
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        let run = try await office.expect(65, "run", "--once", "--as-of", "2026-03-25T11:00")
        #expect(run.err.contains("\(place)"), "\(run)")
        #expect(sink.messages.isEmpty && sink.events.isEmpty)
        #expect(try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init) == lines)
      }
    }

    @Test("a torn last line: looking says so and repairs nothing; run cuts it off, keeps it aside and goes on")
    func tornTail() async throws {
      try await scenario { office in
        try await Self.written(office)
        let file = try #require(office.journalFiles.last)
        let whole = try Data(contentsOf: file)
        let torn = whole + Data("{\"seq\":99,\"time\":\"2026-03-0".utf8)
        try torn.write(to: file)
        let verified = try await office.expect(0, "journal", "verify")
        #expect(verified.said.lowercased().contains("last line"), "an unterminated last line is said: \(verified)")
        try await office.expect(0, "journal", "list")
        #expect(try Data(contentsOf: file) == torn, "reading commands repair nothing")

        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-16T11:00")
        let after = try Data(contentsOf: file)
        #expect(after.starts(with: whole) && after.count > whole.count)
        let names = try FileManager.default.contentsOfDirectory(atPath: office.journalFolder.path)
        let aside = try #require(names.first { $0.hasSuffix(".torn") }, "\(names)")
        #expect(
          try Data(contentsOf: office.journalFolder.appendingPathComponent(aside))
            == torn.suffix(torn.count - whole.count))
        try await office.expect(0, "journal", "verify")
      }
    }

    @Test("follow shows what another command appends, and ends on SIGTERM")
    func follow() async throws {
      try await scenario { office in
        try await Self.written(office)
        let count = office.journal.count
        let following = try office.start(["journal", "follow", "--format", "json"])
        try await Task.sleep(for: .milliseconds(300))
        try await office.expect(0, "note", "K-3", "--text", "heard while following", "--as-of", "2026-03-10T11:00")
        #expect(await until { following.out.contains("heard while following") }, "\(following.out)\(following.err)")
        #expect(!following.out.contains("\"seq\":\(count - 3),") || following.out.contains("\"seq\":\(count + 1),"))
        following.send(SIGTERM)
        let outcome = await following.finish(within: 10)
        #expect(!outcome.timedOut && [0, -15, 143].contains(outcome.status), "\(outcome)")
        #expect(outcome.lines.last?["type"].text == "note.added")
      }
    }

    @Test("a journal that does not exist yet: list shows nothing, verify is content")
    func empty() async throws {
      try await scenario { office in
        try office.configure()
        try office.books(Samples.invoices)
        let list = try await office.expect(0, "journal", "list", "--format", "json")
        #expect(list.lines.isEmpty)
        try await office.expect(0, "journal", "verify")
        #expect(office.journalFiles.isEmpty, "reading creates nothing")
      }
    }

    @Test("a keyed chain: verified with the key, damage found, another key refused")
    func keyed() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Setup(sink: sink)
        setup.journal = "key = { env = \"E2E_JOURNAL_KEY\" }"
        try office.configure(setup)
        try office.books(Samples.invoices)
        let key = ["E2E_JOURNAL_KEY": "a key that is long enough for HMAC 0123456789abcdef"]
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00", environment: key)
        #expect(office.journal.first?["chain"].text == "hmac-sha256", "\(office.journalLines.first ?? "")")
        try await office.expect(0, "journal", "verify", environment: key)
        let other = try await office.run(
          "run", "--once", "--as-of", "2026-03-09T11:00",
          environment: ["E2E_JOURNAL_KEY": String(repeating: "x", count: 48)])
        #expect([65, 78].contains(other.status) && sink.messages.count == 2, "\(other)")
        #expect(!office.journalLines.joined().contains(key.values.first ?? "?"))
      }
    }

    @Test("a higher format is refused")
    func higherFormat() async throws {
      try await scenario { office in
        try await Self.written(office)
        let file = try #require(office.journalFiles.first)
        let text = try String(contentsOf: file, encoding: .utf8)
        let changed = text.replacingOccurrences(of: "\"format\":1", with: "\"format\":2")
        try #require(changed != text)
        try Data(changed.utf8).write(to: file)
        let outcome = try await office.expect(65, "journal", "verify")
        #expect(outcome.said.contains("format"), "\(outcome)")
      }
    }

    @Test("the message is kept as it was sent, found by its digest")
    func keptMessages() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        try office.configure(Setup(sink: sink))
        try office.books(Samples.head + "A-1,K-1,2026-01-21,2026-02-20,120.00,EUR\n")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        let sent = try #require(sink.messages.first)
        let digest = try #require(office.records("contact.intended").first?["sha256"].text)
        let box = office.state.appendingPathComponent("messages")
        let files = try FileManager.default.subpathsOfDirectory(atPath: box.path).map { box.appendingPathComponent($0) }
        let bytes = files.reduce(Data()) { $0 + ((try? Data(contentsOf: $1)) ?? Data()) }
        #expect(bytes.range(of: sent) != nil, "as it was sent")
        let name = sink.files[0].path
        let sum = try await office.tool("/usr/bin/sha256sum", [name])
        #expect(sum.out.hasPrefix(digest), "\(sum.out) \(digest)")
      }
    }
  }
}
