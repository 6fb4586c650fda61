import Foundation
import Testing

extension EndToEnd {
  @Suite("Never twice") struct Crashes {
    private static let count = 10
    private static var everyone: [String] { (1...count).map { "someone@c\($0).test" } }

    private static func setup(_ sink: Sink) -> Setup {
      var setup = Setup(sink: sink)
      setup.mail = "connections = 2"
      return setup
    }

    @Test(
      "killed while the server hangs at a stage: nobody gets two, the doubt is recorded, the chain is whole",
      arguments: [
        "connect=hang", "ehlo=hang", "mail=hang:after 3", "rcpt=hang:after 3", "data=hang:after 3",
        "body=stall:after 3",
        "dot=hang:after 3", "dot=accept-then-hang:after 3", "dot=accept-then-hang",
      ])
    func killed(rule: String) async throws {
      try await scenario { office in
        let hanging = try await office.sink(rule)
        try office.configure(Self.setup(hanging))
        try RelayFaults.books(Self.count, in: office)
        let running = try office.start(["run", "--once", "--as-of", "2026-03-02T11:00"])
        let stage = String(rule.prefix { $0 != "=" })
        let sign = ["connect": "", "body": "DATA", "dot": "DATA"][stage] ?? stage.uppercased()
        let enough = rule.contains("after 3") ? 4 : 1
        #expect(
          await until {
            stage == "connect"
              ? !hanging.events.isEmpty : hanging.commands.filter { $0.hasPrefix(sign) }.count >= enough
          }, "\(hanging.commands) \(running.err)")
        if rule.contains("accept-then") { _ = await hanging.waitFor(messages: enough) }
        try await Task.sleep(for: .milliseconds(100))
        #expect(running.isRunning, "\(running.err)")
        running.send(SIGKILL)
        _ = await running.finish(within: 10)
        await hanging.program.end()

        let sink = try await office.sink()
        try office.configure(Self.setup(sink))
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:30")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T12:30")
        let took = hanging.recipients + sink.recipients
        #expect(took.count == Set(took).count, "somebody got two: \(took)")
        let intended = Set(office.records("contact.intended").compactMap { $0["customer"].text })
        #expect(intended.count == Self.count, "nobody is forgotten")
        let doubts = office.records("contact.in_doubt")
        #expect(doubts.count <= 4, "at most two intents a connection: \(doubts)")
        #expect(took.count + doubts.count >= Self.count, "lost: \(took) \(doubts)")
        if rule.contains("dot") || stage == "body" { #expect(!doubts.isEmpty) }
        try await office.expect(0, "journal", "verify")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-03T12:30")
        #expect((hanging.recipients + sink.recipients).count == took.count)
      }
    }

    @Test("killed at random moments again and again: nobody gets two, and every message that was taken has its intent")
    func killedAtRandom() async throws {
      try await scenario { office in
        let sink = try await office.sink("dot=delay 0.02")
        try office.configure(Self.setup(sink))
        try RelayFaults.books(30, in: office)
        var minute = 0
        for _ in 1...8 {
          let running = try office.start(["run", "--once", "--as-of", "2026-03-02T11:\(10 + minute)"])
          try await Task.sleep(for: .milliseconds(Int.random(in: 60...260)))
          running.send(SIGKILL)
          _ = await running.finish(within: 10)
          minute += 1
        }
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:30")
        try await office.expect(0, "journal", "verify")
        try await Task.sleep(for: .milliseconds(200))
        let took = sink.recipients
        #expect(took.count == Set(took).count, "somebody got two: \(took.sorted())")
        let ids = Set(office.records("contact.intended").compactMap { $0["message_id"].text })
        for letter in try await office.letters(sink) {
          #expect(
            ids.contains {
              letter["Message-ID"]?.contains($0.trimmingCharacters(in: CharacterSet(charactersIn: "<>"))) == true
            })
        }
        let intended = Set(office.records("contact.intended").compactMap { $0["customer"].text })
        #expect(intended.count == 30)
      }
    }

    @Test("the answer to the dot is lost: in doubt, counted as sent, and listed")
    func answerLost() async throws {
      try await scenario { office in
        let sink = try await office.sink("dot=accept-then-drop:only 1")
        try office.configure(Setup(sink: sink))
        try RelayFaults.books(1, in: office)
        let run = try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00", "--format", "json")
        #expect(run.lines.first?["in_doubt"].int == 1, "\(run)")
        #expect(office.records("contact.in_doubt").count == 1)
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T12:00")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-08T12:00")
        #expect(sink.messages.count == 1)
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-09T12:00")
        #expect(sink.messages.count == 2, "the next step goes on its day")
        #expect(office.records("contact.intended").last?["invoices"][0]["step"].text == "second")
      }
    }

    @Test("what is on its way is no doubt yet: no task, and nobody's word on it is taken before its outcome")
    func onItsWay() async throws {
      try await scenario { office in
        let sink = try await office.sink("dot=accept-then-hang:only 1")
        try office.configure(Setup(sink: sink))
        try RelayFaults.books(1, in: office)
        let run = try office.start(["run", "--once", "--as-of", "2026-03-02T11:00"])
        #expect(await sink.waitFor(messages: 1))
        let contact = try #require(office.records("contact.intended").first?["contact"].text)
        let tasks = try await office.expect(0, "tasks", "--as-of", "2026-03-02T11:01", "--format", "json")
        #expect(!tasks.out.contains("in_doubt"), "\(tasks)")
        for word in ["--sent", "--not-sent"] {
          let early = try await office.expect(75, "resolve", contact, word, "--as-of", "2026-03-02T11:01")
          #expect(early.err.contains("on its way"), "\(early)")
        }
        #expect(office.records("contact.resolved").isEmpty)
        // Whoever had it in hand dies: now it is a doubt.
        run.send(SIGKILL)
        _ = await run.finish()
        let left = try await office.expect(0, "tasks", "--as-of", "2026-03-02T11:02", "--format", "json")
        #expect(left.out.contains("in_doubt"), "\(left)")
        try await office.expect(0, "resolve", contact, "--sent", "--as-of", "2026-03-02T11:03")
        #expect(office.records("contact.resolved").count == 1)
      }
    }

    @Test(
      "in_doubt = ask: rests with that reason until resolve; not-sent sends it again, sent does not",
      arguments: ["--not-sent", "--sent"])
    func ask(word: String) async throws {
      try await scenario { office in
        let sink = try await office.sink("dot=accept-then-drop:only 1")
        var setup = Setup(sink: sink)
        setup.mail = "in_doubt = \"ask\""
        try office.configure(setup)
        try RelayFaults.books(1, in: office)
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T12:00")
        #expect(sink.messages.count == 1)
        let explained = try await RelayFaults.explain(office, "N-1", "2026-03-02T12:01")
        #expect(explained["reason"].text == "in_doubt", "\(explained)")
        let contact = try #require(office.records("contact.intended").first?["contact"].text)
        try await office.expect(0, "resolve", contact, word, "--by", "Erika", "--as-of", "2026-03-02T12:10")
        #expect(office.records("contact.resolved").count == 1)
        // The same again is nothing new; the other word would be, and so would this one after it.
        let other = word == "--sent" ? "--not-sent" : "--sent"
        try await office.expect(65, "resolve", contact, word, "--as-of", "2026-03-02T12:11")
        try await office.expect(0, "resolve", contact, other, "--as-of", "2026-03-02T12:12")
        try await office.expect(0, "resolve", contact, word, "--as-of", "2026-03-02T12:13")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T13:00")
        #expect(sink.messages.count == (word == "--sent" ? 1 : 2))
        if word == "--not-sent" { #expect(office.records("contact.intended").last?["contact"].text == contact) }
      }
    }

    @Test("in_doubt = resend: once more, under the same Message-ID")
    func resend() async throws {
      try await scenario { office in
        let sink = try await office.sink("dot=accept-then-drop:only 1")
        var setup = Setup(sink: sink)
        setup.mail = "in_doubt = \"resend\""
        try office.configure(setup)
        try RelayFaults.books(1, in: office)
        for time in ["11:00", "12:00", "13:00", "17:00"] {
          try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T\(time)")
        }
        let ids = try await office.letters(sink).map { $0["Message-ID"] }
        #expect(ids.count == 2 && ids[0] == ids[1] && ids[0] != nil, "\(ids)")
      }
    }

    @Test("a second run while the first is under way: 75 at once, and it says who is there")
    func secondWriter() async throws {
      try await scenario { office in
        let sink = try await office.sink("rcpt=delay 3:only 1")
        try office.configure(Setup(sink: sink))
        try RelayFaults.books(2, in: office)
        let first = try office.start(["run", "--once", "--as-of", "2026-03-02T11:00"])
        #expect(await sink.waitFor(command: "RCPT"))
        let second = try await office.run("run", "--once", "--as-of", "2026-03-02T11:00", within: 20)
        #expect(second.status == 75 && !second.err.isEmpty, "\(second)")
        #expect(first.isRunning, "the second did not wait")
        try await office.expect(0, "explain", "N-1", "--as-of", "2026-03-02T11:00")
        try await office.expect(0, "journal", "list")
        let outcome = await first.finish(within: 30)
        #expect(outcome.status == 0, "\(outcome)")
        #expect(sink.recipients.sorted() == ["someone@c1.test", "someone@c2.test"])
        try await office.expect(0, "journal", "verify")
      }
    }

    @Test("a hold that comes in the middle of a cycle stops the later contacts of that cycle")
    func holdDuringCycle() async throws {
      try await scenario { office in
        let sink = try await office.sink("rcpt=delay 3:only 1")
        var setup = Setup(sink: sink)
        setup.mail = "connections = 1"
        try office.configure(setup)
        try RelayFaults.books(12, in: office)
        let running = try office.start(["run", "--once", "--as-of", "2026-03-02T11:00"])
        #expect(await sink.waitFor(command: "RCPT"))
        let first = try #require(sink.commands.first { $0.hasPrefix("RCPT") })
        let held = (7...12).filter { !first.contains("@c\($0).test") }
        let words = ["hold"] + held.map { "C-\($0)" } + ["--reason", "stop", "--as-of", "2026-03-02T11:00"]
        let hold = try await office.start(words).finish(within: 30)
        #expect(hold.status == 0, "\(hold)")
        let outcome = await running.finish(within: 30)
        #expect(outcome.status == 0, "\(outcome)")
        // What had its intent already may go; that is two a connection at most.
        let late = held.filter { sink.recipients.contains("someone@c\($0).test") }
        #expect(late.count <= 1, "\(late) got mail after the hold")
        #expect(sink.recipients.count >= 6, "the others go on: \(sink.recipients)")
        try await office.expect(0, "journal", "verify")
      }
    }

    @Test("a payment that comes in the middle of a cycle cancels the contact that has not begun")
    func paymentDuringCycle() async throws {
      try await scenario { office in
        let sink = try await office.sink("rcpt=delay 2:only 1")
        var setup = Setup(sink: sink)
        setup.mail = "connections = 1"
        try office.configure(setup)
        try RelayFaults.books(12, in: office)
        let running = try office.start(["run", "--once", "--as-of", "2026-03-02T11:00"])
        #expect(await sink.waitFor(command: "RCPT"))
        let first = try #require(sink.commands.first { $0.hasPrefix("RCPT") })
        let paid = (7...12).filter { !first.contains("@c\($0).test") }
        let rows = paid.map { "C-\($0),2026-03-02,\($0)0.00,N-\($0)\n" }.joined()
        try office.write("customer,date,amount,invoice\n" + rows, to: "ledger/payments.csv")
        let outcome = await running.finish(within: 30)
        #expect(outcome.status == 0, "\(outcome)")
        let late = paid.filter { sink.recipients.contains("someone@c\($0).test") }
        #expect(late.count <= 1, "\(late) got mail after the payment")
        #expect(sink.recipients.count >= 6)
      }
    }

    @Test("SIGTERM finishes what is on the wire, records it, and ends with 0")
    func terminated() async throws {
      try await scenario { office in
        let sink = try await office.sink("dot=delay 2:only 1")
        var setup = Setup(sink: sink)
        setup.mail = "connections = 1"
        try office.configure(setup)
        try RelayFaults.books(5, in: office)
        let running = try office.start(["run", "--once", "--as-of", "2026-03-02T11:00"])
        #expect(await sink.waitFor(command: "DATA"))
        running.send(SIGTERM)
        let outcome = await running.finish(within: 30)
        #expect(outcome.status == 0 && !outcome.timedOut, "\(outcome)")
        #expect(sink.messages.count <= 2)
        #expect(office.records("contact.sent").count == sink.messages.count)
        #expect(office.records("contact.in_doubt").isEmpty)
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:10")
        #expect(sink.recipients.sorted() == (1...5).map { "someone@c\($0).test" })
      }
    }
  }
}
