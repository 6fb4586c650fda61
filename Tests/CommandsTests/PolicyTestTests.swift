import Daemon
import Testing

@testable import Commands

@Suite("Policy tests that users write")
struct PolicyTestTests {
  private static let policy = """
    [company]
    name = "Example GmbH"
    time_zone = "UTC"
    country = "DE"
    currency = "EUR"
    [contact]
    hours = "00:00-24:00"
    days = "mon-sun"
    holidays = []
    [[schedule]]
    name = "standard"
    steps = [
      { name = "first", day = 5, level = 1, template = "first" },
      { name = "second", day = 15, level = 2, template = "second" },
    ]
    """

  private func differences(_ text: String) throws -> [PolicyTestRun.Difference] {
    let site = try Site.read(Array(Self.policy.utf8), file: "dunningd.toml")
    var reader = PolicyTestReader(file: "tests.toml")
    let tests = reader.read(Array(text.utf8))
    #expect(reader.problems.isEmpty)
    return try tests.flatMap { try PolicyTestRun(test: $0, site: site).differences() }
  }

  private static let ledger = """
    now = "2026-03-10T10:00"
    invoices = '''
    number,customer,due,amount,email
    R-1,K-1,2026-03-05,100.00,k1@customer.example
    '''
    """

  @Test("what agrees says nothing")
  func agrees() throws {
    let found = try differences(
      "[[case]]\n" + Self.ledger + """

        expect = [ { invoice = "R-1", reason = "contact", step = "first" } ]
        contacts = [ { customer = "K-1", step = "first", invoices = ["R-1"] } ]
        """)
    #expect(found.isEmpty)
  }

  @Test("a wrong reason, a contact too many and one too few each differ, with their place")
  func differs() throws {
    let found = try differences(
      "[[case]]\n" + Self.ledger + """

        expect = [ { invoice = "R-1", reason = "not_yet" }, { invoice = "R-2", reason = "contact" } ]
        contacts = [ { customer = "K-2" } ]
        """)
    #expect(found.map(\.expected) == ["not_yet", "a decision", "K-2 ", "no other"])
    #expect(found.map(\.found).last == "K-1 first: R-1")
    #expect(found.first?.place.line == 7)
  }

  @Test("what was done before counts")
  func done() throws {
    let found = try differences(
      "[[case]]\n" + Self.ledger + """

        done = [ { invoice = "R-1", step = "first", at = "2026-03-10T09:00" } ]
        hold = []
        expect = [ { invoice = "R-1", reason = "not_yet", step = "second", until = "2026-03-20" } ]
        contacts = []
        """)
    #expect(found.isEmpty, "\(found)")
  }

  @Test("a hold rests")
  func hold() throws {
    let found = try differences(
      "[[case]]\nhold = [\"K-1\"]\n" + Self.ledger + """

        expect = [ { invoice = "R-1", reason = "held" } ]
        """)
    #expect(found.isEmpty, "\(found)")
  }

  @Test("every mistake in the file is told at once, with its place")
  func mistakes() {
    var reader = PolicyTestReader(file: "tests.toml")
    _ = reader.read(
      Array(
        """
        [[case]]
        now = "soon"
        expects = []
        expect = [ { invoice = "R-1", reason = "paid" }, { reason = "contact" } ]
        """.utf8))
    let lines = reader.problems.map { "\($0.place.line): \($0.key)" }
    #expect(lines == ["3: expects", "1: invoices", "2: now"])
  }
}
