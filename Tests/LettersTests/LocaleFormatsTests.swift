import Testing
import Units

@testable import Letters

/// Expected values: CLDR's charts for these locales.
@Suite("Amounts and dates")
struct LocaleFormatsTests {
  static let formats = LocaleFormats()

  @Test(
    "are written as language and country write them",
    arguments: [
      ("de", "DE", "1234.50 EUR", "1.234,50\u{A0}€", "1. März 2026", "01.03.2026"),
      ("de", "AT", "1234.50 EUR", "€\u{A0}1.234,50", "1. März 2026", "01.03.2026"),
      ("de", "CH", "1234.50 CHF", "CHF\u{A0}1’234.50", "1. März 2026", "01.03.2026"),
      ("en", "GB", "1234.50 GBP", "£1,234.50", "1 March 2026", "1 Mar 2026"),
      ("en", "US", "1234.50 USD", "$1,234.50", "March 1, 2026", "Mar 1, 2026"),
      ("en", "IE", "1234.50 EUR", "€1,234.50", "1 March 2026", "1 Mar 2026"),
      ("fr", "FR", "1234.50 EUR", "1\u{202F}234,50\u{A0}€", "1 mars 2026", "1 mars 2026"),
      ("en", "GB", "1500 JPY", "JP¥1,500", "1 March 2026", "1 Mar 2026"),
      ("en", "GB", "1.234 KWD", "KWD\u{A0}1.234", "1 March 2026", "1 Mar 2026"),
      ("en", "GB", "-0.05 EUR", "-€0.05", "1 March 2026", "1 Mar 2026"),
      ("en", "AQ", "1234.50 EUR", "€1,234.50", "1 March 2026", "1 Mar 2026"),
      ("pt-pt", "DE", "1234.50 EUR", "1234,50\u{A0}€", "1 de março de 2026", "01/03/2026"),
      ("th", "TH", "10.00 THB", "฿10.00", "1 มีนาคม ค.ศ. 2026", "1 มี.ค. 2026"),
    ])
  func written(language: String, country: String, money: String, amount: String, long: String, short: String) {
    let locale = LocaleFormats.identifier(language: language, country: country)
    let day = Samples.day("2026-03-01")
    #expect(Self.formats.amount(Samples.money(money), locale) == amount)
    #expect(Self.formats.date(day, locale) == long)
    #expect(Self.formats.date(day, locale, short: true) == short)
  }

  @Test("a date is the civil day on both ends of the calendar that ledgers use")
  func days() {
    #expect(Self.formats.date(Samples.day("1970-01-01"), "en_GB") == "1 January 1970")
    #expect(Self.formats.date(Samples.day("1969-12-31"), "en_GB") == "31 December 1969")
    #expect(Self.formats.date(Samples.day("2099-12-31"), "en_GB") == "31 December 2099")
    #expect(Self.formats.date(Samples.day("2024-02-29"), "de_DE") == "29. Februar 2024")
  }

  @Test("percentages keep what they have and no more")
  func percent() {
    #expect(Self.formats.percent(basisPoints: 200, "en_GB") == "2%")
    #expect(Self.formats.percent(basisPoints: 250, "de_DE") == "2,5\u{A0}%")
    #expect(Self.formats.percent(basisPoints: 125, "en_GB") == "1.25%")
  }

  @Test("the largest amount that is let in keeps every digit")
  func large() {
    let most = Money(minor: Money.limit - 1, Samples.gbp)
    #expect(Self.formats.amount(most, "en_GB") == "£9,999,999,999.99")
    #expect(Self.formats.amount(Money(minor: 900_000_000_000_001, Samples.gbp), "en_GB") == "£9,000,000,000,000.01")
  }
}
