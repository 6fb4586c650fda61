import Ledger
import Testing
import Units

@testable import Decisions

/// A letter from its page in the outbox to the post, or to the bin.
@Suite("A letter in the outbox")
struct LetterTests {
  /// Due on 2 March; `final` is a letter on day 10, `last` an e-mail on day 30.
  static let due = Scene(due: "2026-03-02").steps(
    Step("final", 10, level: 2, channel: .letter, deadline: 7), Step("last", 30, level: 3)
  ).customer { $0.address = "Hauptstr. 1; 10115 Berlin" }.at("2026-03-12 11:00")

  /// With its page in the outbox, under the contact `L`.
  static let waiting = due.printed("L", at: "2026-03-12 11:00").at("2026-03-13 11:00")

  @Test("is a contact like a mail, to the postal address")
  func planned() {
    let contacts = Self.due.verdict.contacts
    #expect(contacts.map(\.channel) == [.letter])
    #expect(contacts.first?.to == ["Customer C", "Hauptstr. 1", "10115 Berlin"])
    #expect(Self.due.verdict.tasks.isEmpty)
  }

  @Test("holds its invoice as an open task until it is posted")
  func waits() {
    Self.waiting.expect(.taskOpen)
    Self.waiting.at("2026-05-04 11:00").expect(.taskOpen)
    let task = Self.waiting.verdict.tasks.first
    #expect(task?.waitsFor == .letterOpen(contact: "L"))
    #expect(task?.channel == .letter)
    #expect(Self.waiting.verdict.contacts.isEmpty)
    #expect(Self.waiting.verdict.recalls.isEmpty)
  }

  @Test("is no doubt, also after a crash")
  func noDoubt() {
    #expect(Self.waiting.history.unsettled.isEmpty)
    #expect(Self.waiting.history.doubtful.isEmpty)
    #expect(Self.waiting.history.outbox.map(\.id) == ["L"])
    #expect(Self.waiting.history.contact("L")?.standing == .outbox)
  }

  @Test("was made on the day on which it is posted")
  func posted() {
    let posted = Self.waiting.happened(.contactResolved(contact: "L", sent: true, by: "anna"), "2026-03-20 09:00")
    #expect(posted.history.outbox.isEmpty)
    // The gap of seven days counts from the 20th, the next step is not due before 1 April.
    let decision = posted.at("2026-03-21 11:00").verdict.decisions.first
    #expect(decision?.reason == .notYet)
    #expect(decision?.step?.name == "last")
    #expect(posted.history.contact("L")?.at == Zone.berlin.time("2026-03-20 09:00"))
  }

  @Test("that was not posted is due again")
  func notPosted() {
    Self.waiting.happened(.contactResolved(contact: "L", sent: false, by: "anna"), "2026-03-13 09:00")
      .expect(.contact, step: "final")
  }

  @Test("stays a task where its invoice has come to a step that nothing can be reached by")
  func laterStep() {
    let steps = Scene(due: "2026-03-02").steps(
      Step("final", 10, level: 2, channel: .letter), Step("last", 30, level: 3), catchUp: .latest
    ).customer {
      $0.address = "Hauptstr. 1; 10115 Berlin"
      $0.emails = []
    }.at("2026-03-12 11:00").printed("L", at: "2026-03-12 11:00").at("2026-04-10 11:00")
    steps.expect(.taskOpen)
    let tasks = steps.verdict.tasks
    #expect(tasks.map(\.step.name) == ["final"])
    #expect(tasks.map(\.waitsFor) == [.letterOpen(contact: "L")])
    #expect(tasks.first?.advancing.map(\.step) == ["final"])
  }

  @Test("keeps other notices to the same payer from going")
  func groupWaits() {
    let other = Self.waiting.invoice("R2", due: "2026-03-03", "50 EUR")
    #expect(other.verdict.decisions.map(\.reason) == [.taskOpen, .taskOpen])
    #expect(other.verdict.tasks.count == 1)
    #expect(other.verdict.tasks.first?.advancing.map(\.key.number) == ["R1"])
  }

  /// What happens to an invoice before its letter is posted.
  static let recalls: [(String, ReasonCode, Scene)] = [
    ("paid", .settled, waiting.payment("100 EUR", on: "2026-03-12", for: "R1")),
    ("paid in part", .settled, waiting.payment("30 EUR", on: "2026-03-12", for: "R1")),
    ("credited", .settled, waiting.creditNote("G1", "100 EUR", on: "2026-03-12", for: "R1")),
    ("held", .held, waiting.held(.invoice, from: "2026-03-12 12:00")),
    ("disputed", .disputed, waiting.disputed(.invoice, from: "2026-03-12 12:00")),
    ("disputed in part", .disputed, waiting.disputed(.invoice, "40 EUR", from: "2026-03-12 12:00")),
    ("promised", .promised, waiting.promised("100 EUR", by: "2026-03-30", from: "2026-03-12 12:00")),
    ("unreadable", .quarantined, waiting.badRow(.invoice(customer: "C", number: "R1"))),
    ("of a customer who wants no letters", .doNotContact, waiting.customer { $0.doNotContact = .channels([.letter]) }),
    ("of a customer who has moved", .noAddress, waiting.customer { $0.address = "Weg 2; 10117 Berlin" }),
    ("of a customer capped below it", .capped, waiting.customer { $0.maxLevel = 1 }),
    (
      "skipped", .completed,
      waiting.happened(
        .stepSkipped(scope: .invoice, step: "final", undone: false, by: "anna", text: nil), "2026-03-12 12:00")
    ),
    ("of a letter whose own deadline has come", .deadlineRunning, waiting.at("2026-03-19 09:00")),
    ("gone from the ledger", .settled, waiting.with { $0.invoices = [] }),
  ]

  @Test("is called off when its invoice is", arguments: recalls.indices)
  func recalled(index: Int) {
    let (what, reason, scene) = Self.recalls[index]
    #expect(scene.verdict.recalls == [LetterRecall(contact: "L", reason: reason)], "\(what)")
    #expect(scene.verdict.tasks.isEmpty, "\(what)")
    // Once that is recorded, nothing is left of it.
    let after = scene.happened(.contactCancelled(contact: "L", reason: reason), "2026-03-13 10:59")
    #expect(after.history.outbox.isEmpty && after.verdict.recalls.isEmpty, "\(what)")
    #expect(after.history.contact("L")?.standing == .undone)
  }

  @Test("is called off when an invoice that it only lists is paid")
  func listedPaid() {
    let scene = Self.due.invoice("R2", due: "2026-03-09", "50 EUR").printed("L", at: "2026-03-12 11:00")
      .at("2026-03-13 11:00")
    #expect(scene.history.contact("L")?.listed.map(\.key.number) == ["R1", "R2"])
    #expect(scene.verdict.recalls.isEmpty)
    #expect(
      scene.payment("50 EUR", on: "2026-03-12", for: "R2").verdict.recalls.map(\.reason) == [.settled])
  }

  @Test("that a person posted is posted, whatever was recorded after it or before")
  func postedWins() {
    let cancelled = Self.waiting.happened(.contactCancelled(contact: "L", reason: .held), "2026-03-13 09:00")
    for scene in [
      cancelled.happened(.contactResolved(contact: "L", sent: true, by: "anna"), "2026-03-13 09:01"),
      Self.waiting.happened(.contactResolved(contact: "L", sent: true, by: "anna"), "2026-03-13 09:00")
        .happened(.contactCancelled(contact: "L", reason: .held), "2026-03-13 09:01"),
    ] {
      #expect(scene.history.contact("L")?.standing == .made)
    }
  }

  @Test("stands in a forecast as posted at once, and not at all when it is to be called off")
  func forecast() {
    let entries = Forecast(
      Self.waiting.books, Self.waiting.history, Self.waiting.policy, from: Self.waiting.now, ledgerAge: .zero, days: 40
    ).entries
    #expect(entries.map(\.contact.step.name) == ["final", "last"])
    let paid = Self.waiting.payment("100 EUR", on: "2026-03-12", for: "R1")
    #expect(Forecast(paid.books, paid.history, paid.policy, from: paid.now, ledgerAge: .zero, days: 40).entries.isEmpty)
  }

  @Test("needs a postal address; without one the fallback goes")
  func noAddress() {
    Self.due.customer { $0.address = "" }.expect(.noAddress)
    let fallback = Self.due.steps(Step("final", 10, level: 2, channel: .letter, fallback: .email))
      .customer { $0.address = "" }
    #expect(fallback.verdict.contacts.map(\.channel) == [.email])
  }

  @Test("is read back from a sealed history as it was written")
  func bytes() throws {
    let letter = try #require(Self.waiting.history.contact("L"))
    var writer = HistoryWriter()
    letter.write(to: &writer)
    let bytes = writer.bytes
    let back = try bytes.withUnsafeBytes { buffer in
      var reader = HistoryReader(buffer)
      return try PastContact(from: &reader)
    }
    #expect(back == letter)
  }

  @Test("a webhook that was refused is not tried again before a day has passed")
  func refusedWebhook() {
    let scene = Self.due.steps(Step("text", 10, level: 2, channel: .webhook)).customer { $0.phone = "+49 30 1" }
    #expect(scene.verdict.contacts.map(\.to) == [["+49 30 1"]])
    let failed = scene.printed("W", at: "2026-03-12 11:00")
      .happened(
        .contactFailed(Attempt(contact: "W", recipient: 0, attempt: 1, stage: "http", code: 422)), "2026-03-12 11:00")
    failed.at("2026-03-12 15:00").expect(.retryLater)
    failed.at("2026-03-13 11:30").expect(.contact, step: "text")
  }
}

@Suite("A postal address")
struct PostalAddressTests {
  private func lines(_ address: String, name: String = "Alpha Ltd", country: String? = nil) -> [String] {
    var customer = Customer(id: "K", place: Place(file: "customers.csv"))
    customer.name = name
    customer.address = address
    customer.country = country
    return PostalAddress(of: customer).lines
  }

  @Test("is parted at semicolons, or else at commas; a written \\n comes before both")
  func parted() {
    #expect(lines("Unit 4, The Mill; Reading;RG1 2AB") == ["Alpha Ltd", "Unit 4, The Mill", "Reading", "RG1 2AB"])
    #expect(lines("Hauptstr. 1, 10115 Berlin") == ["Alpha Ltd", "Hauptstr. 1", "10115 Berlin"])
    #expect(lines("A; B\\nC") == ["Alpha Ltd", "A; B", "C"])
    #expect(lines(" ; ,") == ["Alpha Ltd", ","])
  }

  @Test("names the payer once")
  func named() {
    #expect(lines("ALPHA LTD; Reading") == ["ALPHA LTD", "Reading"])
    #expect(lines("Reading", name: "") == ["Reading"])
  }

  @Test("keeps city, state and code on one line where that is the custom")
  func states() {
    #expect(
      lines("500 Main St, Springfield, IL 62701", country: "US") == [
        "Alpha Ltd", "500 Main St", "Springfield, IL 62701",
      ])
    #expect(
      lines("1 Elgin St, Ottawa, ON K1A 0B1", country: "CA") == ["Alpha Ltd", "1 Elgin St", "Ottawa, ON K1A 0B1"])
    #expect(lines("Weg 1, BE 1234", country: "CH") == ["Alpha Ltd", "Weg 1", "BE 1234"])
  }

  @Test("is none where the ledger has none")
  func none() {
    #expect(lines("").isEmpty)
    #expect(lines(" ; ; ").isEmpty)
  }
}

extension Scene {
  /// What is decided now is intended under that id, and nothing is heard of it.
  func printed(_ id: String, at time: String) -> Scene {
    at(time).with { scene in
      for contact in scene.verdict.contacts {
        scene.history.apply(
          .contactIntended(contact.intended(as: id, attempt: 1, messageID: "", sha256: "ab", policy: "")), at: scene.now
        )
      }
    }
  }
}
