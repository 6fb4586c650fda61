import Decisions
import Testing
import Units

@testable import Incoming

@Suite("What an answer may ask for")
struct SuggestionTests {
  @Test(
    "by its words, in the shipped languages",
    arguments: [
      ("We will pay next week.", [.promise]), ("Payment is scheduled for Friday.", [.promise]),
      ("Guten Tag, wir zahlen 400 EUR am 15.12.2026.", [.promise]), ("Wir zahlen das nicht.", []),
      ("Wir werden den Betrag am 12.3. überweisen.", [.promise]), ("Die Zahlung erfolgt bis Monatsende.", [.promise]),
      ("We have already paid this invoice.", [.paid]), ("The amount was transferred yesterday.", [.paid]),
      ("Wir haben die Rechnung bereits bezahlt.", [.paid]), ("Der Betrag wurde gestern überwiesen.", [.paid]),
      ("We will not pay.", []), ("Wir haben noch nicht bezahlt.", []), ("We dispute this invoice.", [.dispute]),
      ("Die Ware war beschädigt.", [.dispute]), ("The amount is incorrect.", [.dispute]),
      ("I am the wrong person, please contact Ms Berger.", [.wrongContact]),
      ("Herr Maier arbeitet nicht mehr bei uns.", [.wrongContact]),
      ("Could you send us the invoice again?", [.question]),
      ("Bitte senden Sie uns eine Kopie.", [.question]), ("Please do not contact us again.", [.doNotContact]),
      ("Bitte keine weiteren E-Mails.", [.doNotContact]), ("Thank you, have a nice day.", []),
      ("Vielen Dank und freundliche Grüße", []), ("Guten Morgen,", []),
      ("We have paid half. The rest will be paid on Friday. Why did you charge fees?", [.promise, .paid, .question]),
    ] as [(String, [Suggestion.Kind])])
  func words(text: String, kinds: [Suggestion.Kind]) {
    #expect(Suggestions(day: Day(iso: "2026-03-02")).found(in: [text]).map(\.kind) == kinds)
  }

  @Test(
    "days, read in one way or not at all; Monday, 2 March 2026",
    arguments: [
      ("on 2026-03-05", ["2026-03-05"]), ("am 5.3.2026", ["2026-03-05"]), ("am 05.03.", ["2026-03-05"]),
      ("bis 5.3.26", ["2026-03-05"]), ("5 March", ["2026-03-05"]), ("March 5th, 2026", ["2026-03-05"]),
      ("the 5th of March", ["2026-03-05"]), ("5. März 2027", ["2027-03-05"]), ("on 20/3/2026", ["2026-03-20"]),
      ("on 3/20/2026", ["2026-03-20"]), ("on 3/4/2026", []), ("on Friday", ["2026-03-06"]),
      ("am Montag", ["2026-03-09"]),
      ("tomorrow", ["2026-03-03"]), ("Guten Morgen", []), ("morgen", ["2026-03-03"]),
      ("Ende des Monats", ["2026-03-31"]),
      ("by the end of the month", ["2026-03-31"]), ("on 28 December", ["2025-12-28"]), ("31.2.2026", []),
      ("invoice 4711", []), ("1.234,50 EUR", []), ("99.99.9999", []),
    ] as [(String, [String])])
  func days(text: String, days: [String]) {
    #expect(FoundDays(Day(iso: "2026-03-02")).days(in: text).map(\.description) == days)
  }

  @Test(
    "amounts with their currency",
    arguments: [
      ("1.234,50 €", ["1234.50 EUR"]), ("EUR 120", ["120.00 EUR"]), ("£1,234.50.", ["1234.50 GBP"]),
      ("CHF 1'200.00", ["1200.00 CHF"]), ("5000 JPY", ["5000 JPY"]), ("1.234 EUR", ["1234.00 EUR"]), ("120", []),
      ("12.5.3 EUR", []), ("0,00 €", []), ("€ 99,99 and 10 EUR", ["99.99 EUR", "10.00 EUR"]),
      ("EUR 99999999999999999999", []), ("R-1 of 12.03.2026", []),
    ] as [(String, [String])])
  func amounts(text: String, amounts: [String]) {
    #expect(FoundAmounts.amounts(in: text).map(\.description) == amounts)
  }

  @Test(
    "the day of a message",
    arguments: [
      ("Mon, 2 Mar 2026 10:00:00 +0100", "2026-03-02"), ("2 Mar 26 10:00", "2026-03-02"), ("Mon, 31 Feb 2026", nil),
      ("yesterday", nil), ("", nil),
    ] as [(String, String?)])
  func mailDay(field: String, day: String?) { #expect(MailDay.of(field)?.description == day) }

  @Test(
    "what is quoted and the signature are no part of what was said",
    arguments: [
      ("new\n> old", "new"), ("new\n\nOn 1 March 2026, A wrote:\n> old", "new"),
      ("new\nAm 1. März 2026 um 10:00 schrieb A <a@b.test>:\nold", "new"),
      ("new\n-----Original Message-----\nFrom: a\nold", "new"), ("new\nVon: A\nGesendet: Montag\nold", "new"),
      ("new\n________________________________\nFrom: a", "new"), ("new\n-- \nAda\nCEO", "new"),
      ("On 1 March, A wrote:\n> old\nnew below", "new below"), ("From: here on we pay", "From: here on we pay"),
      ("new\nOn Monday, 1 March 2026, a person with a long name\n<a@b.test> wrote:\nold", "new"),
    ])
  func quotation(text: String, kept: String) {
    #expect(Quotation.cut(text).joined(separator: "\n").collapsed == kept)
  }
}
