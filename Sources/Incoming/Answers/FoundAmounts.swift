import Units

/// Amounts that a sentence names with their currency: `1.234,50 €`, `EUR 120`, `£1,234.50`. A number alone is none.
enum FoundAmounts {
  static func amounts(in sentence: String) -> [Money] {
    var found: [Money] = []
    let words = spaced(sentence).split(separator: " ").prefix(300).map { trimmed($0) }
    for (index, word) in words.enumerated() where word.first?.isNumber ?? false {
      let neighbours = [index > 0 ? words[index - 1] : "", index + 1 < words.count ? words[index + 1] : ""]
      guard let currency = neighbours.lazy.compactMap(currency).first, let money = money(word, currency),
        money.isPositive, !found.contains(money)
      else { continue }
      found.append(money)
    }
    return found
  }

  /// With blanks around signs of currencies.
  private static func spaced(_ text: String) -> String {
    text.reduce(into: "") { output, character in
      output += "€£$".contains(character) ? " \(character) " : String(character)
    }
  }

  private static func trimmed(_ word: Substring) -> Substring {
    var word = word
    while let last = word.last, ".,;:!?)-".contains(last) { word.removeLast() }
    while let first = word.first, "(\"'".contains(first) { word.removeFirst() }
    return word
  }

  private static func currency(_ word: Substring) -> Currency? {
    switch word.lowercased() {
    case "€", "eur", "euro", "euros": Currency(code: "EUR")
    case "£", "gbp", "pounds": Currency(code: "GBP")
    case "$", "usd", "dollars": Currency(code: "USD")
    case "franken", "chf", "sfr": Currency(code: "CHF")
    default: word.utf8.count == 3 && word.allSatisfy(\.isUppercase) ? Currency(code: String(word)) : nil
    }
  }

  /// The last point or comma parts the decimals if so many digits follow as the currency has; else it parts thousands.
  private static func money(_ word: Substring, _ currency: Currency) -> Money? {
    let bytes = Array(word.utf8)
    guard bytes.count <= 20, bytes.allSatisfy({ $0.isDigit || ".,'".utf8.contains($0) }) else { return nil }
    let groups = bytes.split { !$0.isDigit }.map { String(decoding: $0, as: UTF8.self) }
    guard let last = groups.last else { return nil }
    let hasDecimals = groups.count > 1 && last.utf8.count == currency.digits && currency.digits != 3
    let whole = hasDecimals ? groups.dropLast() : groups[...]
    guard whole.dropFirst().allSatisfy({ $0.utf8.count == 3 }) else { return nil }
    return Money(decimal: whole.joined() + (hasDecimals ? "." + last : ""), currency)
  }
}
