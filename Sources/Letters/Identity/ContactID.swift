import Crypto
import Decisions
import Ledger
import Units

/// The name of a contact: the same set of items at the same steps always has the same one, whenever it is tried.
///
/// Sixteen characters of Crockford's base32 in lower case (`0-9a-z` without `i l o u`), which spell the first ten bytes
/// of a SHA-256, five bits a character, most significant first. Hashed is, without anything between:
///
///     text  "dunningd contact 1"
///     text  the journal's instance
///     text  the customer's (the payer's) id
///     text  the currency's code
///     count the number of items
///     then for every item, the items ordered by these bytes:
///       text  the item's own customer
///       text  the invoice's number
///       text  the instalment, empty when there is none
///       text  the anchor: due, issued, discount or paid
///       text  the anchor's date, 2026-03-01
///       text  the step's name
///       count the repetition, 0 for the first sending
///
/// A *text* is its length in bytes of UTF-8 as a *count*, then those bytes; a *count* is eight bytes, most significant
/// first. So no two lists of items are hashed as the same bytes.
package enum ContactID {
  package static func of(instance: String, customer: String, currency: Currency, items: [AdvancedItem]) -> String {
    var bytes: [UInt8] = []
    append("dunningd contact 1", to: &bytes)
    append(instance, to: &bytes)
    append(customer, to: &bytes)
    append(currency.code, to: &bytes)
    append(items.count, to: &bytes)
    // By bytes and not by String's own order, for which texts of different bytes can be equal.
    for item in items.map(encoded).sorted(by: { $0.lexicographicallyPrecedes($1) }) { bytes += item }
    return crockford(Array(SHA256.hash(data: bytes).prefix(10)))
  }

  private static func encoded(_ item: AdvancedItem) -> [UInt8] {
    var bytes: [UInt8] = []
    append(item.key.customer, to: &bytes)
    append(item.key.number, to: &bytes)
    append(item.key.item, to: &bytes)
    append(item.anchor.rawValue, to: &bytes)
    append(item.anchorDate.description, to: &bytes)
    append(item.step, to: &bytes)
    append(item.repetition, to: &bytes)
    return bytes
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    append(text.utf8.count, to: &bytes)
    bytes += text.utf8
  }

  private static func append(_ count: Int, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: count.bigEndian) { bytes.append(contentsOf: $0) }
  }

  /// Two characters for every ten bits; `bytes` must be a multiple of five.
  static func crockford(_ bytes: [UInt8]) -> String {
    let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    var output: [UInt8] = []
    var window = 0
    var bits = 0
    for byte in bytes {
      window = window << 8 | Int(byte)
      bits += 8
      while bits >= 5 {
        bits -= 5
        output.append(alphabet[window >> bits & 31])
      }
      window &= (1 << bits) - 1
    }
    return String(decoding: output, as: UTF8.self)
  }
}

/// The name of a message on the mail network (RFC 5322 section 3.6.4): the same at every attempt of one contact.
package enum MessageID {
  /// `<contact.instance@domain>`: the contact's id, the first eight characters of the journal's instance (left out when
  /// there is none, as in a preview), and the domain of the sender.
  package static func of(contact: String, instance: String, domain: String) -> String {
    var plain: [UInt8] = []
    for byte in instance.lowercased().utf8 where (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) {
      if plain.count < 8 { plain.append(byte) }
    }
    let prefix = String(decoding: plain, as: UTF8.self)
    return prefix.isEmpty ? "<\(contact)@\(domain)>" : "<\(contact).\(prefix)@\(domain)>"
  }

  /// With its brackets, if it is one that a header can bear: `local@domain` without blanks, brackets or controls.
  static func bracketed(_ text: String) -> String? {
    var inner = text[...]
    if inner.first == "<" { inner.removeFirst() }
    if inner.last == ">" { inner.removeLast() }
    let isPlain = inner.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"<>\"\\(),".utf8.contains($0) }
    guard isPlain, inner.utf8.count <= 250, inner.split(separator: "@").count == 2 else { return nil }
    return "<\(inner)>"
  }
}
