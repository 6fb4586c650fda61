import Units

/// A made-up company and its customers: who owes what, and how each of them pays. Nothing here is random, so the demo
/// tells the same story every time.
struct DemoBusiness {
  /// How a customer treats an invoice.
  enum Habit {
    /// Pays so many days before (negative) or after the due date.
    case pays(Int)
    /// Pays so many days after it got a contact at that level.
    case paysWhenAsked(level: Int)
    /// Pays half on the due date, and the rest after so many days.
    case paysInHalves(Int)
    /// Never pays.
    case silent
    /// Contests the first invoice once it is reminded of it.
    case disputes
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
  }

  struct Invoice {
    let number: String
    let customer: Customer
    let issued: Day
    let due: Day
    let amount: Money
  }

  static let firstDay = Day(number: 20_458)  // Monday, 5 January 2026
  /// Two months.
  static let days = 60

  let customers: [Customer]
  /// By number.
  let invoices: [Invoice]

  init() {
    customers = Self.names.enumerated().map { index, entry in
      let place = Self.places[index % Self.places.count]
      let isConsumer = index % 6 == 5
      return Customer(
        id: "K-\(101 + index)", name: entry, email: "ap\(101 + index)@\(Self.slug(entry)).example",
        country: place.country, language: place.language, zone: place.zone,
        kind: isConsumer ? "consumer" : "business", currency: place.currency,
        tags: index == 17 ? "no-dunning" : index == 4 ? "vip" : "", habit: Self.habits[index % Self.habits.count])
    }
    var invoices: [Invoice] = []
    for (index, customer) in customers.enumerated() {
      let count = 1 + (index * 7) % 3
      for turn in 0..<count {
        // Some were issued before the story begins, so that all ages are there.
        let issued = Self.firstDay + ((index * 11 + turn * 23) % 70 - 35)
        guard let currency = Currency(code: customer.currency) else { continue }
        let major = 80 + (index * 137 + turn * 411) % 2900
        let minor = (index * 31 + turn * 47) % 100
        invoices.append(
          Invoice(
            number: "R-\(2026_000 + invoices.count + 1)", customer: customer, issued: issued,
            due: issued + (customer.kind == "consumer" ? 14 : 30),
            amount: Money(minor: major * currency.scale + (currency.digits == 0 ? 0 : minor), currency)))
      }
    }
    self.invoices = invoices
  }

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
    .paysWhenAsked(level: 2), .silent, .pays(2), .disputes,
  ]

  private static let names = [
    "Bäckerei Morgenrot", "Hafenkontor Lüders", "Tischlerei Steinfeld", "Copperfield Roasters Ltd",
    "Alpenblick Touren AG",
    "June Whitaker", "Galway Sail Makers", "Druckhaus Immenhof", "Gartenbau Sommerlatte", "Wiener Notenstich",
    "Harrow Lane Bicycles", "Uhrwerk Seefeld AG", "Prairie Lantern Inc", "Kilkenny Orchard Co",
    "Fahrradmanufaktur Möwe",
    "Kaffeerösterei Süderende", "Grazer Lichttechnik", "Concern Affiliate Holding", "Bergbahn Tschugg",
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
