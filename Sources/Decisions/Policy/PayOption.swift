import Units

/// `[[pay]]`: one way to pay, shown in messages where the group's currency and the payer's country fit.
package struct PayOption: Sendable, Equatable {
  /// More kinds (direct debit, cheque) come as further cases.
  package enum Kind: Sendable, Equatable {
    case bankTransfer(BankAccount)
    case link(PayLink)
  }

  package var kind: Kind
  /// Empty fits every currency.
  package var currencies: [Currency]
  /// Two capitals of ISO 3166, the payer's country; empty fits every country.
  package var countries: [String]
  package var place: Place?

  package init(_ kind: Kind, currencies: [Currency] = [], countries: [String] = [], place: Place? = nil) {
    self.kind = kind
    self.currencies = currencies
    self.countries = countries
    self.place = place
  }

  /// The word of `kind` in configuration: `bank-transfer` or `link`.
  package var kindName: String {
    switch kind {
    case .bankTransfer: "bank-transfer"
    case .link: "link"
    }
  }

  /// Every word of `kind`, for error texts.
  package static let kindNames = ["bank-transfer", "link"]

  package func fits(currency: Currency, country: String) -> Bool {
    (currencies.isEmpty || currencies.contains(currency)) && (countries.isEmpty || countries.contains(country))
  }
}

/// An account to transfer to: `name`, `iban`, `bic`, `reference` of a `[[pay]]` of kind `bank-transfer`.
package struct BankAccount: Sendable, Equatable {
  /// Whose account it is.
  package var name: String
  package var iban: IBAN
  package var bic: BIC?
  /// What the payer should quote, with `{invoices}` and `{customer}` filled in; nil is `{invoices}`, or `{customer}`
  /// where the numbers are too long for a transfer.
  package var reference: String?

  package init(name: String, iban: IBAN, bic: BIC? = nil, reference: String? = nil) {
    self.name = name
    self.iban = iban
    self.bic = bic
    self.reference = reference
  }

  /// Characters that a SEPA transfer carries as its reference (EPC AT-T009, remittance information).
  package static let referenceLengthMax = 140

  /// The reference for one message.
  ///
  /// - Parameters:
  ///   - invoices: the numbers that the message asks for, in its order.
  ///   - customer: the payer's id.
  package func reference(invoices: [String], customer: String) -> String {
    let all = invoices.joined(separator: ", ")
    let filled =
      reference.map {
        Placeholders.filled($0) { name in
          switch name {
          case "invoices": all
          case "customer": customer
          default: nil
          }
        }
      } ?? all
    // No text has more characters than bytes.
    let isShort = filled.utf8.count <= BankAccount.referenceLengthMax || filled.count <= BankAccount.referenceLengthMax
    return isShort ? filled : customer
  }
}

/// A page to pay on: `url` and `label` of a `[[pay]]` of kind `link`.
package struct PayLink: Sendable, Equatable {
  /// An https URL with `{invoice}`, `{amount}`, `{currency}`, `{customer}` where values go.
  package let url: String
  /// What the link says; nil for the template's own words.
  package let label: String?

  /// Why a text is no URL template.
  package enum Fault: Error, Hashable, Sendable {
    case notHTTPS
    case badCharacter(Unicode.Scalar)
    case unknownPlaceholder(String)
    case placeholderInHost

    package var description: String {
      switch self {
      case .notHTTPS: "it does not begin with https:// and a host"
      case .badCharacter(let scalar):
        "it contains \(scalar.escaped(asASCII: true)): write it percent-encoded"
      case .unknownPlaceholder(let name):
        "it contains {\(name)}, and only {invoice}, {amount}, {currency} and {customer} are filled in"
      case .placeholderInHost: "a value must not choose the host: placeholders belong behind the first slash"
      }
    }
  }

  package init(url: String, label: String? = nil) throws(Fault) {
    let prefix = "https://"
    guard url.hasPrefix(prefix) else { throw .notHTTPS }
    let host = url.dropFirst(prefix.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard !host.isEmpty, !host.hasPrefix(":") else { throw .notHTTPS }
    guard !host.contains("{") else { throw .placeholderInHost }
    for scalar in url.unicodeScalars {
      let isGraphic = scalar.value > 0x20 && scalar.value < 0x7F
      guard isGraphic, !"\"<>\\^`|'".unicodeScalars.contains(scalar) else { throw .badCharacter(scalar) }
    }
    let known = ["invoice", "amount", "currency", "customer"]
    for name in Placeholders.names(in: url) where !known.contains(name) { throw .unknownPlaceholder(name) }
    self.url = url
    self.label = label
  }

  /// Whether there must be one link for each invoice.
  package var isPerInvoice: Bool { Placeholders.names(in: url).contains("invoice") }

  /// The link with its values filled in, each percent-encoded.
  package func filled(invoice: String, amount: Money, customer: String) -> String {
    Placeholders.filled(url) { name in
      switch name {
      case "invoice": PayLink.encoded(invoice)
      case "amount": PayLink.encoded(amount.decimal)
      case "currency": amount.currency.code
      case "customer": PayLink.encoded(customer)
      default: nil
      }
    }
  }

  /// All but the unreserved characters of RFC 3986 section 2.3 as `%XX`.
  static func encoded(_ value: String) -> String {
    let hex = Array("0123456789ABCDEF")
    var text = ""
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        text.append("%")
        text.append(hex[Int(byte >> 4)])
        text.append(hex[Int(byte & 15)])
      }
    }
    return text
  }
}

/// `{name}` in a configured text.
package enum Placeholders {
  /// In order of appearance; a brace without its partner counts as text.
  package static func names(in text: String) -> [String] {
    var found: [String] = []
    _ = filled(text) { name in
      found.append(name)
      return nil
    }
    return found
  }

  /// Replaces each `{name}`; one whose value is nil stays as it stands. Values are not looked into.
  package static func filled(_ text: String, value: (String) -> String?) -> String {
    var output = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      output += rest[..<open]
      let name = String(rest[rest.index(after: open)..<close])
      output += value(name) ?? String(rest[open...close])
      rest = rest[rest.index(after: close)...]
    }
    return output + rest
  }
}
