import Foundation
import Testing

@testable import Units

@Suite("Money and currencies") struct MoneyTests {
  @Test(
    "a plain decimal is read exactly, and written with the currency's digits",
    arguments: [
      ("1234.50", "EUR", 123_450, "1234.50"), ("1234.5", "EUR", 123_450, "1234.50"),
      ("1234", "EUR", 123_400, "1234.00"),
      ("0.01", "EUR", 1, "0.01"), ("-0.05", "EUR", -5, "-0.05"), ("+5", "EUR", 500, "5.00"), ("-0", "EUR", 0, "0.00"),
      ("0.07", "EUR", 7, "0.07"), ("19.99", "USD", 1999, "19.99"), ("9007199254.99", "EUR", 900_719_925_499, nil),
      ("500", "JPY", 500, "500"), ("-500", "JPY", -500, "-500"), ("1.234", "KWD", 1234, "1.234"),
      ("1.2", "KWD", 1200, "1.200"), ("-0.001", "KWD", -1, "-0.001"), ("0.0001", "CLF", 1, "0.0001"),
      ("10000000000.00", "EUR", 1_000_000_000_000, "10000000000.00"),
      ("-10000000000.00", "EUR", -1_000_000_000_000, nil),
      ("1000000000000", "JPY", 1_000_000_000_000, nil), ("00000000000000000000000001.00", "EUR", 100, "1.00"),
    ] as [(String, String, Int, String?)])
  func reads(text: String, code: String, minor: Int, written: String?) throws {
    let currency = try #require(Currency(code: code))
    let money = try #require(Money(decimal: text, currency))
    #expect(money.minor == minor)
    #expect(money.decimal == written ?? text)
    #expect(Money(text: money.description) == money)
  }

  @Test(
    "what is no plain decimal of the currency is refused",
    arguments: [
      ("", "EUR"), ("-", "EUR"), (".", "EUR"), (".5", "EUR"), ("5.", "EUR"), ("1.234", "EUR"), ("1.000", "EUR"),
      ("1.0", "JPY"), ("1.", "JPY"), ("0.0001", "KWD"), ("1,50", "EUR"), ("1.2.3", "EUR"), ("1 000", "EUR"),
      ("1e3", "EUR"), ("--1", "EUR"), ("+-1", "EUR"), ("1-", "EUR"), ("١", "EUR"), ("１", "EUR"), ("NaN", "EUR"),
      ("inf", "EUR"), ("0x10", "EUR"), ("10000000000.01", "EUR"), ("-10000000000.01", "EUR"),
      ("1000000000001", "JPY"), ("99999999999999999999999999999999", "EUR"), ("€5", "EUR"), (" 5", "EUR"),
      ("5 ", "EUR"),
    ])
  func refuses(text: String, code: String) throws {
    #expect(Money(decimal: text, try #require(Currency(code: code))) == nil)
  }

  @Test("money of configuration is a decimal, blanks and a currency")
  func texts() throws {
    let eur = try #require(Currency(code: "EUR"))
    #expect(Money(text: "25.00 EUR") == Money(minor: 2500, eur))
    #expect(Money(text: "25   EUR") == Money(minor: 2500, eur))
    for text in ["25.00", "EUR 25.00", "25.00EUR", "25.00 eur", "25.00 XXX", "25.00 EUR x", "25.001 EUR", "", " "] {
      #expect(Money(text: text) == nil, "\(text)")
    }
  }

  @Test("amounts of one currency add, subtract and compare exactly")
  func arithmetic() throws {
    let eur = try #require(Currency(code: "EUR"))
    let tenth = try #require(Money(decimal: "0.10", eur))
    var sum = Money.zero(eur)
    for _ in 0..<1_000 { sum += tenth }
    #expect(sum.decimal == "100.00")
    sum -= tenth
    #expect(sum.decimal == "99.90")
    #expect((tenth - sum).decimal == "-99.80")
    #expect((-tenth).isNegative && tenth.isPositive && (tenth - tenth).isZero)
    #expect(-tenth < tenth && tenth > -tenth && tenth <= tenth && tenth >= tenth)
    #expect(Money(minor: Int.min, eur).decimal == "-92233720368547758.08")
    // A million of the largest amounts still fits.
    #expect(Money.limit.multipliedReportingOverflow(by: 1_000_000).overflow == false)
  }

  @Test("the currencies are those of ISO 4217 that are in use and have a minor unit")
  func currencies() throws {
    let folder = ProcessInfo.processInfo.environment["DUNNINGD_SHARED_DATA"]
    let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = folder.map { URL(fileURLWithPath: $0) } ?? repository.appendingPathComponent("../shared/data")
    let file = data.appendingPathComponent("iso4217/codes-all.csv")
    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
      print("skipped: no \(file.path) here")
      return
    }
    var active: [String: Int] = [:]
    var withdrawn: Set<String> = []
    for line in text.split(whereSeparator: \.isNewline).dropFirst() {
      // Entity and currency may be quoted with commas; the last four fields never are.
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).suffix(4).map(String.init)
      if fields[3].isEmpty { active[fields[0]] = Int(fields[2]) } else { withdrawn.insert(fields[0]) }
    }
    try #require(active.count > 150)
    for (code, digits) in active { #expect(Currency(code: code)?.digits == digits, "\(code)") }
    for code in withdrawn where active[code] == nil { #expect(Currency(code: code) == nil, "\(code)") }
    #expect(active["EUR"] == 2 && withdrawn.contains("DEM"))
  }

  @Test("a currency is its code in capitals, and nothing else")
  func codes() {
    #expect(Currency(code: "EUR")?.scale == 100)
    #expect(Currency(code: "JPY")?.scale == 1)
    #expect(Currency(code: "KWD")?.scale == 1000)
    #expect(Currency(code: "CLF")?.scale == 10_000)
    for code in ["eur", "EU", "EURO", "", "DEM", "XXX", "XAU", "EUR "] {
      #expect(Currency(code: code) == nil, "\(code)")
    }
  }
}
