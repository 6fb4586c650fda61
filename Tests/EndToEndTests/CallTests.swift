import Foundation
import Testing

extension EndToEnd {
  @Suite("Calls") struct Calls {
    private static let steps = """
      [[schedule]]
      name = "standard"
      steps = [
        { name = "call", day = 5, level = 1, channel = "call", template = "call" },
        { name = "final", day = 30, level = 2, template = "final" },
      ]
      """

    private static func tasks(_ office: Office, _ time: String) async throws -> [String] {
      try await office.expect(0, "tasks", "--format", "json", "--as-of", time).lines
        .map { "\($0["task"].text ?? "") \($0["customer"].text ?? "")" }.sorted()
    }

    @Test(
      "a call is about what its customer owes or pays for: another one's invoice is refused, and nothing is recorded")
    func othersInvoice() async throws {
      try await scenario { office in
        try office.configure()
        try office.books(Samples.invoices, customers: Samples.customers + "K-4,Delta,,en,GB,business\n")
        let words = ["call", "K-1", "--outcome", "disputed", "--note", "wrong", "--as-of", "2026-03-02T10:00"]
        let other = try await office.start(words + ["--invoice", "B-1"]).finish()
        #expect(
          other.status == 64 && other.err.contains("K-2") && other.err.contains("nothing was recorded"), "\(other)")
        let promise = try await office.expect(
          64, "call", "K-1", "--outcome", "promised", "--by", "2026-03-20", "--invoice", "B-1", "--as-of",
          "2026-03-02T10:00")
        #expect(promise.err.contains("K-2"), "\(promise)")
        #expect(office.journalLines.isEmpty)
        #expect(try await office.start(words + ["--invoice", "A-1"]).finish().status == 0)
        // Who pays for another one speaks for him, too.
        try office.books(
          Samples.invoices, customers: "id,name,email,payer\nK-1,A,a@a.test,\nK-2,B,b@b.test,K-1\nK-3,C,c@c.test,\n")
        #expect(try await office.start(words + ["--invoice", "B-1"]).finish().status == 0)
      }
    }

    @Test("a call is taken back with the promise that came of it: its step is due again, and the promise is withdrawn")
    func undo() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Setup(sink: sink)
        setup.schedules = Self.steps
        try office.configure(setup)
        try office.books(Samples.invoices)
        #expect(try await Self.tasks(office, "2026-03-02T10:00") == ["call K-1", "call K-2"])
        try await office.expect(64, "call", "K-1", "--as-of", "2026-03-02T10:01")
        try await office.expect(65, "call", "K-1", "--undo", "--as-of", "2026-03-02T10:01")
        try await office.expect(
          0, "call", "K-1", "--outcome", "promised", "--by", "2026-03-20", "--as-of", "2026-03-02T10:02")
        #expect(try await Self.tasks(office, "2026-03-02T10:03") == ["call K-2"])
        let undone = try await office.expect(
          0, "call", "K-1", "--undo", "--note", "that was K-2", "--recorded-by", "Erika", "--as-of", "2026-03-02T10:04")
        #expect(undone.said.contains("Taken back: the call to K-1 of 2026-03-02, promised."), "\(undone)")
        #expect(office.records("contact.resolved").first?["by"].text == "Erika")
        #expect(office.records("promise.ended").count == 1)
        #expect(office.records("note.added").count == 1)
        // Once is enough.
        try await office.expect(65, "call", "K-1", "--undo", "--as-of", "2026-03-02T10:05")
        // A promise that ended leaves in peace for a while; then the call is due again.
        #expect(try await Self.tasks(office, "2026-03-05T10:00") == ["call K-1", "call K-2"])
        try await office.expect(0, "call", "K-1", "--outcome", "no-answer", "--as-of", "2026-03-05T10:01")
        let nothing = try await office.expect(65, "call", "K-1", "--undo", "--as-of", "2026-03-05T10:02")
        #expect(nothing.said.contains("is left to take back"), "\(nothing)")
        try await office.expect(0, "journal", "verify")
      }
    }
  }
}
