import Foundation
import Testing

extension EndToEnd {
  /// One company and its customers, by real commands, a real mail server and the real journal: each does what customers
  /// do. `Stories/*.txt` is what was said, sent and recorded; `UPDATE_GOLDEN=1` writes it anew.
  @Suite("Stories") struct Stories {
    @Test("a winter: paid early, late, in part, as promised; promises and a plan broken; a dispute won; a call")
    func winter() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Setup(sink: sink)
        setup.hours = "10:00-16:00"
        setup.days = "mon-fri"
        setup.holidays = "\"country\""
        setup.schedules = Self.policy
        // One after the other, so that they come in one order.
        setup.mail = "connections = 1"
        try office.configure(setup)
        let story = Story(office, Self.winterLedger, from: "2026-01-12")
        try story.ledger.write(to: office)

        try await story.work(until: "2026-01-20")
        try story.pays("early", "E-1", "200.00", on: "2026-01-20")
        try await story.work(until: "2026-02-10")
        try story.pays("late", "L-1", "300.00", on: "2026-02-10")
        try await story.says(
          "promise", "K-1", "--by", "2026-02-20", "--reason", "Ms Keeler, by phone", by: "--recorded-by")
        try await story.work(until: "2026-02-11")
        try await story.says("promise", "B-1", "--by", "2026-02-18", "--reason", "Mr Breaker", by: "--recorded-by")
        try await story.says(
          "dispute", "D-1", "--amount", "50.00 EUR", "--reason", "one box was missing", "--owner", "tom")
        try await story.work(until: "2026-02-12")
        try await story.says(
          "plan", "P-1", "--instalments", "3", "--every", "month", "--first", "2026-03-02", "--reason", "short of cash")
        try await story.work(until: "2026-02-13")
        try story.pays("part", "T-1", "200.00", on: "2026-02-13")
        try await story.work(until: "2026-02-16")
        try await story.says("dispute", "D-1", "--close", "--outcome", "accepted", "--reason", "it was")
        try await story.work(until: "2026-02-20")
        try story.pays("keep", "K-1", "400.00", on: "2026-02-20")
        try await story.work(until: "2026-02-25")
        try story.pays("part", "T-1", "300.00", on: "2026-02-25")
        try await story.looks("tasks")
        try await story.work(until: "2026-03-02")
        try story.pays("plan", "P-1", "300.00", on: "2026-03-02")
        try story.credits("dispute", "D-1", "50.00", on: "2026-03-02")
        try await story.says("call", "call", "--outcome", "no-answer", by: "--recorded-by")
        try await story.work(until: "2026-03-03")
        try story.pays("dispute", "D-1", "200.00", on: "2026-03-03")
        try await story.looks("tasks", "call")
        try await story.says(
          "call", "call", "--outcome", "promised", "--by", "2026-03-12", "--note", "Mr Caller was friendly",
          by: "--recorded-by")
        try await story.says(
          "promise", "B-1", "--by", "2026-03-10", "--reason", "Mr Breaker again", by: "--recorded-by")
        try await story.work(until: "2026-03-11")
        try story.pays("call", "C-1", "800.00", on: "2026-03-11")
        try await story.work(until: "2026-03-20")
        try await story.looks("tasks")
        try await story.looks("explain", "B-1")
        try await story.work(until: "2026-04-20")
        try await story.looks("tasks")
        try await story.looks("explain", "P-1")
        try await story.looks("journal", "verify")

        try await story.mails(sink)
        try await story.journal()
        try story.expect("a-winter.txt")
      }
    }

    private static let winterLedger = StoryLedger(
      customers: ["early", "late", "part", "keep", "break", "plan", "dispute", "call"].map {
        StoryLedger.Customer(id: $0, email: "ap@\($0).test", owner: $0 == "dispute" ? "tom" : "maria")
      },
      invoices: [
        ("E-1", "early", "200.00"), ("L-1", "late", "300.00"), ("T-1", "part", "500.00"), ("K-1", "keep", "400.00"),
        ("B-1", "break", "350.00"), ("P-1", "plan", "900.00"), ("D-1", "dispute", "250.00"), ("C-1", "call", "800.00"),
      ].map { ($0.0, $0.1, "2026-01-05", "2026-02-04", $0.2) })

    static let policy = """
      [promise]
      steps = [{ name = "promise-confirmed", anchor = "issued", day = 0, level = 0 }]

      [plan]
      steps = [
        { name = "instalment", day = -3, level = 0 },
        { name = "instalment-late", day = 3, level = 1 },
      ]

      [[schedule]]
      name = "standard"
      steps = [
        { name = "upcoming", day = -7, level = 0 },
        { name = "first",    day = 5,  level = 1 },
        { name = "second",   day = 15, level = 2, deadline = 7 },
        { name = "call",     day = 26, level = 2, channel = "call", offer_plan = true },
        { name = "final",    day = 35, level = 3, deadline = 10 },
      ]
      """
  }
}
