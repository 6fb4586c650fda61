import Decisions
import Ledger
import TOML
import Units

/// All that `dunningd.toml` says, as typed values.
///
/// Reading is pure: bytes in, this or every problem out. What needs the world is the caller's to check afterwards:
/// whether templates, the ledger's folder, secrets and the CA file are there, and whether currencies, countries and
/// languages of the ledger have a rule.
package struct Configuration: Sendable {
  package var ledger: LedgerSettings
  package var cycle: CycleSettings
  /// Nil when the file has no `[mail]`: then nothing can be sent, and everything else works.
  package var mail: MailSettings?
  package var letter: LetterSettings
  /// Nil when no step is told to a webhook.
  package var webhook: WebhookSettings?
  /// In the order of the file.
  package var pay: [PayOption]
  package var journal: JournalSettings
  package var approval: ApprovalSettings
  /// Nil sends the staff nothing.
  package var digest: DigestSettings?
  /// Nil serves nothing.
  package var http: HTTPSettings?
  package var policy: Policy
  /// `templates` beside the file.
  package var templatesDirectory: String
  /// By place; none is an error.
  package var warnings: [Problem]

  /// Reads a whole file.
  ///
  /// - Parameters:
  ///   - bytes: what the file holds.
  ///   - file: its path as the person gave it; relative paths inside are meant from its folder.
  /// - Throws: every problem at once, by place, warnings among them.
  package static func read(_ bytes: [UInt8], file: String, outside: Outside) throws(Problems) -> Configuration {
    let problems = ProblemList(file: file)
    let table: TOMLTable
    do throws(TOMLError) {
      table = try TOMLDocument.parse(bytes)
    } catch {
      // What the rest means after a syntax error is a guess, so this one stands alone.
      let isSecret = Secret.stands(inLine: error.line, of: bytes)
      problems.error(
        Place(error.position, in: file), key: "",
        isSecret
          ? "found something that is no value of TOML where a secret is named (not shown), expected { file = \"PATH\" } "
            + "or the like" : error.message)
      throw Problems(all: problems.sorted)
    }
    let configuration = Configuration(TableReader(table, path: "", problems: problems), outside)
    guard let configuration, !problems.hasErrors else { throw Problems(all: problems.sorted) }
    return configuration
  }

  private init?(_ root: TableReader, _ outside: Outside) {
    let problems = root.problems
    if !root.has("company") {
      problems.error(
        root.place, key: "company", "found no [company], expected one with name, time_zone, country, currency")
    }
    if !root.has("schedule") {
      problems.error(
        root.place, key: "schedule", "found no [[schedule]], expected at least one: without it nobody is ever contacted"
      )
    }
    func empty(_ path: String) -> TableReader { TableReader(TOMLTable.empty, path: path, problems: problems) }
    let company = root.reader("company").flatMap { CompanyDefaults($0, outside) }
    let ledger = LedgerSettings(
      root.reader("ledger") ?? empty("ledger"), currency: company?.currency ?? Configuration.anyCurrency)
    let cycle = CycleSettings(root.reader("cycle") ?? empty("cycle"))
    let mail = root.reader("mail").flatMap(MailSettings.init)
    let letter = root.reader("letter").map(LetterSettings.init) ?? LetterSettings()
    let webhook = root.reader("webhook").flatMap(WebhookSettings.init)
    let pay = root.readers("pay").compactMap { PayOption($0, company: company?.name) }
    let contact = ContactRules(root.reader("contact") ?? empty("contact"), outside)
    let owners = Owners(root.readers("owner"))
    let approval = ApprovalSettings(root.reader("approval") ?? empty("approval"))
    let digest = root.reader("digest").flatMap(DigestSettings.init)
    let journal = JournalSettings(root.reader("journal") ?? empty("journal"))
    let http = root.reader("http").flatMap(HTTPSettings.init)
    let promise = PromiseRules(root.reader("promise") ?? empty("promise"))
    let plan = PlanRules(root.reader("plan") ?? empty("plan"))
    let statement = StatementRules(root.reader("statement") ?? empty("statement"))
    let scheduleReaders = root.readers("schedule")
    let schedules = scheduleReaders.compactMap(Schedule.init)
    root.finish()
    ScheduleChecks(
      schedules: schedules, isComplete: schedules.count == scheduleReaders.count, contact: contact, problems: problems
    ).run()
    Configuration.checkHours(cycle, contact, problems)
    if let digest, digest.at >= contact.closes {
      problems.error(
        digest.place, key: "digest.at",
        "digest.at: found \(digest.at), when contact.hours \(contact.opens)-\(contact.closes) are over; expected a time "
          + "before they are, so that what goes out today can still be stopped")
    }
    let steps = schedules.flatMap(\.steps) + promise.steps + plan.steps
    Configuration.checkChannels(steps, root, letter)
    if !root.has("mail") {
      problems.warning(root.place, key: "mail", "found no [mail]: nothing can be sent, only looked at")
    }
    guard let company else { return nil }
    if contact.holidays == .country, outside.calendars[company.country] == nil {
      problems.warning(
        contact.places.holidays ?? root.place, key: "contact.holidays",
        "contact.holidays: there is no calendar for the company's country \(company.country): its holidays count "
          + "as open days")
    }
    self.ledger = ledger
    self.cycle = cycle
    self.mail = mail
    self.letter = letter
    self.webhook = webhook
    self.pay = pay
    self.journal = journal
    self.approval = approval
    self.digest = digest
    self.http = http
    policy = Policy(
      company: company, schedules: schedules, contact: contact, promise: promise, plan: plan,
      statement: statement, owners: owners,
      freshness: LedgerFreshness(
        maxAge: ledger.maxAge, maxAgePlace: ledger.maxAgePlace, needsPostedCash: ledger.format.cashThrough != nil,
        postedCashPlace: ledger.cashThroughPlace),
      inDoubt: mail?.inDoubt ?? .assumeSent, calendars: outside.calendars, hash: outside.hash)
    templatesDirectory = problems.resolved("templates")
    warnings = problems.sorted
  }

  /// Stands in while the rest is read for its mistakes, where the company's own could not be read.
  private static let anyCurrency = Currency(code: "EUR")!  // a literal that reads

  /// What a step needs that has a table of its own.
  private static func checkChannels(_ steps: [Step], _ root: TableReader, _ letter: LetterSettings) {
    func first(_ channel: Channel) -> Step? { steps.first { $0.channel == channel || $0.fallback == channel } }
    if let step = first(.webhook), !root.has("webhook") {
      root.problems.error(
        step.place ?? root.place, key: "webhook",
        "step \"\(step.name)\" goes by webhook, and found no [webhook], expected one with url and secret")
    }
    if let step = first(.letter), letter.stationery.sender.isEmpty {
      root.problems.warning(
        step.place ?? root.place, key: "letter.sender",
        "step \"\(step.name)\" is a letter, and letter.sender is not set: it would bear no address of ours",
        remedy: "add [letter] with sender = [\"STREET\", \"CITY\"]")
    }
  }

  /// A cycle must fall within the hours, or nobody is ever contacted. Customers in other zones are the caller's to
  /// check, who knows them.
  private static func checkHours(_ cycle: CycleSettings, _ contact: ContactRules, _ problems: ProblemList) {
    let hours = "\(contact.opens)-\(contact.closes)"
    let place = cycle.place ?? Place(file: problems.file)
    switch cycle.timing {
    case .at(let times):
      guard !times.contains(where: { contact.opens <= $0 && $0 < contact.closes }) else { return }
      problems.error(
        place, key: "cycle.at",
        "cycle.at: found \(times.map(\.description).joined(separator: ", ")), none of it within contact.hours \(hours): "
          + "nobody would ever be contacted", remedy: "add a time within the hours, or widen them")
    case .every(let span):
      let open = Span.minutes(contact.closes.minutes - contact.opens.minutes)
      guard span > open else { return }
      problems.warning(
        place, key: "cycle.every",
        "cycle.every: \(span) is longer than contact.hours \(hours) are open: whole days may pass without a contact",
        remedy: "shorten it, or use cycle.at")
    }
  }
}
