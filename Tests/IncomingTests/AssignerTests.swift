import Decisions
import Ledger
import Testing
import Units

@testable import Incoming

@Suite("Whom a message belongs to")
struct AssignerTests {
  private static let id = "0123456789abcdef"
  private static let later = "zyxwvtsrqpnmkjhg"

  private static func intended(_ id: String, _ customer: String, _ to: [String]) throws -> IntendedContact {
    let euro = try #require(Currency(code: "EUR"))
    return IntendedContact(
      contact: id, attempt: 1, customer: customer, currency: euro, kind: .notice, schedule: "s", step: "first",
      level: 1,
      channel: .email, template: "first", invoices: [], listed: [], amount: .zero(euro), deadline: nil,
      messageID: "<\(id).aabbccdd@example.com>", sha256: "", policy: "p", to: to, cc: ["boss@one.test"])
  }

  private static func assigner() throws -> Assigner {
    var history = ContactHistory()
    history.apply(
      .contactIntended(try intended(id, "K-1", ["alpha@one.test", "Second@one.test"])), at: Instant(seconds: 1))
    history.apply(.contactIntended(try intended(later, "K-2", ["beta@two.test"])), at: Instant(seconds: 2))
    var shared = ["K-3", "K-4"].map { id in
      var customer = Customer(id: id, place: Place(file: "c", line: 1))
      customer.emails = ["Shared@three.test"]
      return customer
    }
    shared[1].payer = "K-9"
    return Assigner(
      history, bounce: try BounceAddress(pattern: "bounce+{contact}@example.com"), customers: shared,
      own: ["ar@example.com"])
  }

  private static func failed(_ address: String?, _ original: String? = nil) -> Arrival.Recipient {
    let bad = Diagnosis(.mailboxUnknown, status: "5.1.1", isPermanent: true)
    return Arrival.Recipient(address: address, original: original, diagnosis: bad, words: "")
  }

  private static func reply(from sender: String? = nil, to: [String] = [], references: [String] = []) -> Arrival {
    var arrival = Arrival(.reply)
    arrival.sender = sender
    arrival.addressees = to
    arrival.references = references
    return arrival
  }

  @Test("the bounce address of a contact, then our Message-ID, then addresses")
  func order() throws {
    let assigner = try Self.assigner()
    let other = "\(Self.later).aabbccdd@example.com"
    let first = assigner.owner(
      of: Self.reply(from: "beta@two.test", to: ["Bounce+\(Self.id.uppercased())@Example.com"], references: [other]))
    #expect(first == Assigner.Owner(way: .bounceAddress, contact: Self.id, customers: ["K-1"]))
    let second = assigner.owner(of: Self.reply(from: "alpha@one.test", references: ["x@y.test", other.uppercased()]))
    #expect(second == Assigner.Owner(way: .messageID, contact: Self.later, customers: ["K-2"]))
    let third = assigner.owner(of: Self.reply(from: "alpha@one.test", references: ["x@y.test"]))
    #expect(third == Assigner.Owner(way: .address, contact: Self.id, customers: ["K-1"]))
  }

  @Test(
    "an id that is none of ours, of another journal or of another domain tells nothing",
    arguments: [
      "0123456789abcdef.00000000@example.com", "0123456789abcdef.aabbccdd@other.test", "0123456789abcdef@example.com",
      "aaaaaaaaaaaaaaaa.aabbccdd@example.com", "", "@", "0123456789abcdef",
    ])
  func strangers(reference: String) throws {
    #expect(try Self.assigner().owner(of: Self.reply(references: [reference])) == nil)
  }

  @Test(
    "nor does a bounce address of a contact that never was, or that only looks like one",
    arguments: [
      "bounce+aaaaaaaaaaaaaaaa@example.com", "bounce+0123@example.com", "bounce+0123456789abcdef@other.test",
      "bounce+0123456789abcdefx@example.com", "bounce@example.com", "0123456789abcdef@example.com",
    ])
  func strangeBounceAddresses(address: String) throws {
    #expect(try Self.assigner().owner(of: Self.reply(to: [address])) == nil)
  }

  @Test("a mailbox of several customers rests all of them, each by its payer")
  func shared() throws {
    let owner = try Self.assigner().owner(of: Self.reply(from: "shared@three.test"))
    #expect(owner == Assigner.Owner(way: .address, contact: nil, customers: ["K-3", "K-9"]))
  }

  @Test("what we wrote ourselves is nobody's answer")
  func ourselves() throws {
    let arrival = Self.reply(from: "ar@example.com", references: ["\(Self.id).aabbccdd@example.com"])
    #expect(try Self.assigner().owner(of: arrival) == nil)
  }

  @Test("which of a contact's addresses failed")
  func recipients() throws {
    let assigner = try Self.assigner()
    func place(_ address: String?, _ original: String? = nil, _ contact: String = Self.id) -> Assigner.Place? {
      assigner.place(of: Self.failed(address, original), in: contact)
    }
    #expect(place("alpha@one.test") == .last(0, isExact: true))
    #expect(place("second@one.test", "second@one.test") == .last(1, isExact: true))
    #expect(place("boss@one.test") == .last(2, isExact: true))
    #expect(place(nil, "boss@one.test") == .last(2, isExact: true))
    #expect(place("alpha@one.test", nil, "none") == nil)
    #expect(place(nil) == .unnamed)
    #expect(place(nil, nil, Self.later) == .unnamed)
  }

  @Test("what one of them passed on is none of them, whichever way round the report says it")
  func passedOn() throws {
    let assigner = try Self.assigner()
    for (address, original) in [
      ("bob@gone.test", "alpha@one.test"), ("alpha@one.test", "bob@gone.test"), ("second@one.test", "alpha@one.test"),
      ("bob@gone.test", nil), ("alpha@other.test", "alpha@one.test"), ("bob@gone.test", "bob@gone.test"),
    ] {
      #expect(assigner.place(of: Self.failed(address, original), in: Self.id) == .passedOn)
      #expect(assigner.place(of: Self.failed("bob@gone.test", nil), in: Self.later) == .passedOn)
    }
  }

  @Test("a server's other name for the same mailbox is that mailbox; alone it says nothing of the one that we know")
  func rewritten() throws {
    let assigner = try Self.assigner()
    for name in ["alpha@mx.one.test", "alpha@server", "alpha+invoices@one.test"] {
      #expect(assigner.place(of: Self.failed(name, "alpha@one.test"), in: Self.id) == .last(0, isExact: true))
      #expect(assigner.place(of: Self.failed(name, nil), in: Self.id) == .last(0, isExact: false))
    }
  }

  @Test("what a list passed on is a person's where it answers us, or where the list is ours")
  func lists() throws {
    let assigner = try Self.assigner()
    func kind(_ sender: String, _ list: String?, _ references: [String] = []) -> Arrival.Kind {
      var arrival = Self.reply(from: sender, references: references)
      arrival.kind = .autoReply
      arrival.list = list
      return assigner.judged(arrival, assigner.owner(of: arrival)).kind
    }
    #expect(kind("x@y.test", "news.y.test", ["\(Self.id).aabbccdd@example.com"]) == .reply)
    #expect(kind("alpha@one.test", "ar.example.com") == .reply)
    #expect(kind("alpha@one.test", "news.one.test") == .autoReply)
    #expect(kind("alpha@one.test", "") == .autoReply)
    #expect(kind("alpha@one.test", nil, ["\(Self.id).aabbccdd@example.com"]) == .autoReply)
    #expect(kind("ar@example.com", "ar.example.com", ["\(Self.id).aabbccdd@example.com"]) == .autoReply)
  }

  @Test("what comes back late from the address of an earlier attempt is none of the last one's recipients")
  func lateBounce() throws {
    var history = ContactHistory()
    var intended = try Self.intended(Self.id, "K-1", ["old@one.test"])
    intended.cc = []
    history.apply(.contactIntended(intended), at: Instant(seconds: 1))
    history.apply(.contactInDoubt(contact: Self.id, recipient: 0, attempt: 1, why: "cut"), at: Instant(seconds: 2))
    history.apply(.contactResolved(contact: Self.id, sent: false, by: "ann"), at: Instant(seconds: 3))
    (intended.to, intended.attempt) = (["new@one.test"], 2)
    history.apply(.contactIntended(intended), at: Instant(seconds: 4))
    let assigner = Assigner(
      history, bounce: try BounceAddress(pattern: "bounce+{contact}@example.com"), customers: [], own: [])
    func place(_ address: String) -> Assigner.Place? { assigner.place(of: Self.failed(address), in: Self.id) }
    #expect(place("old@one.test") == .earlier(attempt: 1, 0))
    #expect(place("new@one.test") == .last(0, isExact: true))
    #expect(place("forwarded@elsewhere.test") == .passedOn)
    history.apply(
      .contactBounced(contact: Self.id, recipient: 0, attempt: 1, status: "5.1.1", permanent: true, excerpt: nil),
      at: Instant(seconds: 5))
    history.apply(
      .contactSent(Attempt(contact: Self.id, recipient: 0, attempt: 2)), at: Instant(seconds: 6))
    #expect(history.contact(Self.id)?.standing == .made)
  }

  @Test("a bounce that says what came back is nobody's where that is not ours")
  func foreign() throws {
    var arrival = Arrival(.bounce)
    arrival.recipients = [Self.failed("beta@two.test")]
    arrival.references = ["private.of.maria@example.com"]
    #expect(try Self.assigner().owner(of: arrival) == nil)
    arrival.addressees = ["bounce+\(Self.later)@example.com"]
    #expect(try Self.assigner().owner(of: arrival)?.way == .bounceAddress)
  }

  /// As a mail system reports it, with what it brings back.
  private static func report(_ recipient: String, _ returned: String) throws -> Arrival {
    try ArrivalTests.arrival(
      "Return-Path: <>\nFrom: mailer-daemon@mx.test\nContent-Type: multipart/report; boundary=x",
      """
      --x

      no such user
      --x
      Content-Type: message/delivery-status

      Reporting-MTA: dns; mx.test

      Final-Recipient: \(recipient)
      Action: failed
      Status: 5.1.1
      Diagnostic-Code: smtp; 550 5.1.1 no such user
      --x
      Content-Type: text/rfc822-headers

      \(returned)
      --x--
      """)
  }

  @Test(
    "a relay that gives messages an id of its own, and keeps ours",
    arguments: ["X-Microsoft-Original-Message-ID", "X-Google-Original-Message-ID", "X-Original-Message-ID"])
  func keptID(field: String) throws {
    let arrival = try Self.report(
      "rfc822; beta@two.test", "Message-ID: <x@relay.test>\n\(field): <\(Self.later).aabbccdd@example.com>")
    let owner = try Self.assigner().owner(of: arrival)
    #expect(owner == Assigner.Owner(way: .messageID, contact: Self.later, customers: ["K-2"]))
  }

  @Test("of one that does not, the address tells whose it may be, where the message came from us")
  func replacedID() throws {
    func owner(_ returned: String) throws -> Assigner.Owner? {
      try Self.assigner().owner(of: Self.report("rfc822; beta@two.test", "Message-ID: <x@relay.test>" + returned))
    }
    let ours = "\nFrom: \"Accounts, Ltd\" <AR@example.com>\nTo: beta@two.test"
    #expect(try owner(ours) == Assigner.Owner(way: .address, contact: Self.later, customers: ["K-2"]))
    #expect(try owner("\nFrom: maria@example.com\nTo: beta@two.test") == nil)
    #expect(try owner("\nFrom: \"ar@example.com\" <maria@example.com>\nTo: ar@example.com") == nil)
    #expect(try owner("") == nil)
  }

  @Test("a notification as JSON says what came back: the bounce address, else the id that we gave it")
  func notification() throws {
    func owner(_ type: String, _ mail: String) throws -> Assigner.Owner? {
      let list = type == "Bounce" ? "bounce\":{\"bouncedRecipients" : "complaint\":{\"complainedRecipients"
      let json =
        #"{"notificationType":""# + type + #"","\#(list)":[{"emailAddress":"beta@two.test","action":"failed","#
        + #""status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"}]},"mail":{\#(mail)}}"#
      let arrival = try ArrivalTests.arrival("From: no-reply@sns.test\nTo: ar@example.com\nSubject: Notification", json)
      #expect(arrival.kind == (type == "Bounce" ? .bounce : .complaint))
      return try Self.assigner().owner(of: arrival)
    }
    let own = #""messageId":"0100-0a-000000""#
    let source = #""source":"bounce+\#(Self.later)@example.com","sourceArn":"arn:aws:ses:x","# + own
    let ours = #"<\#(Self.later).aabbccdd@example.com>"#
    for type in ["Bounce", "Complaint"] {
      #expect(try owner(type, source)?.way == .bounceAddress)
      for id in [ours, "\\u003c\(ours.dropFirst().dropLast())\\u003e"] {
        let common = own + #","commonHeaders":{"from":["AR <ar@example.com>"],"messageId":"\#(id)","subject":"x"}"#
        #expect(
          try owner(type, common) == Assigner.Owner(way: .messageID, contact: Self.later, customers: ["K-2"]),
          "\(common)")
      }
      let list =
        own + #","headers":[{"name":"From","value":"ar@example.com"},{"name":"Message-ID","value":"\#(ours)"}]"#
      #expect(try owner(type, list)?.way == .messageID)
      // The service's own id says nothing.
      #expect(try owner(type, own)?.way == .address)
      #expect(
        try owner(type, own + #","commonHeaders":{"messageId":"<0100-0a@eu-west-1.amazonses.com>"}"#)?.way == .address)
    }
    let folded = own + #","commonHeaders":{"messageId":"<\#(Self.later).aab!"# + "\n " + #"bccdd@example.com>"}"#
    #expect(try owner("Bounce", folded)?.way == .messageID)
    let foreign = #","commonHeaders":{"from":["maria@example.com"],"messageId":"<private@example.com>"}"#
    #expect(try owner("Bounce", own + foreign) == nil)
    let kept = #","commonHeaders":{"from":["\"A, B\" <ar@example.com>"],"messageId":"<private@example.com>"}"#
    #expect(try owner("Bounce", own + kept)?.way == .address)
  }

  @Test("an answer through a list that puts its own address in the place of the writer's is the writer's")
  func throughOurList() throws {
    func arrival(_ more: String) throws -> Arrival {
      try ArrivalTests.arrival(#"From: "'beta@two.test' via Accounts" <ar@example.com>"# + "\n" + more)
    }
    let assigner = try Self.assigner()
    let reference = "In-Reply-To: <\(Self.later).aabbccdd@example.com>\n"
    for field in [
      "X-Original-Sender: beta@two.test", "X-Original-From: B <Beta@two.test>", "Reply-To: b <beta@two.test>",
    ] {
      let byID = try arrival(reference + "List-ID: <ar.example.com>\nPrecedence: list\n" + field)
      let owner = assigner.owner(of: byID)
      #expect(owner?.way == .messageID && owner?.contact == Self.later, "\(field)")
      #expect(assigner.judged(byID, owner).kind == .reply)
      let byAddress = try arrival("List-ID: <ar.example.com>\n" + field)
      #expect(assigner.owner(of: byAddress)?.way == .address)
      #expect(assigner.judged(byAddress, assigner.owner(of: byAddress)).kind == .reply)
      #expect(assigner.judged(byAddress, assigner.owner(of: byAddress)).sender == "beta@two.test")
      #expect(assigner.owner(of: try arrival(field))?.customers == ["K-2"])
    }
    #expect(assigner.owner(of: try arrival(reference)) == nil)
    #expect(
      assigner.owner(of: try arrival(reference + "Reply-To: ar@example.com\nX-Original-Sender: AR@example.com")) == nil)
  }

  @Test("a report whose sole recipient has no mail address is about the one to whom it went, and of two about none")
  func noMailAddress() throws {
    let id = "Message-ID: <\(Self.later).aabbccdd@example.com>\n"
    func place(_ returned: String) throws -> Assigner.Place? {
      let arrival = try Self.report("x400; CN=Kim/O=Two", id + returned)
      return try Self.assigner().place(of: try #require(arrival.recipients.first), in: Self.later)
    }
    #expect(try place("To: Beta <Beta@two.test>") == .last(0, isExact: true))
    #expect(try place("To: beta@two.test, boss@one.test") == .unnamed)
    #expect(try place("To: beta@two.test\nCc: boss@one.test") == .unnamed)
    #expect(try place("Subject: x") == .unnamed)
  }

  @Test("a bounce by its failed address goes to the newest contact that went there")
  func bounceByAddress() throws {
    var arrival = Arrival(.bounce)
    arrival.sender = "mailer-daemon@two.test"
    let bad = Diagnosis(.mailboxUnknown, status: "5.1.1", isPermanent: true)
    arrival.recipients = [.init(address: "beta@two.test", original: nil, diagnosis: bad, words: "")]
    #expect(try Self.assigner().owner(of: arrival)?.contact == Self.later)
    arrival.recipients[0].address = "nobody@two.test"
    #expect(try Self.assigner().owner(of: arrival) == nil)
  }
}
