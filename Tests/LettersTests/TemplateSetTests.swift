import Decisions
import Testing
import Units

@testable import Letters

@Suite("Reading templates")
struct TemplateSetTests {
  static func problems(_ files: [TemplateFile]) -> [String] {
    do {
      _ = try TemplateSet(files, folder: "templates")
      return []
    } catch {
      return error.problems.map { "\($0.place): \($0.message) | \($0.remedy)" }
    }
  }

  /// Text, and how the first sentence about it begins.
  @Test(
    "says where a mistake is and what to do",
    arguments: [
      (
        "subject: x\n\n{{custmer}}",
        "templates/en/t.mustache:3:1: \"custmer\" is no name that is known here | did you mean \"customer\"?"
      ),
      (
        "subject: {{totl}}\n\nx",
        "templates/en/t.mustache:1:10: \"totl\" is no name that is known here | did you mean \"total\"?"
      ),
      ("subject: {{subject}}\n\nx", "templates/en/t.mustache:1:10: \"subject\" is no name that is known here"),
      ("subject: x\n\n{{number}}", "templates/en/t.mustache:3:1: \"number\" is no name"),
      ("subject: x\n\n{{#invoices}}{{number}}", "templates/en/t.mustache:3:1: the section \"invoices\" is not closed"),
      (
        "subject: x\n\n{{#invoices}}{{number}}{{/invoices}}{{number}}",
        "templates/en/t.mustache:3:37: \"number\" is no name"
      ),
      ("subject: x\n\n{{/invoices}}", "templates/en/t.mustache:3:1: {{/invoices}} closes nothing"),
      (
        "subject: x\n\n{{#pay}}\n{{#bic}}{{/pay}}{{/bic}}",
        "templates/en/t.mustache:4:9: {{/pay}} closes the section \"bic\" of line 4"
      ),
      ("subject: x\n\n{{^invoices}}{{number}}{{/invoices}}", "templates/en/t.mustache:3:14: \"number\" is no name"),
      ("subject: x\n\n{{invoices}}", "templates/en/t.mustache:3:1: \"invoices\" has no text of its own"),
      ("subject: x\n\n{{is_notice}}", "templates/en/t.mustache:3:1: \"is_notice\" has no text of its own"),
      ("subject: x\n\n{{total", "templates/en/t.mustache:3:1: this {{ has no }}"),
      ("subject: x\n\n{{{total}}}", "templates/en/t.mustache:3:1: {{{total}} is no tag that templates may use"),
      ("subject: x\n\n{{&total}}", "templates/en/t.mustache:3:1: {{&total}} is no tag"),
      ("subject: x\n\n{{=<% %>=}}", "templates/en/t.mustache:3:1: {{=<% %>=}} is no tag"),
      ("subject: x\n\n{{%CONTENT_TYPE:HTML}}", "templates/en/t.mustache:3:1: {{%CONTENT_TYPE:HTML}} is no tag"),
      ("subject: x\n\n{{uppercased(total)}}", "templates/en/t.mustache:3:1: {{uppercased(total)}} is no tag"),
      ("subject: x\n\n{{> ../../etc/passwd}}", "templates/en/t.mustache:3:1: {{> ../../etc/passwd}} is no tag"),
      (
        "subject: x\n\n{{> missing}}",
        "templates/en/t.mustache:3:1: there is no part \"missing\" | expected _missing.mustache"
      ),
      ("subject: x\n\n{{extra}}", "templates/en/t.mustache:3:1: \"extra\" names no column"),
      ("subject: x\n\n{{customer.name}}", "templates/en/t.mustache:3:1: \"customer.name\" is no name"),
      ("subjekt: x\n\n", "templates/en/t.mustache:1: \"subjekt: x\" is no line of a template's head"),
      ("\nHello", "templates/en/t.mustache:1: it has no subject"),
      ("subject: x", "templates/en/t.mustache:1: it has no subject"),
    ])
  func mistakes(text: String, expected: String) throws {
    let found = Self.problems(Samples.template(text))
    #expect(found.first?.hasPrefix(expected) == true, "\(found)")
  }

  @Test(
    "refuses a value where markup could run it",
    arguments: [
      "<a href=\"{{customer}}\">x</a>", "<a href='{{contact_link}}'>x</a>", "<a href={{contact_link}}>x</a>",
      "<a href=\"x{{contact_link}}\">x</a>", "<p onclick=\"{{customer}}\">x</p>", "<p style=\"{{customer}}\">x</p>",
      "<{{customer}}>", "<style>p { color: {{customer}} }</style>", "<script>{{customer}}</script>",
      "<img src=\"{{contact_link}}\">", "<p title=\"{{customer}} x\">",
    ])
  func markup(html: String) {
    let found = Self.problems(Samples.template("subject: x\n\nx", html: html))
    #expect(found.first?.hasPrefix("templates/en/t.html.mustache:1:") == true, "\(found)")
  }

  @Test("takes a link as the whole of href, and a text as the whole of title")
  func goodMarkup() {
    let html =
      "<html lang=\"{{language}}\"><style>p{}</style><a title=\"{{customer}}\" href=\"{{contact_link}}\">{{customer}}</a>"
    #expect(Self.problems(Samples.template("subject: x\n\nx", html: html)) == [])
  }

  @Test("tells all mistakes of all files at once")
  func allAtOnce() {
    let files =
      Samples.template("subject: {{a}}\n\n{{b}}", html: "{{c}}") + [
        TemplateFile(path: "xx/y/z.mustache", bytes: []), TemplateFile(path: "de/u.mustache", bytes: [0xFF]),
        TemplateFile(path: "en/w.html.mustache", bytes: Array("x".utf8)),
        TemplateFile(path: "README.md", bytes: [0xFF]),
      ]
    #expect(Self.problems(files).count == 6)
  }

  @Test("a part that names itself is found, not followed for ever")
  func recursion() {
    let found = Self.problems(Samples.template("subject: x\n\n{{> a}}", parts: ["_a": "x {{> a}}"]))
    #expect(found.first?.contains("parts stand in each other more than 5 deep") == true, "\(found)")
  }

  @Test("a mistake in a part is told with the part's own line")
  func partPlace() {
    let found = Self.problems(
      Samples.template("subject: x\n\n{{> a}}", parts: ["_a": "\n{{#invoices}}{{numbr}}{{/invoices}}"]))
    #expect(found.first?.hasPrefix("templates/en/_a.mustache:2:14: \"numbr\" is no name") == true, "\(found)")
  }

  @Test("reads what came with the program when it is first used, and what stands beside a file of one's own at once")
  func shipped() throws {
    func file(_ path: String, _ text: String, isShipped: Bool = true) -> TemplateFile {
      TemplateFile(path: path, bytes: Array(text.utf8), isShipped: isShipped)
    }
    let (good, bad) = ("subject: x\n\n{{customer}}", "subject: x\n\n{{custmer}}")
    let shipped = [file("en/a.mustache", good), file("en/b.mustache", bad), file("en/c.letter.mustache", good)]
    let set = try TemplateSet(shipped)
    #expect(set.names(in: "en") == ["a", "b"])
    #expect(set.template("a", payer: nil, company: "en")?.text.form == .text)
    #expect(set.letter("c", payer: nil, company: "en")?.page.form == .html)
    // No such file ships; were there one, whom it is for would get no message.
    #expect(
      set.template("b", payer: nil, company: "en") == nil && set.language(of: "b", payer: nil, company: "en") == "en")
    #expect(Self.problems(shipped + [file("de/a.mustache", good, isShipped: false)]).isEmpty)
    #expect(Self.problems(shipped + [file("en/_own.mustache", "x", isShipped: false)]).count == 1)
  }

  @Test("falls back from the payer's language to its base, the company's, English")
  func fallback() throws {
    let files = ["en/a", "en/b", "en/c", "de/a", "de/b", "pt-br/a", "pt/a", "fr/a"].map {
      TemplateFile(path: "\($0).mustache", bytes: Array("subject: x\n\nx".utf8))
    }
    let set = try TemplateSet(files)
    #expect(set.languages == ["de", "en", "fr", "pt", "pt-br"])
    #expect(set.language(of: "a", payer: "pt-br", company: "de") == "pt-br")
    #expect(set.language(of: "a", payer: "pt_BR", company: "de") == "pt-br")
    #expect(set.language(of: "a", payer: "pt-pt", company: "de") == "pt")
    #expect(set.language(of: "b", payer: "pt-br", company: "de-at") == "de")
    #expect(set.language(of: "c", payer: "pt-br", company: "de") == "en")
    #expect(set.language(of: "a", payer: nil, company: "fr") == "fr")
    #expect(set.language(of: "d", payer: "en", company: "en") == nil)
  }

  @Test("holds a policy's steps and a ledger's columns against the templates")
  func policy() throws {
    let files = Samples.template(
      "subject: x\n\n{{extra.region}}{{extra.po_box}}{{#invoices}}{{extra.site}}{{extra.region}}{{/invoices}}")
    let set = try TemplateSet(files)
    let schedule = Schedule(
      name: "s",
      steps: [
        Step(name: "one", day: 1, level: 1, template: "t"), Step(name: "two", day: 9, level: 1, template: "gone"),
        Step(name: "ring", day: 20, level: 1, channel: .call, template: "script"),
      ])
    let policy = Policy(company: Samples.company, schedules: [schedule])
    #expect(
      set.problems(for: policy, columns: nil).map(\.message) == [
        "step \"two\" of schedule \"s\" names the template \"gone\", which there is none of in en"
      ])
    let columns = ExtraColumns(ofCustomers: ["region"], ofInvoices: ["cost_centre"])
    let found = set.problems(for: policy, columns: columns).dropFirst().map { "\($0.place): \($0.remedy)" }
    #expect(
      found == [
        "templates/en/t.mustache:3:17: it has: region",
        "templates/en/t.mustache:3:46: it has: cost_centre, region",
      ])
  }
}
