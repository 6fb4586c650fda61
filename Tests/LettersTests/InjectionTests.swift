import Decisions
import Foundation
import Ledger
import Testing
import Units

@testable import Letters

/// Texts as a hostile or careless ledger has them.
private struct NastyTexts {
  var numbers: SeededNumbers

  static let pieces = [
    "a", "Müller", "R-1001", " ", "  ", "<script>alert(1)</script>", "\"><b onload=x>", "'", "&amp;", "&", "{{total}}",
    "{{{total}}}", "{{#invoices}}", "{{/x}}", "}}", "{{", "{{> pay}}", "=?utf-8?Q?x?=", "@", ",", ";", ":",
    "<a@b.example>",
    "\\", "\"", "(", ")", "日本語", "👩‍👩‍👧‍👦", "🇩🇪", "e\u{301}", "\"\u{301}", "<\u{338}", "\u{202E}", "\u{2066}", "\u{200B}",
    "\u{FEFF}",
    ".", "--", "%0d%0a", "=0D=0A", "--=_a_", "javascript:x", "$(rm)", "`x`", "${x}",
    "ﷺ", String(repeating: "x", count: 90), String(repeating: "ü", count: 60),
  ]
  static let controls = [
    "\r\n", "\n", "\r", "\0", "\u{85}", "\u{2028}", "\t", "\u{1B}[2J", "\r\nBcc: evil@example.com\r\n",
  ]

  mutating func text(controls: Bool) -> String {
    var text = ""
    for _ in 0...numbers.below(5) {
      text += numbers.pick(controls && numbers.below(4) == 0 ? Self.controls : Self.pieces)
    }
    return text
  }

  mutating func contact(controls: Bool) -> PlannedContact {
    var payer = Samples.customer("C" + text(controls: controls), name: text(controls: controls))
    payer.owner = text(controls: controls)
    payer.extra = ["note": text(controls: controls)]
    let lines = (0...numbers.below(3)).map { _ in
      Samples.line(
        text(controls: controls), "10.00 GBP", due: "2026-02-01", overdue: 29, level: 1,
        details: InvoiceDetails(
          reference: text(controls: controls), purchaseOrder: text(controls: controls), link: text(controls: controls),
          extra: ["note": text(controls: controls)]),
        customer: payer.id, item: text(controls: controls))
    }
    return Samples.contact(numbers.pick(["first", "second", "final", "upcoming"]), lines, payer: payer)
  }
}

@Suite("Nothing in the ledger can write more than a value")
struct InjectionTests {
  private static let headerNames: Set<String> = [
    "From", "Reply-To", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "List-Unsubscribe", "Content-Language",
    "MIME-Version", "Content-Type",
  ]

  /// Tags of the HTML, values and attributes left out.
  private static func skeleton(_ html: String) -> [String] {
    html.unicodeScalars.split(separator: "<").dropFirst().map { piece in
      String(String.UnicodeScalarView(piece.prefix { $0 != " " && $0 != ">" && $0 != "\n" }))
    }
  }

  @Test("not headers, not lines, not markup, not tags: what Python reads is what went in")
  func values() throws {
    var nasty = NastyTexts(numbers: SeededNumbers(seed: 20_260_302))
    var contacts: [PlannedContact] = []
    var letters: [Letter] = []
    var refused = 0
    for index in 0..<120 {
      let contact = nasty.contact(controls: index % 3 == 0)
      do {
        letters.append(try Samples.compose(contact, Samples.shipped))
        contacts.append(contact)
      } catch {
        guard case .header = error else { throw error }
        refused += 1
        let header = contact.payer.name + contact.listed.map(\.invoice.key.number).joined()
        #expect(header.unicodeScalars.contains(where: MailAddress.isControl), "refused without a reason")
      }
    }
    #expect(refused > 5 && letters.count > 80)
    for (contact, letter) in zip(contacts, letters) {
      #expect(letter.bytes.allSatisfy { $0 < 0x80 && $0 != 0 })
      #expect(letter.to == ["payables@miller.example"] && letter.cc.isEmpty)
      // A tame contact of the same shape has the same lines and the same tags.
      var tame = contact
      tame.payer.name = contact.payer.name.isEmpty ? "" : "Tame"
      tame.listed = contact.listed.map { Self.tamed($0, payer: contact.payer) }
      let harmless = try Samples.compose(tame, Samples.shipped)
      let html = try #require(letter.html)
      #expect(Self.skeleton(html) == Self.skeleton(try #require(harmless.html)))
      #expect(
        letter.text.split(separator: "\n").count == harmless.text.split(separator: "\n").count, "\(letter.text)")
      for scalar in (letter.text + html + letter.subject).unicodeScalars {
        #expect(scalar == "\n" || !MailAddress.isControl(scalar))
        #expect(!(0x202A...0x202E).contains(scalar.value) && !(0x2066...0x2069).contains(scalar.value))
      }
    }
    guard PythonMail.isThere else {
      print("python3 is not installed: its reading of these messages is skipped")
      return
    }
    for (letter, message) in zip(letters, try PythonMail.read(letters.map(\.bytes))) {
      #expect(Set(message.headers.map { $0[0] }) == Self.headerNames)
      #expect(message.headers.count == Self.headerNames.count)
      #expect(message.values("Subject") == [letter.subject])
      #expect(message.to.map { $0[1] } == letter.to)
      #expect(message.parts.map(\.type) == ["text/plain", "text/html"])
      #expect(message.parts.map(\.text) == [letter.text, letter.html])
      #expect(message.defects == [])
    }
  }

  private static func tamed(_ line: PlannedContact.Line, payer: Customer) -> PlannedContact.Line {
    let writer = FactWriter(
      rendering: Rendering(locale: "en_GB", formats: LocaleFormats()), columns: ExtraColumns())
    let details = line.invoice.details
    func same(_ text: String?) -> String { text?.isEmpty ?? true ? "" : "x" }
    let harmless = InvoiceDetails(
      reference: same(details?.reference), purchaseOrder: same(details?.purchaseOrder),
      link: writer.uri(details?.link).isNull ? "" : "https://x.example/")
    return Samples.line(
      "R-1", line.open.description, due: line.invoice.due.description, overdue: line.daysPastDue, level: line.level,
      details: harmless, customer: payer.id, item: line.invoice.key.item.isEmpty ? "" : "1")
  }

  @Test(
    "no address can carry a command",
    arguments: ["a@b>\r\nRCPT TO:<evil@x", "a@b\nDATA", "a@b> NOTIFY=SUCCESS", "<a@b>", "a@b\0"])
  func commands(address: String) {
    var payer = Samples.customer()
    payer.emails = [address]
    let contact = Samples.contact("first", [ComposerTests.line], payer: payer)
    #expect(throws: LetterError.self) { try Samples.compose(contact, Samples.shipped) }
    var copied = Samples.customer()
    copied.cc = [address]
    let copy = Samples.contact("first", [ComposerTests.line], payer: copied)
    #expect(throws: LetterError.self) { try Samples.compose(copy, Samples.shipped) }
  }

  @Test("a template from the ledger is only text")
  func templates() throws {
    let payer = Samples.customer(name: "{{company}} {{#invoices}}x{{/invoices}} {{{total}}}")
    let letter = try Samples.compose(
      Samples.contact("first", [ComposerTests.line], payer: payer), Samples.shipped)
    #expect(letter.text.hasPrefix("Dear {{company}} {{#invoices}}x{{/invoices}} {{{total}}},\n"))
  }

  @Test("a quote is escaped, also with a combining character behind it")
  func escaping() throws {
    #expect(Word.escaped("<>&\"'") == "&lt;&gt;&amp;&quot;&#39;")
    #expect(Word.escaped("\"\u{301} x='\u{338}<\u{338}") == "&quot;\u{301} x=&#39;\u{338}&lt;\u{338}")
  }

  @Test("a link from the ledger is https, or nothing")
  func links() throws {
    let writer = FactWriter(
      rendering: Rendering(locale: "en_GB", formats: LocaleFormats()), columns: ExtraColumns())
    for bad in [
      "javascript:alert(1)", "http://x", "data:text/html,x", "https://x/\"onclick=x", "https://x/ y", "HTTPS://x",
      "//x", "https://ü",
    ] {
      #expect(writer.uri(bad).isNull)
    }
    #expect(writer.uri("https://x.example/a?b=c&d=%20#e").text(writer.rendering) == "https://x.example/a?b=c&d=%20#e")
  }
}
