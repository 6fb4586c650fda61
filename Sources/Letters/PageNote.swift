import Decisions
import Units

/// What a letter's page says of itself in its first line, as a comment of HTML: so the manifest of the outbox can be made from
/// the kept pages alone, at any time.
package enum PageNote {
  private static let begin = "<!-- dunningd-letter "
  private static let end = " -->\n"

  /// The line, with its line feed.
  static func line(_ contact: PlannedContact, id: String, language: String, company: CompanyDefaults) -> String {
    let fields = JSONObject([
      ("contact", .string(id)), ("day", .day(contact.day)), ("customer", .string(contact.payer.id)),
      ("name", .string(contact.payer.name)), ("address", .strings(contact.to)),
      ("country", .string(contact.payer.country ?? company.country)), ("currency", .string(contact.currency.code)),
      ("amount", .money(contact.total)), ("step", .string(contact.step.name)), ("level", .int(contact.step.level)),
      ("language", .string(language)), ("invoices", .strings(contact.listed.map { LineLabel.of($0.invoice.key) })),
    ])
    return begin + harmless(fields.text) + end
  }

  /// Nothing in it may end the comment or begin an element. By bytes: with a mark behind it each of these is another
  /// character to Swift, and the same to a browser. Outside of strings no JSON of ours has any of them.
  private static func harmless(_ json: String) -> String {
    var bytes: [UInt8] = []
    for byte in json.utf8 {
      switch byte {
      case UInt8(ascii: "<"): bytes += "\\u003c".utf8
      case UInt8(ascii: ">"): bytes += "\\u003e".utf8
      case UInt8(ascii: "-") where bytes.last == byte: bytes += "\\u002d".utf8
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What a page says of itself; nil when it is none of ours.
  package static func read(_ page: some Collection<UInt8>) -> JSONObject? {
    let line = String(decoding: page.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self) + "\n"
    guard line.hasPrefix(begin), line.hasSuffix(end) else { return nil }
    return (try? JSONReader.value(String(line.dropFirst(begin.count).dropLast(end.count))))?.object
  }
}
