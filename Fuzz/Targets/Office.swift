import Decisions
import Defaults
import Letters
import Settings
import Units

/// A company with the shipped configuration and templates: what inputs are read against.
enum Office {
  static let now = Instant(seconds: 1_772_442_900)  // 2 March 2026, 09:15 UTC
  static let instance = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"

  static var outside: Outside {
    Outside(
      zone: { $0 == "Europe/Berlin" || $0 == "UTC" ? .zone(.utc) : .unknown }, zoneNames: ["Europe/Berlin", "UTC"],
      calendars: [:], hash: "00")
  }

  static let configuration: Configuration = {
    let text = """
      [company]
      name = "Example GmbH"
      time_zone = "Europe/Berlin"
      country = "DE"
      language = "en"
      currency = "EUR"
      [mail]
      url = "smtp://localhost:2525"
      security = "none"
      from = "Example Accounts <ar@example.com>"
      [[pay]]
      kind = "bank-transfer"
      name = "Example GmbH"
      iban = "DE89370400440532013000"
      [contact]
      hours = "00:00-24:00"
      days = "mon-sun"
      holidays = []
      first_cycle = "send"
      min_balance = ["25.00 EUR"]
      [[schedule]]
      name = "standard"
      steps = [
        { name = "discount", anchor = "discount", day = -2, level = 0, template = "discount" },
        { name = "upcoming", day = -7, level = 0, template = "upcoming" },
        { name = "first", day = 5, level = 1, template = "first" },
        { name = "second", day = 15, level = 2, template = "second", deadline = 7 },
        { name = "final", day = 35, level = 3, template = "final", deadline = 10 },
      ]
      """
    do {
      return try Configuration.read(Array(text.utf8), file: "dunningd.toml", outside: outside)
    } catch {
      fatalError("the configuration of the fuzz targets: \(error)")
    }
  }()

  static let shippedTemplates: TemplateSet = {
    let files = ShippedFiles.below("templates").map { TemplateFile(path: $0.path, bytes: Array($0.text.utf8)) }
    do {
      return try TemplateSet(files)
    } catch {
      fatalError("the shipped templates: \(error)")
    }
  }()

  /// With its formatters made once: they cost more than all the rest.
  static let shippedComposer = composer(shippedTemplates)

  static func composer(_ templates: TemplateSet, columns: ExtraColumns = ExtraColumns()) -> Composer {
    guard let identity = configuration.mail?.identity else { fatalError("the fuzz targets have a sender") }
    return Composer(
      templates: templates, identity: identity, pay: configuration.pay, company: configuration.policy.company,
      columns: columns)
  }

  static func letter(_ contact: PlannedContact, _ composer: Composer) throws(LetterError) -> Letter {
    let id = ContactID.of(
      instance: instance, customer: contact.payer.id, currency: contact.currency, items: contact.advancing)
    return try composer.compose(contact, id: id, instance: instance, at: now, offsetSeconds: 3600)
  }
}
