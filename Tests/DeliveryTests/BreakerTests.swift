import Delivery
import Testing

private let sent = DeliveryResult(verdict: .accepted, stage: .dot, code: 250)
private let lost = DeliveryResult(verdict: .relayRefused, stage: .connect)
private let doubt = DeliveryResult(verdict: .unknown, stage: .dot)
private let badPassword = DeliveryResult(verdict: .relayRefused, stage: .auth, code: 535, isConfiguration: true)
private let noMailbox = DeliveryResult(verdict: .recipientRefused, stage: .rcpt, code: 550)
private let later = DeliveryResult(verdict: .deferred, stage: .rcpt, code: 450)
private let tooLong = DeliveryResult(verdict: .contentRefused, stage: .dot, code: 552)

@Suite("The breaker")
struct BreakerTests {
  /// Records all, at different domains unless told.
  private func breaker(_ results: [DeliveryResult], domains: [String]? = nil) -> Breaker {
    var breaker = Breaker()
    for (index, result) in results.enumerated() {
      breaker.record(result, ticket: index, domain: domains?[index] ?? "d\(index).example")
    }
    return breaker
  }

  @Test(
    "it opens on the first fault that waiting does not cure",
    arguments: [
      badPassword, DeliveryResult(verdict: .relayRefused, stage: .tls, isConfiguration: true),
      DeliveryResult(verdict: .relayRefused, stage: .settings, isConfiguration: true),
      DeliveryResult(verdict: .relayRefused, stage: .auth, code: 454),
    ])
  func firstFault(result: DeliveryResult) {
    #expect(breaker([result]).isOpen)
    #expect(breaker([result]).cause == result)
  }

  @Test("it opens after five relay faults or doubts in a row, not after four, and not with a success between")
  func fiveInRow() {
    #expect(!breaker([lost, doubt, lost, doubt]).isOpen)
    #expect(breaker([lost, doubt, lost, doubt, lost]).isOpen)
    #expect(!breaker([lost, lost, lost, lost, sent, lost, lost, lost, lost]).isOpen)
    #expect(!breaker([lost, lost, lost, lost, later, lost]).isOpen)
    #expect(!breaker([lost, lost, lost, lost, tooLong, lost]).isOpen)
  }

  @Test("three refused recipients of three domains in a row acquit all three")
  func refusals() {
    var breaker = breaker([noMailbox, noMailbox])
    #expect(!breaker.isOpen)
    #expect(breaker.suspects == [0, 1])
    let notice = breaker.record(noMailbox, ticket: 2, domain: "third.example")
    #expect(notice.hasOpened)
    #expect(notice.acquitted == [0, 1, 2])
    #expect(breaker.isOpen)
  }

  @Test("refused recipients of one domain, or with a success between, are their own fault")
  func ownFault() {
    #expect(!breaker([noMailbox, noMailbox, noMailbox], domains: ["a", "a", "a"]).isOpen)
    #expect(!breaker([noMailbox, noMailbox, sent, noMailbox]).isOpen)
    #expect(breaker([noMailbox, noMailbox, noMailbox, noMailbox], domains: ["a", "a", "b", "c"]).isOpen)
  }

  @Test("one refused recipient a cycle, three cycles in a row: that is us, too")
  func overCycles() {
    var breaker = Breaker()
    for (ticket, domain) in ["a", "b"].enumerated() {
      _ = breaker.admit()
      #expect(breaker.record(noMailbox, ticket: ticket, domain: domain).acquitted.isEmpty)
      breaker.rearm()
    }
    #expect(breaker.suspects == [0, 1])
    _ = breaker.admit()
    let notice = breaker.record(noMailbox, ticket: 2, domain: "c")
    #expect(notice.hasOpened)
    #expect(notice.acquitted == [0, 1, 2])
    // A success in between says that it was not us.
    var other = self.breaker([noMailbox, noMailbox])
    other.rearm()
    other.record(sent, ticket: 8, domain: "d")
    other.record(noMailbox, ticket: 9, domain: "e")
    #expect(other.suspects == [9])
  }

  @Test("what never reached the wire says nothing about the relay")
  func local() {
    let address = DeliveryResult(verdict: .recipientRefused, stage: .address)
    let message = DeliveryResult(verdict: .contentRefused, stage: .message)
    let queue = DeliveryResult(verdict: .deferred, stage: .queue)
    #expect(!breaker([address, address, address]).isOpen)
    #expect(breaker([lost, lost, address, message, queue, lost, lost, lost]).isOpen)
  }

  @Test("open, it admits nothing; armed again, one probe; after its success, all")
  func probe() {
    var breaker = breaker([badPassword])
    var admitted = [breaker.admit()]
    breaker.rearm()
    admitted += [breaker.admit(), breaker.admit()]
    breaker.record(sent, ticket: 9, domain: "a")
    admitted += [breaker.admit(), breaker.admit()]
    #expect(admitted == [false, true, false, true, true])
    #expect(breaker.cause == nil)
  }

  @Test("a probe that fails opens it again at once", arguments: [lost, doubt, badPassword])
  func failedProbe(result: DeliveryResult) {
    var breaker = breaker([lost, lost, lost, lost, lost])
    breaker.rearm()
    var admitted = [breaker.admit()]
    let notice = breaker.record(result, ticket: 9, domain: "a")
    #expect(notice.hasOpened)
    admitted.append(breaker.admit())
    #expect(admitted == [true, false])
  }

  @Test("a refused mailbox proves a relay that was lost, and not one that refused everybody")
  func refusedProbe() {
    var lostBefore = breaker([lost, lost, lost, lost, lost])
    lostBefore.rearm()
    _ = lostBefore.admit()
    lostBefore.record(noMailbox, ticket: 9, domain: "a")
    #expect(lostBefore.state == .closed)
    var refusedBefore = breaker([noMailbox, noMailbox, noMailbox])
    refusedBefore.rearm()
    _ = refusedBefore.admit()
    let notice = refusedBefore.record(noMailbox, ticket: 9, domain: "a")
    #expect(notice.acquitted == [9])
    #expect(refusedBefore.isOpen)
  }

  @Test("one at a time until the relay shows that it deals with us", arguments: [sent, later, noMailbox, tooLong])
  func first(result: DeliveryResult) {
    var breaker = Breaker()
    var admitted = [breaker.admit(), breaker.admit()]
    breaker.record(lost, ticket: 1, domain: "a")
    admitted += [breaker.admit(), breaker.admit()]
    breaker.record(result, ticket: 2, domain: "a")
    admitted += [breaker.admit(), breaker.admit()]
    breaker.rearm()
    admitted += [breaker.admit(), breaker.admit()]
    #expect(admitted == [true, false, true, false, true, true, true, false])
  }

  @Test("the first that was admitted and not begun makes room for another")
  func withdrawn() {
    var breaker = Breaker()
    var admitted = [breaker.admit()]
    breaker.withdraw()
    admitted += [breaker.admit(), breaker.admit()]
    breaker.record(DeliveryResult(verdict: .recipientRefused, stage: .address), ticket: 1, domain: "")
    admitted.append(breaker.admit())
    #expect(admitted == [true, true, false, true])
  }

  @Test("a relay that refuses us before all else opens it at once; one that took a message before is given five")
  func refusesUs() {
    let blocked = DeliveryResult(verdict: .relayRefused, stage: .rcpt, code: 554)
    #expect(breaker([blocked]).isOpen)
    #expect(breaker([lost, blocked]).isOpen)
    #expect(!breaker([sent, blocked, blocked, blocked, blocked]).isOpen)
    #expect(breaker([sent, blocked, blocked, blocked, blocked, blocked]).isOpen)
  }

  @Test("armed while closed, nothing changes")
  func rearmClosed() {
    var breaker = Breaker()
    breaker.rearm()
    #expect(breaker.state == .closed)
  }
}
