/// An International Bank Account Number that was checked: the country's length, its alphabet, both check digits.
///
/// Source: ISO 13616-1 (structure), ISO/IEC 7064 MOD 97-10 (check digits), SWIFT IBAN Registry (lengths).
package struct IBAN: Hashable, Sendable, CustomStringConvertible {
  /// Capitals and digits without blanks: `DE89370400440532013000`.
  package let text: String

  /// Why a text is no IBAN.
  package enum Fault: Error, Hashable, Sendable {
    case badCharacter(Character)
    case unknownCountry(String)
    case badLength(country: String, found: Int, expected: Int)
    case badCheckDigits

    /// `it has 21 characters, and one of DE has 22`
    package var description: String {
      switch self {
      case .badCharacter(let character): "it contains \"\(character)\", and only letters and digits belong in it"
      case .unknownCountry(let code): "no country \"\(code)\" issues them: it begins with two letters such as DE"
      case .badLength(let country, let found, let expected):
        "it has \(found) characters, and one of \(country) has \(expected)"
      case .badCheckDigits: "its check digits do not fit: a character is wrong or two are swapped"
      }
    }
  }

  /// Reads it with or without blanks, in any case.
  package init(_ given: String) throws(Fault) {
    let compact = given.filter { $0 != " " }
    for character in compact where !(character.isASCII && (character.isLetter || character.isNumber)) {
      throw .badCharacter(character)
    }
    let characters = compact.uppercased()
    let country = String(characters.prefix(2))
    guard let expected = IBAN.lengths[country] else { throw .unknownCountry(country) }
    guard characters.utf8.count == expected else {
      throw .badLength(country: country, found: characters.utf8.count, expected: expected)
    }
    // The first four move to the end, letters become 10...35, and the number must be 1 modulo 97.
    var remainder = 0
    for byte in Array(characters.utf8.dropFirst(4)) + Array(characters.utf8.prefix(4)) {
      if byte >= UInt8(ascii: "A") {
        remainder = (remainder * 100 + Int(byte - UInt8(ascii: "A")) + 10) % 97
      } else {
        remainder = (remainder * 10 + Int(byte - UInt8(ascii: "0"))) % 97
      }
    }
    guard remainder == 1 else { throw .badCheckDigits }
    text = characters
  }

  /// Two capitals: the country whose bank keeps the account.
  package var country: String { String(text.prefix(2)) }

  /// In groups of four, as it is printed: `DE89 3704 0044 0532 0130 00`.
  package var grouped: String {
    var groups: [UInt8] = []
    for (index, byte) in text.utf8.enumerated() {
      if index > 0, index % 4 == 0 { groups.append(0x20) }
      groups.append(byte)
    }
    return String(decoding: groups, as: UTF8.self)
  }

  package var description: String { text }

  /// Characters of an IBAN by country.
  private static let lengths: [String: Int] = [
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29,
    "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29,
    "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28,
    "HN": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20,
    "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19,
    "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29,
    "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24,
    "SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
    "YE": 30,
  ]
}

/// A Business Identifier Code whose shape was checked; whether the bank exists is not.
///
/// Source: ISO 9362: four letters or digits of the bank, two letters of the country, two of the place, and three more
/// for a branch.
package struct BIC: Hashable, Sendable, CustomStringConvertible {
  /// Eight or eleven capitals and digits.
  package let text: String

  /// Nil unless it has the shape, blanks and case aside.
  package init?(_ given: String) {
    let characters = given.filter { $0 != " " }.uppercased()
    let bytes = Array(characters.utf8)
    guard bytes.count == 8 || bytes.count == 11 else { return nil }
    for (index, byte) in bytes.enumerated() {
      let isLetter = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
      let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      guard isLetter || (isDigit && index != 4 && index != 5) else { return nil }
    }
    text = characters
  }

  package var description: String { text }
}
