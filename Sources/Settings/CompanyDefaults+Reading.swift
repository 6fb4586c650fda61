import Decisions
import TOML
import Units

/// `[company]`: who writes, and what holds for customers of whom the ledger does not say it.
extension CompanyDefaults {
  init?(_ reader: TableReader, _ outside: Outside) {
    reader.require("name", expected: "the name that customers know")
    reader.require("time_zone", expected: "an IANA name such as \"Europe/Berlin\"")
    reader.require("country", expected: CountryTable.expected)
    reader.require("currency", expected: "a currency code of ISO 4217 in capitals, such as \"EUR\"")
    let name = reader.text("name")
    let zone = reader.zone("time_zone", outside)
    let country = reader.value("country", expected: CountryTable.expected) { value in
      value.line.flatMap { CountryTable.codes.contains($0) ? $0 : nil }
    }
    let language = reader.value("language", expected: LanguageTable.expected) { value in
      value.line.flatMap { LanguageTable.codes.contains($0) ? $0 : nil }
    }
    let currency = reader.value("currency", expected: "a currency code of ISO 4217 in capitals, such as \"EUR\"") {
      $0.line.flatMap { Currency(code: $0) }
    }
    reader.finish()
    guard let name, let zone, let country, let currency else { return nil }
    self.init(
      name: name.value, zone: zone, country: country.value, language: language?.value ?? "en",
      currency: currency.value)
  }
}

extension TableReader {
  /// A zone by its IANA name, with its rules from outside.
  fileprivate func zone(_ key: String, _ outside: Outside) -> Zone? {
    let expected = "an IANA name such as \"Europe/Berlin\""
    guard let entry = entry(key) else { return nil }
    guard let name = entry.value.line, Zone.isValidName(name) else {
      refuse(key, entry.value, expected: expected)
      return nil
    }
    switch outside.zone(name) {
    case .zone(let zone): return zone
    case .unknown:
      refuse(
        key, entry.value, expected: expected,
        remedy: nearest(entry.value, in: outside.zoneNames) ?? "see /usr/share/zoneinfo for the zones of this machine")
    case .unusable(let why):
      problems.error(place(entry.value.position), key: dotted(key), "\(dotted(key)): \(why)")
    }
    return nil
  }
}
