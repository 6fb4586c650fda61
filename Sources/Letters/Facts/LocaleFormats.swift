import Foundation
import Synchronization
import Units

/// Amounts, dates and percentages as a language and country write them, from ICU.
///
/// Formatters are made once for each locale and kept: making one costs a thousand times what using it does. What they
/// wrote is kept for a while, too, since messages of one day share most of their dates, and each names its amounts twice.
final class LocaleFormats: Sendable {
  private struct Formatters {
    var amounts: [String: NumberFormatter] = [:]
    var dates: [String: DateFormatter] = [:]
    var percents: [String: NumberFormatter] = [:]
    var writtenAmounts: [WrittenAmount: String] = [:]
    var writtenDates: [WrittenDate: String] = [:]
    var identifiers: [Place: String] = [:]
  }

  private struct Place: Hashable {
    var language: String
    var country: String
  }

  private struct WrittenAmount: Hashable {
    var money: Money
    var locale: String
  }

  private struct WrittenDate: Hashable {
    var day: Day
    var isShort: Bool
    var locale: String
  }

  private let formatters = Mutex(Formatters())
  private static let writtenMax = 1024

  /// `1.234,50 €`
  func amount(_ money: Money, _ locale: String) -> String {
    formatters.withLock { formatters in
      let written = WrittenAmount(money: money, locale: locale)
      if let known = formatters.writtenAmounts[written] { return known }
      let key = "\(locale) \(money.currency.code)"
      let formatter = formatters.amounts[key] ?? LocaleFormats.amountFormatter(money.currency, locale)
      formatters.amounts[key] = formatter
      let text = formatter.string(from: NSDecimalNumber(string: money.decimal)) ?? money.description
      LocaleFormats.keep(text, as: written, in: &formatters.writtenAmounts)
      return text
    }
  }

  /// `1. März 2026`, or short `01.03.2026`.
  func date(_ day: Day, _ locale: String, short: Bool = false) -> String {
    formatters.withLock { formatters in
      let written = WrittenDate(day: day, isShort: short, locale: locale)
      if let known = formatters.writtenDates[written] { return known }
      let key = "\(locale) \(short)"
      let formatter = formatters.dates[key] ?? LocaleFormats.dateFormatter(locale, short)
      formatters.dates[key] = formatter
      let text = formatter.string(from: Date(timeIntervalSince1970: Double(day.number) * 86_400))
      LocaleFormats.keep(text, as: written, in: &formatters.writtenDates)
      return text
    }
  }

  private static func keep<Key: Hashable>(_ text: String, as key: Key, in written: inout [Key: String]) {
    if written.count >= writtenMax { written.removeAll(keepingCapacity: true) }
    written[key] = text
  }

  /// `2 %`; basis points are hundredths of a percent.
  func percent(basisPoints: Int, _ locale: String) -> String {
    formatters.withLock { formatters in
      let formatter = formatters.percents[locale] ?? LocaleFormats.percentFormatter(locale)
      formatters.percents[locale] = formatter
      let value = NSDecimalNumber(mantissa: UInt64(basisPoints.magnitude), exponent: -4, isNegative: basisPoints < 0)
      return formatter.string(from: value) ?? "\(value)"
    }
  }

  /// The locale for a template's language and a payer's country.
  ///
  /// English for a country that has no English of its own is the international one, not the American: 1 March 2026.
  func identifier(language: String, country: String) -> String {
    formatters.withLock { formatters in
      let place = Place(language: language, country: country)
      if let known = formatters.identifiers[place] { return known }
      let identifier = Self.identifier(language: language, country: country)
      Self.keep(identifier, as: place, in: &formatters.identifiers)
      return identifier
    }
  }

  static func identifier(language: String, country: String) -> String {
    let parts = language.split(separator: "-").map(String.init)
    let base = parts.first ?? "en"
    let region = parts.count > 1 && parts[1].count == 2 ? parts[1].uppercased() : country.uppercased()
    let wanted = "\(base)_\(region)"
    return base == "en" && !available.contains(wanted) ? "en_001" : wanted
  }

  private static let available = Set(Locale.availableIdentifiers)

  private static func amountFormatter(_ currency: Currency, _ locale: String) -> NumberFormatter {
    let formatter = NumberFormatter()
    formatter.locale = Locale(identifier: locale)
    formatter.numberStyle = .currency
    formatter.currencyCode = currency.code
    formatter.minimumFractionDigits = currency.digits
    formatter.maximumFractionDigits = currency.digits
    return formatter
  }

  private static func percentFormatter(_ locale: String) -> NumberFormatter {
    let formatter = NumberFormatter()
    formatter.locale = Locale(identifier: locale)
    formatter.numberStyle = .percent
    formatter.maximumFractionDigits = 2
    return formatter
  }

  private static func dateFormatter(_ locale: String, _ short: Bool) -> DateFormatter {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: locale)
    // Civil days of the Gregorian calendar, also where a locale prefers another.
    formatter.calendar = Calendar(identifier: .gregorian)
    formatter.timeZone = TimeZone(secondsFromGMT: 0)
    formatter.dateStyle = short ? .medium : .long
    formatter.timeStyle = .none
    // ICU writes English dates for some countries with their own full stop, "1. October", which no English reader knows.
    if locale.hasPrefix("en"), formatter.dateFormat?.contains("d.") == true {
      formatter.locale = Locale(identifier: "en_150")
    }
    return formatter
  }
}
