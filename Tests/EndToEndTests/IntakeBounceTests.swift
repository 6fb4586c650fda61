import Foundation
import Testing

// What a mail server says of a message that it could not deliver.
extension EndToEnd.IntakeMail {
  @Test("an address that does not exist is marked as bad: by our Message-ID, by its bounce address")
  func badAddress() async throws {
    for way in ["message_id", "bounce_address"] {
      try await scenario { office in
        let sent = try await Self.written(office, mail: "bounce_address = \"bounce+{contact}@example.com\"")
        let contact = try #require(sent["K-1"]?["contact"].text)
        try office.write(
          Self.bounce(
            sent["K-1"], "alpha@one.test", id: "b1@mx.test", status: "5.1.1", words: "550 5.1.1 no such user",
            to: way == "bounce_address" ? "bounce+\(contact)@example.com" : "ar@example.com",
            returned: way == "message_id" ? nil : "X-Nothing: here"), to: "b.eml")
        let outcome = try await office.expect(
          0, "intake-mail", "b.eml", "--as-of", "2026-03-02T12:00", "--format", "json")
        let row = try #require(outcome.lines.first)
        #expect(row["kind"].text == "bounce" && row["result"].text == "recorded" && row["found_by"].text == way)
        #expect(row["contact"].text == contact && row["status"].text == "5.1.1" && row["permanent"] == .bool(true))
        let record = try #require(office.records("contact.bounced").first)
        #expect(record["recipient"] == .number(0) && record["permanent"] == .bool(true))
        #expect(try await Self.reason(office, "A-1", "2026-03-02T13:00")?["reason"].text == "no_address")
        #expect(try await Self.reason(office, "B-1", "2026-03-02T13:00")?["reason"].text != "no_address")
      }
    }
  }

  @Test("a bounce of a message that is not ours is nobody's, whatever address it names")
  func foreignBounce() async throws {
    try await scenario { office in
      let sent = try await Self.written(office, mail: "bounce_address = \"bounce+{contact}@example.com\"")
      let ids = ["<forged@nowhere>", "<private.of.maria@example.com>", "<0123456789abcdef.aabbccdd@example.com>"]
      for (index, id) in ids.enumerated() {
        // An answer of a colleague to what we wrote is not what we wrote.
        let thread = "\nReferences: \(sent["K-1"]?["message_id"].text ?? "")"
        try office.write(
          Self.bounce(
            nil, "alpha@one.test", id: "b\(index)@mx.test", status: "5.1.1", words: "550 5.1.1 no such user",
            returned: "Message-ID: \(id)" + thread), to: "back/\(index).eml")
      }
      let lines = office.journalLines.count
      let outcome = try await office.expect(
        0, "intake-mail", "back", "--as-of", "2026-03-02T12:00", "--format", "json")
      #expect(outcome.lines.map { $0["result"].text } == ["left", "left", "left"], "\(outcome)")
      #expect(outcome.lines.allSatisfy { $0["note"].text?.contains("not one of ours") ?? false }, "\(outcome)")
      #expect(office.journalLines.count == lines)
      #expect(try await Self.reason(office, "A-1", "2026-03-02T13:00")?["reason"].text != "no_address")
    }
  }

  @Test("a bounce that is found by its address alone undoes and marks nothing: the customer rests, a person looks")
  func bounceByAddress() async throws {
    try await scenario { office in
      let sent = try await Self.written(office, mail: "bounce_address = \"bounce+{contact}@example.com\"")
      try office.write(
        Self.bounce(
          nil, "alpha@one.test", id: "b1@mx.test", status: "5.1.1", words: "550 5.1.1 no such user",
          returned: "X-Nothing: here"), to: "b.eml")
      for result in ["recorded", "known"] {
        let outcome = try await office.expect(
          0, "intake-mail", "b.eml", "--as-of", "2026-03-02T12:00", "--format", "json")
        let row = try #require(outcome.lines.first)
        #expect(row["kind"].text == "bounce" && row["result"].text == result && row["found_by"].text == "address")
        #expect(row["permanent"] == .bool(false) && row["suggestions"].texts == ["wrong_contact"], "\(row)")
      }
      #expect(office.records("contact.bounced").isEmpty)
      let record = try #require(office.records("contact.replied").first)
      #expect(record["contact"].text == sent["K-1"]?["contact"].text && record["customer"].text == "K-1")
      #expect(record["personal"]["excerpt"].text?.contains("alpha@one.test") ?? false)
      #expect(office.records("contact.replied").count == 1)
      #expect(try await Self.reason(office, "A-1", "2026-03-02T13:00")?["reason"].text == "replied")
    }
  }

  @Test(
    "a bounce behind a relay with ids of its own: ours that it kept marks, else a person looks; JSON says it, too")
  func relayedBounce() async throws {
    for way in ["kept", "replaced", "json", "source", "unnamed"] {
      try await scenario { office in
        let sent = try await Self.written(office, mail: "bounce_address = \"bounce+{contact}@example.com\"")
        let id = try #require(sent["K-1"]?["message_id"].text)
        let contact = try #require(sent["K-1"]?["contact"].text)
        func report(_ returned: String, _ address: String = "alpha@one.test") -> String {
          Self.bounce(
            nil, address, id: "b1@mx.test", status: "5.1.1", words: "550 5.1.1 no such user",
            returned: returned)
        }
        func notice(_ mail: String) -> String {
          "From: no-reply@sns.test\nSubject: Notification\nMessage-ID: <n1@sns.test>\n\n"
            + #"{"notificationType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":"alpha@one.test","#
            + #""action":"failed","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"}]},"#
            + #""mail":{"messageId":"0100-0a",\#(mail)}}"# + "\n"
        }
        let text =
          switch way {
          case "kept": report("Message-ID: <x@relay.test>\nX-Microsoft-Original-Message-ID: \(id)")
          case "replaced": report("Message-ID: <x@relay.test>\nFrom: Example Accounts <ar@example.com>")
          case "json": notice(#""commonHeaders":{"messageId":"\#(id)"}"#)
          case "source": notice(#""source":"bounce+\#(contact)@example.com""#)
          default:
            report("Message-ID: \(id)", "alpha@one.test").replacing("rfc822; alpha@one.test", with: "x400; CN=x/O=y")
          }
        try office.write(text, to: "b.eml")
        let outcome = try await office.expect(
          0, "intake-mail", "b.eml", "--as-of", "2026-03-02T12:00", "--format", "json")
        let row = try #require(outcome.lines.first)
        let isSure = way != "replaced"
        #expect(row["result"].text == "recorded" && row["contact"].text == contact, "\(way) \(row)")
        #expect(row["permanent"] == .bool(isSure), "\(way) \(row)")
        #expect(office.records("contact.bounced").count == (isSure ? 1 : 0))
        #expect(
          try await Self.reason(office, "A-1", "2026-03-02T13:00")?["reason"].text
            == (isSure ? "no_address" : "replied"))
        if !isSure { #expect(row["note"].text?.contains("an id that is not ours") ?? false, "\(row)") }
      }
    }
  }

  @Test("what failed behind an address that passes mail on marks no address and goes to nobody again")
  func passedOn() async throws {
    let cases: [(String, String, String?)] = [
      ("5.1.1", "550 5.1.1 User unknown", "alpha@one.test"), ("5.2.2", "552 5.2.2 Mailbox full", "alpha@one.test"),
      ("5.2.2", "552 5.2.2 Mailbox full", nil),
    ]
    for (status, words, original) in cases {
      try await scenario { office in
        let sent = try await Self.written(office)
        try office.write(
          Self.bounce(
            sent["K-1"], "bob@gone.test", id: "b1@mx.test", status: status, words: words, original: original),
          to: "b.eml")
        let outcome = try await office.expect(
          0, "intake-mail", "b.eml", "--as-of", "2026-03-02T12:00", "--format", "json")
        let row = try #require(outcome.lines.first)
        #expect(row["result"].text == "recorded" && row["permanent"] == .bool(false), "\(row)")
        #expect(office.records("contact.bounced").isEmpty && office.records("contact.replied").count == 1)
        #expect(try await Self.reason(office, "A-1", "2026-03-02T13:00")?["reason"].text == "replied")
        try await office.expect(0, "run", "--once", "--as-of", "2026-03-06T12:00")
        #expect(office.records("contact.intended").count == 2)
      }
    }
  }

  @Test("what one of two had comes back late: its address is bad, and the step is made as long as the other has it")
  func lateBounce() async throws {
    try await scenario { office in
      let sink = try await office.sink("rcpt=450 4.2.0 greylisted:to boss@")
      try office.configure(Setup(sink: sink))
      try office.books(
        Samples.head + "A-1,K-1,2026-01-21,2026-02-20,120.00,EUR\n",
        customers: "id,name,email\nK-1,Alpha Ltd,alpha@one.test; boss@one.test\n")
      try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
      try office.configure(Setup(sink: try await office.sink()))
      try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:40")
      let sent = try #require(office.records("contact.intended").last { $0["customer"].text == "K-1" })
      #expect(sent["attempt"] == .number(2) && sent["personal"]["to"].texts == ["boss@one.test"], "\(sent)")
      func comesBack(_ address: String, _ id: String) async throws -> JSON? {
        try office.write(
          Self.bounce(sent, address, id: id, status: "5.1.1", words: "550 5.1.1 no such user"), to: "b.eml")
        return try await office.expect(
          0, "intake-mail", "b.eml", "--as-of", "2026-03-02T13:00", "--format", "json"
        ).lines.first
      }
      #expect(try await comesBack("alpha@one.test", "b1@mx.test")?["result"].text == "recorded")
      let record = try #require(office.records("contact.bounced").last)
      #expect(record["recipient"] == .number(0) && record["attempt"] == .number(1), "\(record)")
      #expect(try await Self.reason(office, "A-1", "2026-03-02T14:00")?["reason"].text != "no_address")
      #expect(try await comesBack("boss@one.test", "b2@mx.test")?["permanent"] == .bool(true))
      #expect(office.records("contact.bounced").last?["attempt"] == .missing)
      #expect(try await Self.reason(office, "A-1", "2026-03-02T14:00")?["reason"].text == "no_address")
    }
  }

  @Test("what came back for now marks nobody, and is sent again after a day, not in the next cycle")
  func fullMailbox() async throws {
    try await scenario { office in
      let sent = try await Self.written(office)
      try office.write(
        Self.bounce(
          sent["K-1"], "alpha@one.test", id: "b1@mx.test", status: "5.2.2", words: "552 5.2.2 mailbox full"),
        to: "b.eml")
      try await office.expect(0, "intake-mail", "b.eml", "--as-of", "2026-03-02T12:00")
      #expect(office.records("contact.bounced").first?["permanent"] == .bool(false))
      try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T12:30")
      #expect(office.records("contact.sent").count == 2)
      #expect(try await Self.reason(office, "A-1", "2026-03-02T12:31")?["reason"].text == "retry_later")
      try await office.expect(0, "run", "--once", "--as-of", "2026-03-03T12:00")
      #expect(office.records("contact.sent").count == 3)
    }
  }
}
