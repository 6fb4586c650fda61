import Ledger
import Testing
import Units

@testable import Intake

@Suite("Amounts are exact, or refused")
struct AmountTests {
  private func minor(_ text: String, _ sign: IntakeFormat.DecimalSign, _ code: String) -> Int? {
    text.bytes { try? AmountReader(decimal: sign).read($0, Folder.currency(code)).minor }
  }

  @Test(
    "with a decimal point",
    arguments: [
      ("0", "EUR", 0), ("1", "EUR", 100), ("55.9", "EUR", 5590), ("55.94", "EUR", 5594), ("-0.05", "EUR", -5),
      (".50", "EUR", 50), ("1,234.50", "EUR", 123_450), ("1,234,567.89", "EUR", 123_456_789),
      ("1 234.50", "EUR", 123_450),
      ("1\u{A0}234", "EUR", 123_400), ("1\u{202F}234.5", "EUR", 123_450), ("1'234.50", "CHF", 123_450),
      ("1\u{2019}234.50", "CHF", 123_450), ("$13.50 ", "USD", 1350), ("$-142.85", "USD", -14285),
      ("-$142.85", "CAD", -14285), ("(142.85)", "USD", -14285), ("($142.85)", "USD", -14285),
      ("142.85-", "EUR", -14285),
      ("\u{2212}5", "EUR", -500), ("EUR 13.50", "EUR", 1350), ("13.50 eur", "EUR", 1350), ("€13", "EUR", 1300),
      ("13 zł", "PLN", 1300), ("Fr. 13.05", "CHF", 1305), ("1500", "JPY", 1500), ("1.234", "KWD", 1234),
      ("10000000000.00", "EUR", 1_000_000_000_000), ("0000000000000001.00", "EUR", 100),
    ])
  func point(text: String, code: String, expected: Int) { #expect(minor(text, .point, code) == expected) }

  @Test(
    "with a decimal comma",
    arguments: [
      ("1234,5", 123_450), ("1.234,50", 123_450), ("1.234", 123_400), ("1 234,50", 123_450), ("13,50 €", 1350),
      (",5", 50),
    ])
  func comma(text: String, expected: Int) { #expect(minor(text, .comma, "EUR") == expected) }

  @Test(
    "nothing is guessed",
    arguments: [
      "1,50", "12,34", "1,2345.00", "1,23,456", ",123", "1,,234", "1.234,50", "1.2.3", "1.", ".", "-", "", " ", "--1",
      "-(1)", "1e3", "0x10", "NaN", "1.005", "£5", "5 USD", "USD 5", "€5 EUR", "five", "1 2 3", "1,234 567", "+-1",
      "10000000000.01", "99999999999999999999999999", "1\u{660}", "5 000 00", "1'2",
    ])
  func refused(text: String) { #expect(minor(text, .point, "EUR") == nil) }
}

@Suite("Dates are read as declared, or as proven")
struct DateTests {
  @Test(
    "by pattern",
    arguments: [
      ("M/d/yyyy", "4/6/2013", "2013-04-06"), ("M/d/yyyy", "04/06/2013", "2013-04-06"),
      ("dd/MM/yyyy", "04/06/2013", "2013-06-04"), ("dd.MM.yy", "04.06.79", "2079-06-04"),
      ("dd.MM.yy", "04.06.80", "1980-06-04"), ("d MMM yyyy", "4 jun 2013", "2013-06-04"),
      ("d MMMM yyyy", "4 June 2013", "2013-06-04"), ("MMM d, yyyy", "Jun 4, 2013", "2013-06-04"),
      ("yyyyMMdd", "20130604", "2013-06-04"), ("yyyy-MM-dd'T'HH:mm:ss", "2013-06-04T23:59:00", "2013-06-04"),
      ("yyyy'年'M'月'd'日'", "2013年6月4日", "2013-06-04"),
    ])
  func pattern(pattern: String, text: String, day: String) throws {
    let pattern = try DatePattern(pattern)
    #expect(text.bytes { pattern.read($0) } == .day(.of(day)))
  }

  @Test(
    "what does not fit is a mismatch, what no calendar has is impossible",
    arguments: [
      ("M/d/yyyy", "13/1/2013", DateCell.impossible), ("M/d/yyyy", "2/30/2013", .impossible),
      ("M/d/yyyy", "2/29/2100", .impossible), ("M/d/yyyy", "1/1/1969", .impossible),
      ("M/d/yyyy", "0/1/2013", .impossible),
      ("M/d/yyyy", "1/1/13", .mismatch), ("M/d/yyyy", "1/1/20134", .mismatch), ("dd/MM/yyyy", "1/01/2013", .mismatch),
      ("M/d/yyyy", "1.1.2013", .mismatch), ("d MMM yyyy", "1 Mai 2013", .mismatch), ("M/d/yyyy", "", .mismatch),
      ("HH yyyy-MM-dd", "24 2013-01-01", .impossible),
    ])
  func faults(pattern: String, text: String, expected: DateCell) throws {
    let pattern = try DatePattern(pattern)
    #expect(text.bytes { pattern.read($0) } == expected)
  }

  @Test(
    "a pattern that means nothing is refused",
    arguments: [
      "", "yyyy", "yyyy-MM", "dd.MM.yyyy.dd", "Mdyyyy", "dM.yyyy", "YYYY-MM-DD", "d 'de M yyyy", "EEE d.M.yyyy",
    ])
  func badPatterns(text: String) {
    #expect(throws: DatePattern.Fault.self) { try DatePattern(text) }
  }

  private func verdict(_ cells: [String]) -> String {
    var proof = DateProof()
    for (index, cell) in cells.enumerated() {
      cell.bytes { bytes in
        proof.look(at: bytes) { .init(line: index + 2, column: "due", text: Text.shown(bytes)) }
      }
    }
    switch proof.verdict(file: "f.csv") {
    case .success(.iso): return "iso"
    case .success(.pattern(let pattern)): return pattern.text
    case .failure(let refusal): return refusal.reason.description
    }
  }

  @Test(
    "a file proves its format when every date fits it and no other",
    arguments: [
      (["1/2/2013", "1/13/2013"], "M/d/yyyy"), (["1/2/2013", "13/1/2013"], "d/M/yyyy"), (["2013-01-02"], "yyyy-MM-dd"),
      (["1.2.2013"], "d.M.yyyy"), (["20130102"], "yyyyMMdd"), (["26-Apr-11"], "d-MMM-yy"),
      (["", "31.1.13", ""], "d.M.yy"),
      (["Jan 28 2021"], "MMM d yyyy"), ([], "iso"), (["", ""], "iso"),
    ])
  func proven(cells: [String], expected: String) { #expect(verdict(cells) == expected) }

  @Test("a file that proves nothing is refused with both readings of the first cell in doubt")
  func refused() {
    #expect(
      verdict(["5/5/2013", "1/2/2013", "3/4/2013"])
        == "f.csv:3: due: date_format = \"auto\" cannot tell whether \"1/2/2013\" is 2013-02-01 by \"d/M/yyyy\" or "
        + "2013-01-02 by \"M/d/yyyy\": no date of the file decides it; declare date_format")
    #expect(
      verdict(["5/5/2013"])
        == "f.csv:2: due: date_format = \"auto\" cannot tell whether \"5/5/2013\" is 2013-05-05 by \"d/M/yyyy\" or "
        + "2013-05-05 by \"M/d/yyyy\": no date of the file decides it; declare date_format")
    #expect(
      verdict(["13/5/2013", "5/13/2013"])
        == "f.csv:3: due: date_format = \"auto\" finds no format that reads \"5/13/2013\" and all dates before it; "
        + "correct it, or declare date_format, such as \"d.M.yyyy\"")
  }
}

@Suite("Payment terms are read as invoices state them")
struct TermsTests {
  @Test(
    "understood terms",
    arguments: [
      ("30", [], 30), ("net 30", [], 30), ("Net 30", [], 30), ("n/30", [], 30), ("n30", [], 30), ("net30", [], 30),
      ("30 days", [], 30), ("30 Tage netto", [], 30), ("30 days net", [], 30), ("netto 14 Tage", [], 14), ("0", [], 0),
      ("due on receipt", [], 0), ("2/10 net 30", [200, 10], 30), ("2/10 n/30", [200, 10], 30),
      ("2/10, n/30", [200, 10], 30),
      ("2% 10 net 30", [200, 10], 30), ("2 % 10, net 30", [200, 10], 30),
      ("2/10, 1/20 net 30", [200, 10, 100, 20], 30),
      ("3/10 2/20 net 30", [300, 10, 200, 20], 30), ("1/20,2/10 net 30", [200, 10, 100, 20], 30),
      ("2.5/10 net 30", [250, 10], 30), ("2,5% 10 Tage, 30 Tage netto", [250, 10], 30), ("2/10", [200, 10], nil),
      ("10 Tage 2% Skonto", [], nil),
    ] as [(String, [Int], Int?)])
  func understood(text: String, discounts: [Int], net: Int?) {
    let terms = PaymentTerms(reading: text)
    #expect(terms.text == text)
    #expect(terms.discounts.flatMap { [$0.basisPoints, $0.days] } == discounts)
    #expect(terms.netDays == net)
  }

  @Test(
    "what is not understood keeps its text and gives no day",
    arguments: [
      "net 30 EOM", "30 EOM", "end of month", "COD", "30/60/90", "30/60", "2/10 net 5", "net 1000", "2.555/10 net 30",
      "", "%",
      "net", "/", "10 20", "n/n/30", "net 99999999999999999999",
    ])
  func unknown(text: String) {
    #expect(PaymentTerms(reading: text) == PaymentTerms(text: text, netDays: nil))
  }
}

@Suite("An address is one that a message can go to")
struct MailAddressTests {
  @Test(
    "usable",
    arguments: [
      "a@b.de", "first.last+tag@sub.example.com", "o'neil@example.ie", "a@localhost", "1@2.3",
      "a_b-c@x-y.org",
    ])
  func usable(text: String) { #expect(MailAddress.fault(in: text) == nil) }

  @Test(
    "not usable",
    arguments: [
      "a@müller.de",
      "", "a", "@", "a@", "@b.de", "a@b", "a@@b.de", "a@b@c.de", "a b@c.de", "a@b .de", "a,b@c.de", "a@b.de,c@d.de",
      "<a@b.de>",
      "A <a@b.de>", "\"a\"@b.de", ".a@b.de", "a.@b.de", "a..b@c.de", "a@.de", "a@b..de", "a@-b.de", "a@b-.de",
      "a@[1.2.3.4]",
      "ä@b.de", "a@b.de\r\nRCPT TO:<x@y.z>", "a\0@b.de", "a@b.\u{202E}de", "a:b@c.de",
      String(repeating: "a", count: 65) + "@b.de", "a@" + String(repeating: "b", count: 64) + ".de",
    ])
  func broken(text: String) { #expect(MailAddress.fault(in: text) != nil) }
}
