import Decisions
import Foundation
import Ledger
import Testing
import Units

@testable import Journal

/// One record of each type as it stands on the disk: `Golden/records.jsonl`. The format is final, so a difference here
/// is a journal that older versions cannot read. `UPDATE_GOLDEN=1` writes the file anew.
@Suite("The bytes of each type of record")
struct GoldenTests {
  private static let file = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Golden/records.jsonl")

  private static let invoice = Scope.invoice(customer: "C1", number: "R-7")
  private static let customer = Scope.customer("C1")
  private static let hundred = Money(minor: 10_000, Sample.euro)
  private static let attempt = Attempt(
    contact: "aaaa", recipient: 0, attempt: 1, stage: "rcpt", code: 451, reply: "451 4.2.1 <a@c1.example> busy",
    server: "mx.c1.example:25")

  private static let plan = Rest(
    kind: .plan, id: "plan-1", scope: customer,
    items: [ListedItem(key: ItemKey(customer: "C1", number: "R-7", item: "2"), open: hundred)], amount: hundred,
    until: Day(iso: "2026-03-16"), instalments: [Instalment(due: Day(iso: "2026-04-01")!, amount: hundred)],
    stage: .waitsToBeProposed, by: "anna", text: "by phone")

  private static var call: IntendedContact {
    var call = Sample.intended
    call.channel = .call
    return call
  }

  static let events: [HistoryEvent] = [
    .daemonStarted(version: "0.1.0", policy: "5f2a"), .daemonReloaded(version: "0.1.0", policy: "77c1"),
    .contactIntended(full), .contactSent(attempt), .contactDeferred(attempt, next: Sample.start + .minutes(5)),
    .contactFailed(
      Attempt(
        contact: "aaaa", recipient: 1, attempt: 1, stage: "rcpt", code: 550, reply: "550 5.1.1 no", badAddress: true)),
    .contactInDoubt(contact: "aaaa", recipient: 0, attempt: 1, why: "the connection broke after the last byte"),
    .contactResolved(contact: "aaaa", sent: false, by: "anna"), .contactCancelled(contact: "aaaa", reason: .settled),
    .contactBounced(contact: "aaaa", recipient: 0, status: "5.1.1", permanent: true, excerpt: "unknown user"),
    .contactReplied(Reply(contact: "aaaa", customer: "C1", excerpt: "we pay on Friday")),
    .addressCleared(customer: "C1", address: "a@c1.example", by: "anna"),
    .restPlaced(Rest(kind: .hold, scope: customer, until: Day(iso: "2026-03-31"), by: "anna", text: "merger")),
    .restEnded(kind: .hold, scope: customer, by: "anna", outcome: nil, text: "done"),
    .restPlaced(Rest(kind: .dispute, scope: invoice, amount: hundred, by: "anna", text: "two of ten were broken")),
    .restEnded(kind: .dispute, scope: invoice, by: "anna", outcome: "credited", text: nil),
    .restPlaced(
      Rest(kind: .promise, scope: invoice, amount: hundred, until: Day(iso: "2026-03-20"), by: "anna", text: "by phone")
    ),
    .restEnded(kind: .promise, scope: invoice, by: "dunningd", outcome: "kept", text: nil),
    .restEnded(kind: .promise, scope: invoice, by: "dunningd", outcome: "broken", text: nil),
    .restEnded(kind: .promise, scope: invoice, by: "dunningd", outcome: "partly", text: nil),
    .restPlaced(Rest(kind: .plan, scope: customer, amount: hundred, by: "anna", text: nil)),
    .restEnded(kind: .plan, scope: customer, by: "dunningd", outcome: "completed", text: nil),
    .restPlaced(Rest(kind: .reply, scope: customer, by: "anna", text: "asks for a copy")),
    .restEnded(kind: .reply, scope: customer, by: "anna", outcome: nil, text: nil),
    .stepSkipped(scope: invoice, step: "second", undone: false, by: "anna", text: "agreed"),
    .noteAdded(scope: customer, by: "anna", text: "Jörg \"the boss\"\nis back on Monday \u{202E}"),
    .approvalGiven(
      Approval(
        extent: .cycle, subject: "9c1185a5",
        lines: [
          Approval.Line(
            key: ItemKey(customer: "C1", number: "R-7", item: "2"), step: "final", repetition: 0, upTo: hundred)
        ],
        by: "anna", text: "looked at all")),
    .journalRecovered(bytes: 120, sha256: Digest.sha256([]), file: "journal/000001.4711.torn"),
    .cycleCompleted(Sample.summary), .daemonStopped(version: "0.1.0"),
    .restPlaced(plan),
    .restPlaced(
      Rest(kind: .dispute, scope: invoice, owner: "tom", deadline: Day(iso: "2026-04-01"), by: "anna", text: "late")),
    .restEnded(
      RestEnd(
        kind: .promise, scope: customer, id: "promise-1", by: "dunningd", outcome: "partly_kept", paid: hundred,
        text: nil)),
    .restEnded(
      RestEnd(
        kind: .dispute, scope: invoice, by: "anna", outcome: "rejected", until: Day(iso: "2026-04-20"),
        text: "signed for")),
    .callLogged(LoggedCall(customer: "C1", outcome: .noAnswer, by: "anna", text: "rang out")),
    .callLogged(
      LoggedCall(
        customer: "C1", outcome: .promised, contact: call,
        rest: Rest(
          kind: .promise, id: "promise-2", scope: customer, items: plan.items, amount: hundred,
          until: Day(iso: "2026-04-02"), by: "anna", text: "Ms Berger"), by: "anna", text: "Ms Berger")),
    .stepSkipped(scope: invoice, step: "second", undone: true, by: "anna", text: "after all"),
  ]

  /// Types that came later stand behind all others, so that no line of the file changes.
  static let later: [HistoryEvent] = [
    .journalErased(customer: "C1", records: 12, messages: 3, by: "anna", text: "request of 2 March"),
    .contactBounced(
      contact: "aaaa", recipient: 0, status: "5.1.1", permanent: true, mail: "b1@mx.c1.example", excerpt: "no such user"
    ),
    .contactReplied(
      Reply(
        contact: nil, customer: "C1", mail: "a1@c1.example", excerpt: "we pay 100 EUR on Friday",
        suggestions: [
          Suggestion(
            .promise, line: "we pay 100 EUR on Friday", days: [Day(iso: "2026-03-06")].compactMap(\.self),
            amounts: [hundred]), Suggestion(.question, line: nil),
        ])),
    .statementRequested(StatementRequest(customer: "C1", currency: Sample.euro, by: "anna", text: "asked by phone")),
    .statementRequested(
      StatementRequest(customer: "C1", currency: Sample.euro, isWithdrawn: true, by: "anna", text: "wrong customer")),
    .contactIntended(thanks),
    .contactBounced(
      contact: "aaaa", recipient: 1, attempt: 1, status: "5.1.1", permanent: true, mail: "b2@mx.c1.example",
      excerpt: nil),
  ]

  private static var thanks: IntendedContact {
    var contact = Sample.intended
    contact.kind = .thanks
    contact.invoices[0].anchor = .paid
    return contact
  }

  private static var full: IntendedContact {
    var contact = Sample.intended
    contact.deadline = Day(iso: "2026-03-12")
    contact.cc = ["boss@c1.example"]
    contact.invoices[0].ledgerSchedule = "key accounts"
    contact.invoices[0].repetition = 1
    contact.listed.append(
      ListedItem(key: ItemKey(customer: "C1-branch", number: "R-9", item: "1"), open: Money(minor: 5, Sample.euro)))
    return contact
  }

  @Test("are those of the golden file")
  func golden() throws {
    let bytes = try Sample.journal(
      GoldenTests.events.map { [$0] } + [[.daemonStopped(version: "1"), .daemonStopped(version: "2")]]
        + GoldenTests.later.map { [$0] })
    let keyed = try Sample.journal([[GoldenTests.events[0]]], key: Sample.key)
    let written = Sample.text(bytes + keyed)
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
      try written.write(to: GoldenTests.file, atomically: true, encoding: .utf8)
    }
    let expected = try String(contentsOf: GoldenTests.file, encoding: .utf8)
    for (line, golden) in zip(written.split(separator: "\n"), expected.split(separator: "\n")) {
      #expect(line == golden)
    }
    #expect(written == expected)
  }

  @Test("Python agrees: each line is JSON, and prev, check and personal_digest are what docs/journal.md says")
  func python() throws {
    let script = """
      import hashlib, json, sys
      prev, seq = "0" * 64, 0
      for raw in open(sys.argv[1], encoding="utf-8", newline="\\n"):
          line = raw.rstrip("\\n")
          record = json.loads(line)
          if record["type"] == "journal.opened" and record["chain"] != "sha256": break
          seq += 1
          assert record["seq"] == seq and record["prev"] == prev, (seq, "prev")
          head, _, personal = line.partition(',"personal":')
          if personal:
              assert list(record)[-1] == "personal"
              assert hashlib.sha256(personal[:-1].encode()).hexdigest() == record["personal_digest"], (seq, "personal")
              head += "}"
          before = head.partition(',"check":')[0]
          assert hashlib.sha256(before.encode()).hexdigest()[:32] == record["check"], (seq, "check")
          prev = hashlib.sha256(head.encode()).hexdigest()
      print(seq)
      """
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script, GoldenTests.file.path]
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(text == "\(GoldenTests.events.count + GoldenTests.later.count + 3)\n")
  }
}
