/// A configuration: the usual one of these tests, with what a scenario changes.
///
/// By default every hour of every day is open, no cap stands in the way and the first cycle sends.
struct Setup {
  var company = """
    name = "Example GmbH"
    time_zone = "Europe/Berlin"
    country = "DE"
    language = "en"
    currency = "EUR"
    """
  var ledger = ""
  /// The mail server; nil: no [mail] at all.
  var mailURL: String?
  var security = "none"
  /// Further lines of [mail].
  var mail = ""
  var pay = """
    [[pay]]
    kind = "bank-transfer"
    name = "Example GmbH"
    iban = "DE89370400440532013000"
    bic = "COBADEFFXXX"
    """
  var hours = "00:00-24:00"
  var days = "mon-sun"
  var holidays = "[]"
  var firstCycle = "send"
  /// Further lines of [contact].
  var contact = ""
  var schedules = Samples.standard
  /// Further lines of [journal].
  var journal = ""
  /// Put at the very end.
  var more = ""

  init(sink: Sink? = nil) { mailURL = sink?.url }

  func text(state: String) -> String {
    var parts = ["[company]\n\(company)", "[ledger]\npath = \"ledger\"\n\(ledger)"]
    if let mailURL {
      parts.append(
        """
        [mail]
        url = "\(mailURL)"
        security = "\(security)"
        from = "Example Accounts <ar@example.com>"
        \(mail)
        """)
    }
    parts.append(pay)
    parts.append(
      """
      [contact]
      hours = "\(hours)"
      days = "\(days)"
      holidays = \(holidays)
      first_cycle = "\(firstCycle)"
      \(contact)
      """)
    parts.append(schedules)
    parts.append("[journal]\ndirectory = \"\(state)\"\n\(journal)")
    parts.append(more)
    return parts.joined(separator: "\n\n") + "\n"
  }
}

/// The ledger and the schedules that most scenarios use. Today is mostly Monday, 2 March 2026.
enum Samples {
  static let standard = """
    [[schedule]]
    name = "standard"
    steps = [
      { name = "upcoming", day = -7, level = 0, template = "upcoming" },
      { name = "first",    day = 5,  level = 1, template = "first" },
      { name = "second",   day = 15, level = 2, template = "second", deadline = 7 },
      { name = "final",    day = 35, level = 3, template = "final", deadline = 10, approval = true },
    ]
    """

  static let customers = """
    id,name,email,language,country,kind
    K-1,Alpha Ltd,alpha@one.test,en,GB,business
    K-2,Beta GmbH,beta@two.test,de,DE,business
    K-3,Gamma SA,gamma@three.test,en,FR,business

    """

  static let head = "number,customer,issued,due,amount,currency\n"

  /// On 2 March 2026: A-1 is 10 days past due, B-1 is 20, C-1 will be due in 4 weeks.
  static let invoices =
    head + """
      A-1,K-1,2026-01-21,2026-02-20,120.00,EUR
      B-1,K-2,2026-01-11,2026-02-10,480.50,EUR
      C-1,K-3,2026-02-28,2026-03-30,99.99,EUR

      """
}
