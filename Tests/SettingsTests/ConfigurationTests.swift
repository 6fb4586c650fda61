import Decisions
import Foundation
import Ledger
import Settings
import Testing
import Units

@Suite("Configuration")
struct ConfigurationTests {
  @Test("the example of the design is read without an error, each value as written")
  func designExample() throws {
    let read = try Configuration.read(
      try GoldenFiles.bytes("Good/design-example.toml"), file: "dunningd.toml", outside: .sample)
    #expect(read.warnings.isEmpty, "\(read.warnings)")
    let policy = read.policy
    #expect(policy.company.name == "Example GmbH" && policy.company.language == "en")
    #expect(policy.company.currency.code == "EUR" && policy.company.country == "DE")
    #expect(read.ledger.path == "/var/lib/dunningd/ledger" && read.ledger.documents == "/var/lib/dunningd/documents")
    #expect(policy.freshness.maxAge == .hours(36) && policy.freshness.maxAgePlace?.line == 12)
    #expect(read.cycle.timing == .every(.minutes(15)))
    let mail = try #require(read.mail)
    #expect(mail.host == "smtp.example.com" && mail.port == 587 && mail.security == .starttls)
    #expect(mail.password?.source == .credential("smtp-password") && mail.username == "ar@example.com")
    #expect(mail.identity.from.name == "Example Accounts" && mail.identity.replyTo?.address == "ar@example.com")
    #expect(mail.connections == 8 && mail.maxPerMinute == 600 && policy.inDoubt == .assumeSent)
    guard case .bankTransfer(let account)? = read.pay.first?.kind else {
      Issue.record("no bank transfer")
      return
    }
    #expect(account.iban.text == "DE89370400440532013000" && account.bic?.text == "COBADEFFXXX")
    #expect(policy.contact.minBalance.map(\.description) == ["25.00 EUR", "25.00 USD"])
    #expect(policy.contact.ignoreDueBefore?.description == "2025-06-01")
    #expect(policy.contact.atMost == ContactRules.Cap(contacts: 1, days: 7))
    #expect(policy.schedules.map(\.name) == ["none", "consumer", "standard"])
    #expect(policy.schedules[0].match?.tags == ["no-dunning"] && policy.schedules[0].steps.isEmpty)
    #expect(policy.schedules[1].match?.kinds == [.consumer])
    #expect(policy.schedules[2].match == nil)
    let final = policy.schedules[1].steps[3]
    #expect(final.name == "final" && final.day == 42 && final.level == 3 && final.deadlineDays == 14)
    #expect(final.approval && final.inDoubt == .ask && final.channel == .email)
    #expect(policy.schedules[2].steps.map(\.channel) == [.email, .email, .email, .call, .email, .handover])
  }

  @Test("the supplied configuration works as it is, and says only that it has no mail server")
  func supplied() throws {
    let bytes = Array(try Data(contentsOf: Repository.root.appendingPathComponent("config/dunningd.toml")))
    let read = try Configuration.read(bytes, file: "/etc/dunningd/dunningd.toml", outside: .sample)
    #expect(read.warnings.map(\.key) == ["mail"])
    #expect(read.policy.contact.firstCycle == .approve)
    #expect(read.policy.schedules.map(\.name) == ["none", "consumer", "standard"])
    #expect(read.policy.schedules.flatMap(\.steps).allSatisfy { $0.channel == .email && !$0.template.isEmpty })
    #expect(read.templatesDirectory == "/etc/dunningd/templates")
  }

  @Test("the supplied configuration is right with every comment of a key taken away, too")
  func uncommented() throws {
    let text = try String(contentsOf: Repository.root.appendingPathComponent("config/dunningd.toml"), encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let rest = line.drop { $0 == " " }
      guard rest.hasPrefix("# "), let first = rest.dropFirst(2).first else { return String(line) }
      let isKey =
        rest.dropFirst(2).prefix { $0 != " " }.allSatisfy { $0.isLowercase || $0 == "_" }
        && rest.dropFirst(2).drop { $0 != " " }.hasPrefix(" = ")
      return first == "[" || first == "{" || isKey ? String(rest.dropFirst(2)) : String(line)
    }
    let read = try Configuration.read(Array(lines.joined(separator: "\n").utf8), file: "x.toml", outside: .sample)
    #expect(read.warnings.map(\.key) == ["mail.redirect_to"])
    #expect(read.pay.count == 2 && read.mail != nil && read.journal.key != nil && read.ledger.format.preset == .xero)
    #expect(read.policy.schedules[2].steps.map(\.name).contains("handover"))
  }

  @Test("what is not written has the default that the documentation states")
  func defaults() throws {
    let read = try Configuration.sample("")
    #expect(
      read.ledger.source == .csv && read.ledger.path == "/var/lib/dunningd/ledger" && read.ledger.documents == nil)
    #expect(read.ledger.format == IntakeFormat(currency: read.policy.company.currency))
    #expect(read.policy.freshness.maxAge == .hours(36) && !read.policy.freshness.needsPostedCash)
    #expect(read.cycle.timing == .every(.minutes(15)))
    #expect(read.journal.directory == nil && read.journal.key == nil && read.journal.keepMessagesDays == 3650)
    let contact = read.policy.contact
    #expect("\(contact.opens)-\(contact.closes)" == "10:00-16:00")
    #expect(contact.weekdays == [.monday, .tuesday, .wednesday, .thursday, .friday])
    #expect(contact.holidays == .country && contact.minGapDays == 7 && contact.minBalance.isEmpty)
    #expect(contact.firstCycle == .approve && contact.maxPerCycle == 200 && contact.resumeAfterBankingDays == 2)
    #expect(contact.pauseOnReply == .days(3) && contact.approvalAheadDays == 3)
    let mail = try #require(read.mail)
    #expect(mail.security == .starttls && mail.connections == 4 && mail.maxPerMinute == 600)
    #expect(mail.inDoubt == .assumeSent && mail.identity.listUnsubscribe.isEmpty)
    #expect(read.policy.company.language == "en")
  }

  @Test("a step that says only what it must is an e-mail with a template of its own name")
  func shortStep() throws {
    let read = try Configuration.sample(
      """
      [[schedule]]
      name = "standard"
      steps = [{ name = "first", day = 7, level = 1 }, { name = "over", day = 70, level = 4, channel = "handover" }]
      """, schedule: false)
    let steps = read.policy.schedules[0].steps
    #expect(steps[0].channel == .email && steps[0].template == "first" && steps[0].anchor == .due)
    #expect(!steps[0].approval && steps[0].deadlineDays == nil && steps[0].inDoubt == nil && steps[0].fallback == nil)
    #expect(steps[1].template.isEmpty)
    #expect(read.policy.schedules[0].catchUp == .next && read.policy.schedules[0].consolidation == .payer)
  }

  @Test("every key of a step, a match and a repetition is taken")
  func fullStep() throws {
    let read = try Configuration.sample(
      """
      [[schedule]]
      name = "key accounts"
      match = { kind = ["business", "consumer"], country = ["DE", "AT"], currency = "EUR", language = "de", tags = "key", owner = "anna", schedule = ["k"], balance_over = "1000.00 EUR" }
      catch_up = "latest"
      grace = "3d"
      consolidate = "invoice"
      steps = [
        { name = "i", anchor = "issued", day = 0, level = 0, template = "invoice", attach = "document" },
        { name = "n", day = 10, level = 1, repeat = { every = "14d", times = 2 }, fallback = "letter" },
      ]
      [[schedule]]
      name = "standard"
      steps = []
      """, schedule: false)
    let schedule = read.policy.schedules[0]
    let match = try #require(schedule.match)
    #expect(match.kinds == [.business, .consumer] && match.countries == ["DE", "AT"] && match.languages == ["de"])
    #expect(match.currencies.map(\.code) == ["EUR"] && match.tags == ["key"] && match.owners == ["anna"])
    #expect(match.schedules == ["k"] && match.balanceOver.map(\.description) == ["1000.00 EUR"])
    #expect(schedule.catchUp == .latest && schedule.graceDays == 3 && schedule.consolidation == .invoice)
    #expect(schedule.steps[0].attachesDocument && schedule.steps[0].template == "invoice")
    #expect(schedule.steps[1].repetition == Step.Repeat(everyDays: 14, times: 2))
    #expect(schedule.steps[1].fallback == .letter)
  }

  @Test("rules know where they stand, so that a decision can name them")
  func places() throws {
    let read = try Configuration.read(
      try GoldenFiles.bytes("Good/design-example.toml"), file: "dunningd.toml", outside: .sample)
    let places = read.policy.contact.places
    let lines = [
      places.hours, places.days, places.holidays, places.atMost, places.minBalance, places.ignoreDueBefore,
      places.firstCycle, places.maxPerCycle, places.resumeAfter,
    ].map { $0?.line ?? 0 }
    #expect(lines == [36, 37, 38, 39, 40, 41, 42, 43, 44])
    #expect(places.minGap == nil)
    #expect(
      read.policy.schedules.map { $0.place?.description ?? "" } == [
        "dunningd.toml:46:1", "dunningd.toml:51:1", "dunningd.toml:61:1",
      ])
    #expect(read.policy.schedules[1].steps[0].place?.description == "dunningd.toml:55:3")
  }

  @Test("statements and thanks are taken whole, and thanks may stand behind every notice")
  func statements() throws {
    let read = try Configuration.sample(
      """
      [statement]
      day = 28
      match = { kind = "business" }
      only_if = "overdue"
      template = "account"
      within = "3d"
      [[schedule]]
      name = "standard"
      steps = [
        { name = "first", day = 7, level = 1 },
        { name = "thanks", anchor = "paid", day = 1, level = 0, template = "thank-you", within = 10 },
      ]
      """, schedule: false)
    let statement = read.policy.statement
    #expect(statement.day == 28 && statement.match?.kinds == [.business] && statement.occasion == .overdue)
    #expect(
      statement.template == "account" && statement.withinDays == 3 && statement.schedule.steps[0].kind == .reminder)
    let thanks = read.policy.schedules[0].steps[1]
    #expect(thanks.anchor == .paid && thanks.kind == .thanks && thanks.day == 1 && thanks.withinDays == 10)
    #expect(read.policy.schedules[0].steps[0].withinDays == 5)
    let none = try Configuration.sample("").policy.statement
    #expect(none.day == nil && none.occasion == .activity && none.template == "statement" && none.withinDays == 7)
  }

  @Test("a relative path is meant from the folder of the file")
  func paths() throws {
    let read = try Configuration.sample(
      """
      [ledger]
      path = "ledger"
      cash_through = "/srv/cash"
      [journal]
      directory = "state"
      key = { file = "journal.key" }
      """)
    #expect(read.ledger.path == "/etc/dunningd/ledger" && read.ledger.format.cashThrough == "/srv/cash")
    #expect(read.policy.freshness.needsPostedCash)
    #expect(read.journal.directory == "/etc/dunningd/state")
    #expect(read.journal.key?.source == .file("/etc/dunningd/journal.key"))
  }

  @Test("how ledger files are written is taken over whole")
  func ledger() throws {
    let read = try Configuration.sample(
      """
      [ledger]
      name = "north"
      preset = "xero"
      date_format = "auto"
      decimal = ","
      encoding = "cp1252"
      delimiter = "\\t"
      max_bad_rows = 20
      max_shrink = "12.5%"
      [ledger.files]
      invoices = "ar.csv"
      [ledger.columns.invoices]
      number = "Invoice No"
      due = "Due"
      """)
    var expected = IntakeFormat(currency: read.policy.company.currency)
    expected.name = "north"
    expected.preset = .xero
    expected.dates = .proven
    expected.decimal = .comma
    expected.encoding = .windows1252
    expected.delimiter = .tab
    expected.badRowsMax = .rows(20)
    expected.shrinkMax = .share(basisPoints: 1250)
    expected.files = [.invoices: "ar.csv"]
    expected.columns = [.invoices: ["number": "Invoice No", "due": "Due"]]
    #expect(read.ledger.format == expected)
  }
}
