import Delivery
import Testing

@Suite("The postroom")
struct PostroomTests {
  @Test("connections work side by side, each kept for the next mail")
  func sideBySide() async throws {
    try await blocking {
      let server = try TestServer(["dot=delay 3"])
      var settings = server.settings()
      settings.connections = 4
      let results = send((1...8).map { envelope($0) }, by: settings)
      #expect(results.count == 8 && results.allSatisfy { $0.verdict == .accepted })
      #expect(server.connections == 4)
      let begun = server.events.prefix { $0 != "kept" }.filter { $0 == "DATA" }
      #expect(begun.count == 4, "all four wait for the server at once")
    }
  }

  @Test("no more connections than mails are opened")
  func fewMails() async throws {
    try await blocking {
      let server = try TestServer()
      var settings = server.settings()
      settings.connections = 8
      _ = send([envelope(1), envelope(2)], by: settings)
      #expect(server.connections <= 2)
    }
  }

  @Test("closing lets the mail on the wire finish and gives back the rest as not begun")
  func closing() async throws {
    try await blocking {
      // The one connection waits so long for its first answer that, however busy the machine, no second mail is begun.
      let server = try TestServer(["dot=delay 10"])
      let room = Postroom(server.settings())
      for ticket in 1...3 { room.submit(envelope(ticket)) }
      server.waitFor("DATA")
      #expect(room.close(within: .seconds(30)) == [])
      room.submit(envelope(4))
      var verdicts: [Int: DeliveryResult] = [:]
      while let delivered = room.next(within: .zero) { verdicts[delivered.ticket] = delivered.result }
      #expect(verdicts[1]?.verdict == .accepted)
      #expect([2, 3, 4].allSatisfy { verdicts[$0]?.verdict == .deferred && verdicts[$0]?.stage == .queue })
      #expect(server.messages.count == 1)
      #expect(room.outstanding == 0)
    }
  }

  @Test("a mail that no server answers is named when closing, and leaves no truncated message")
  func abandoned() async throws {
    try await blocking {
      let big = Array(String(repeating: String(repeating: "x", count: 98) + "\r\n", count: 80_000).utf8)
      let server = try TestServer(["body=stall"])
      var settings = server.settings()
      (settings.connectTimeout, settings.replyTimeout, settings.totalTimeout) = (.seconds(5), .seconds(5), .seconds(12))
      let room = Postroom(settings)
      room.submit(envelope(7, big))
      server.waitFor("DATA")
      #expect(room.close(within: .milliseconds(200)) == [7])
      #expect(room.next(within: .seconds(30))?.result.verdict == .unknown)
      #expect(server.messages.isEmpty)
    }
  }

  @Test("closing ends a mail that has not handed over a byte, and that is certain")
  func endedEarly() async throws {
    try await blocking {
      let server = try TestServer(["rcpt=hang"])
      let room = Postroom(server.settings())
      room.submit(envelope(7))
      server.waitFor("RCPT")
      #expect(room.close(within: .zero) == [])
      let result = room.next(within: .zero)?.result
      #expect(result?.verdict == .deferred)
      #expect(result?.stage == .rcpt)
    }
  }

  @Test(
    "in a hurry nothing is waited for that has not handed over a byte, also where the connection is still being opened")
  func hurry() async throws {
    try await blocking {
      for (rule, event) in [("connect=hang", "connect"), ("ehlo=hang", "EHLO"), ("rcpt=hang", "RCPT")] {
        let server = try TestServer([rule])
        let room = Postroom(server.settings())
        room.submit(envelope(7))
        server.waitFor(event)
        room.hurry()
        let result = room.next(within: .seconds(20))?.result
        #expect(result?.verdict == .deferred, "\(rule): \(String(describing: result))")
        room.submit(envelope(8))
        #expect(room.next(within: .seconds(20))?.result.stage == .queue)
        #expect(room.close(within: .seconds(20)) == [])
      }
    }
  }

  @Test("waiting for a result ends at its time, or when somebody wakes it")
  func waking() async throws {
    try await blocking {
      let room = Postroom(RelaySettings(host: "127.0.0.1", port: 1, security: .none))
      #expect(room.next(within: .milliseconds(1)) == nil)
      room.wake()
      #expect(room.next(within: .seconds(600)) == nil)
      room.submit(envelope(1))
      #expect(room.next(within: .seconds(60))?.result.verdict == .relayRefused)
      #expect(room.close(within: .seconds(30)) == [])
    }
  }

  @Test("mails are begun at even distances, and unused time is not saved up")
  func pacer() {
    var pacer = Pacer(perMinute: 600)
    #expect(pacer.spacing == .milliseconds(100))
    #expect(pacer.mayBegin(at: .seconds(5)))
    pacer.begin(at: .seconds(5))
    #expect(!pacer.mayBegin(at: .milliseconds(5099)) && pacer.mayBegin(at: .milliseconds(5100)))
    #expect(pacer.free == .milliseconds(5100))
    pacer.begin(at: .seconds(60))
    #expect(!pacer.mayBegin(at: .milliseconds(60_099)) && pacer.mayBegin(at: .milliseconds(60_100)))
    var free = Pacer(perMinute: nil)
    free.begin(at: .seconds(1))
    #expect(free.mayBegin(at: .seconds(1)))
  }

  @Test(
    "many a second go in small bursts, and still no minute sees more than allowed",
    arguments: [6001, 60_000, 1_000_000])
  func bursts(perMinute: Int) {
    var pacer = Pacer(perMinute: perMinute)
    var begun: [Duration] = []
    var now = Duration.seconds(1)
    while now < .seconds(63) {
      // Looked at every seven milliseconds, and for ten seconds not at all.
      while pacer.mayBegin(at: now) {
        pacer.begin(at: now)
        begun.append(now)
      }
      now += now > .seconds(20) && now < .seconds(21) ? .seconds(10) : .milliseconds(7)
    }
    let burst = begun.count { $0 == begun[0] }
    #expect(burst == 1 + Int(Double(perMinute) / 6000) || burst == Int(Double(perMinute) / 6000), "\(burst)")
    var most = 0
    var first = 0
    for last in begun.indices {
      while begun[last] - begun[first] >= .seconds(60) { first += 1 }
      most = max(most, last - first + 1)
    }
    #expect(most <= perMinute && most > perMinute * 5 / 6 - 1000, "\(most) of \(perMinute)")
  }

  @Test("a postman of one's own answers without a network")
  func answering() {
    let postman = Postman.answering { envelope in
      DeliveryResult(verdict: envelope.ticket == 1 ? .accepted : .unknown, stage: .dot)
    }
    postman.submit(envelope(1))
    postman.submit(envelope(2))
    #expect(postman.next(.zero)?.result.verdict == .accepted)
    #expect(postman.next(.zero)?.ticket == 2)
    #expect(postman.next(.zero) == nil)
    #expect(postman.close(.zero) == [])
    #expect(postman.probe().result.verdict == .accepted)
  }
}
