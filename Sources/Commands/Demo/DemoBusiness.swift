import Units

/// A made-up company and its customers: who owes what, and how each of them pays. Nothing here is random, so the demo
/// tells the same story every time.
struct DemoBusiness {
  /// How a customer treats an invoice.
  enum Habit {
    /// Pays so many days before (negative) or after the due date.
    case pays(Int)
    /// Pays some days after it got a contact at that level.
    case paysWhenAsked(level: Int)
    /// Pays half on the due date, and the rest after so many days.
    case paysInHalves(Int)
    /// Never pays.
    case silent
    /// Contests the first invoice that it is asked for, and pays none.
    case disputes
    /// Calls when it is asked, announces a payment, and does not pay.
    case announces
  }

  /// What the mail server makes of a customer's mailbox.
  enum Mailbox {
    case good
    /// There is no such user, until the ledger shows another address.
    case wrong
    /// Turned away the first time, as greylisting does.
    case slow
  }

  struct Customer {
    let id: String
    let name: String
    let email: String
    let country: String
    let language: String
    let zone: String
    let kind: String
    let currency: String
    let tags: String
    let habit: Habit
    let mailbox: Mailbox
  }

  struct Invoice {
    let number: String
    let customer: Customer
    let issued: Day
    let due: Day
    let amount: Money
  }

  /// A Monday.
  let firstDay: Day
  /// A Friday, nearly nine weeks later.
  var lastDay: Day { firstDay + Self.days - 1 }
  let customers: [Customer]
  /// By number.
  let invoices: [Invoice]

  /// Two months, from a Monday to a Friday.
  static let days = 61

  /// - Parameter today: the story ends on the last Friday before it, so that nothing of it lies in the future.
  init(before today: Day) {
    let sinceSaturday = (today.weekday.rawValue + 1) % 7
    firstDay = today - sinceSaturday - 1 - (Self.days - 1)
    let customers = Self.names.enumerated().map { Self.customer($0, $1) }
    self.customers = customers
    var invoices: [Invoice] = []
    for (index, customer) in customers.enumerated() {
      guard let currency = Currency(code: customer.currency) else { continue }
      for turn in 0..<(1 + (index * 7) % 3) {
        // Many were issued before the story begins, so that all ages are there; every third customer orders often.
        let between = index % 3 == 0 ? 4 : 23
        let issued = firstDay + ((index * 11 + turn * between) % 84 - 56)
        let major = 80 + (index * 137 + turn * 411) % 2900
        let minor = (index * 31 + turn * 47) % 100
        invoices.append(
          Invoice(
            number: "R-\(4001 + invoices.count)", customer: customer, issued: issued,
            due: issued + (customer.kind == "consumer" ? 14 : 30),
            amount: Money(minor: major * currency.scale + minor, currency)))
      }
    }
    self.invoices = invoices
  }

  private static func customer(_ index: Int, _ name: String) -> Customer {
    let place = places[index % places.count]
    return Customer(
      id: "K-\(101 + index)", name: name, email: "accounts@\(slug(name)).example", country: place.country,
      language: place.language, zone: place.zone, kind: consumers.contains(name) ? "consumer" : "business",
      currency: place.currency, tags: name == affiliate ? "no-dunning" : "",
      habit: exceptions[name] ?? habits[index % habits.count],
      mailbox: name == moved ? .wrong : name == greylisted ? .slow : .good)
  }

  // MARK: - Who does what

  private static let affiliate = "Lindenhof Beteiligungen"
  private static let moved = "Prairie Lantern Inc"
  private static let greylisted = "Copperfield Roasters Ltd"
  private static let consumers = ["June Whitaker", "Nora Fitzgerald", "Jonas Ährenfeld"]
  private static let exceptions: [String: Habit] = [
    moved: .paysWhenAsked(level: 0), greylisted: .paysWhenAsked(level: 1), "Harrow Lane Bicycles": .disputes,
    "Gartenbau Sommerlatte": .announces, "Buchhandlung Zeilensprung": .paysWhenAsked(level: 3),
  ]

  private struct Where {
    let country: String
    let language: String
    let zone: String
    let currency: String
  }

  private static let places: [Where] = [
    .init(country: "DE", language: "de", zone: "Europe/Berlin", currency: "EUR"),
    .init(country: "DE", language: "de", zone: "Europe/Berlin", currency: "EUR"),
    .init(country: "AT", language: "de", zone: "Europe/Vienna", currency: "EUR"),
    .init(country: "GB", language: "en", zone: "Europe/London", currency: "GBP"),
    .init(country: "CH", language: "de", zone: "Europe/Zurich", currency: "CHF"),
    .init(country: "US", language: "en", zone: "America/New_York", currency: "USD"),
    .init(country: "IE", language: "en", zone: "Europe/Dublin", currency: "EUR"),
  ]

  private static let habits: [Habit] = [
    .pays(-3), .pays(0), .paysWhenAsked(level: 0), .paysWhenAsked(level: 1), .pays(9), .paysInHalves(12), .pays(-10),
    .paysWhenAsked(level: 2), .silent, .pays(2),
  ]

  private static let names = [
    "Bäckerei Morgenrot", "Hafenkontor Lüders", "Tischlerei Steinfeld", "Copperfield Roasters Ltd",
    "Alpenblick Touren AG",
    "June Whitaker", "Galway Sail Makers", "Druckhaus Immenhof", "Gartenbau Sommerlatte", "Wiener Notenstich",
    "Harrow Lane Bicycles", "Uhrwerk Seefeld AG", "Prairie Lantern Inc", "Kilkenny Orchard Co",
    "Fahrradmanufaktur Möwe",
    "Kaffeerösterei Süderende", "Grazer Lichttechnik", "Lindenhof Beteiligungen", "Bergbahn Tschugg",
    "Lakeshore Print Works",
    "Dublin Bay Ceramics", "Orgelbau Kirchweih", "Zimmerei Holunder", "Nora Fitzgerald", "Penrose Tile Studio",
    "Molkerei Hochfirst AG", "Canyon Trail Outfitters", "Connemara Knitwear", "Buchhandlung Zeilensprung",
    "Jonas Ährenfeld",
    "Salzburger Glockenguss", "Tidewater Instruments Ltd", "Seilbahn Gletscherspitz", "Maple & Rye Bakery",
    "Shannon Boat Hire",
    "Spielwaren Kreisel", "Metallbau Niederrhein", "Donau Schiffswerft", "Fenland Pottery Ltd", "Käserei Rotfluh",
    "Blue Mesa Surveying",
  ]

  /// The host part of a made-up address.
  private static func slug(_ name: String) -> String {
    var slug = ""
    for scalar in name.lowercased().unicodeScalars {
      switch scalar {
      case "a"..."z": slug.unicodeScalars.append(scalar)
      case "ä": slug += "ae"
      case "ö": slug += "oe"
      case "ü": slug += "ue"
      case " ": slug += "-"
      default: break
      }
    }
    return slug.split(separator: "-").joined(separator: "-")
  }
}
