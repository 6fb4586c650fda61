import Ledger

/// Where a letter to a payer goes, line by line, as it stands in the window of the envelope; without the country, which
/// only mail abroad bears.
package struct PostalAddress: Sendable, Equatable {
  /// The name first. Empty where the ledger has no postal address.
  package let lines: [String]

  package var isUsable: Bool { !lines.isEmpty }

  /// The ledger's `address`, one cell on one line: its lines are parted by `\\n` (the two characters), else by `;`, else by
  /// commas. (A real line break in a cell of the ledger makes a bad row.)
  package init(of payer: Customer) {
    let parts = PostalAddress.lines(of: payer.address, country: payer.country)
    guard let first = parts.first else {
      lines = []
      return
    }
    // Some ledgers repeat the name in the address, and nobody is named twice on an envelope.
    let isNamed = payer.name.isEmpty || first.lowercased() == payer.name.lowercased()
    lines = isNamed ? parts : [payer.name] + parts
  }

  /// The lines of a text in one piece.
  package static func lines(of text: String, country: String?) -> [String] {
    let separator = ["\\n", ";"].first { text.contains($0) } ?? ","
    var lines = text.split(separator: separator).map { trimmed(String($0)) }.filter { !$0.isEmpty }
    // `Springfield, IL 62701` is one line over there.
    if separator == ",", lines.count >= 2, ["US", "CA", "AU"].contains(country), let last = lines.last,
      isStateAndCode(last)
    {
      lines.replaceSubrange((lines.count - 2)..., with: ["\(lines[lines.count - 2]), \(last)"])
    }
    return lines
  }

  /// Two or three capitals and something with a digit: `IL 62701`, `ON K1A 0B1`, `NSW 2000`.
  private static func isStateAndCode(_ text: String) -> Bool {
    let words = text.utf8.split(separator: UInt8(ascii: " "))
    guard words.count >= 2, (2...3).contains(words[0].count), words[0].allSatisfy({ (0x41...0x5A).contains($0) }) else {
      return false
    }
    return words[1].contains { (0x30...0x39).contains($0) }
  }

  private static func trimmed(_ text: String) -> String {
    let isBlank = { (byte: UInt8) in byte <= 0x20 }
    let bytes = Array(text.utf8.drop(while: isBlank))
    let end = bytes.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? 0
    return String(decoding: bytes[..<end], as: UTF8.self)
  }
}
