import Ledger

extension PaymentTerms {
  /// Reads terms as invoices state them: `30`, `net 30`, `n/30`, `30 days`, `30 Tage netto`, `2/10 net 30`,
  /// `2% 10 net 30`, `2/10, 1/20 net 30`, `due on receipt`.
  ///
  /// A text that says more than is understood here (end of month, unknown words) keeps its text alone, so that no due
  /// date is worked out from half of it. Percentages above 20 are taken for something else.
  init(reading text: String) {
    let unknown = PaymentTerms(text: text, netDays: nil)
    self = unknown
    if PaymentTerms.immediate.contains(text.lowercased()) {
      self = PaymentTerms(text: text, netDays: 0)
      return
    }
    var scanner = TermsScanner(text)
    var discounts: [Discount] = []
    var net: Int?
    while let token = scanner.next() {
      switch token {
      case .sign(Byte.comma), .sign(Byte.semicolon): continue
      case .word("n"), .word("net"), .word("netto"):
        let hasSlash = scanner.skip(.sign(UInt8(ascii: "/")))
        guard case .number(let days, let isWhole)? = scanner.peek(), isWhole else {
          // `30 days net` says it after the number.
          if hasSlash { return }
          continue
        }
        guard net == nil else { return }
        _ = scanner.next()
        net = days / 100
      case .word(let word):
        guard PaymentTerms.fillers.contains(word) else { return }
      case .number(let value, let isWhole):
        let isPercent = scanner.skip(.sign(UInt8(ascii: "%")))
        let isSlash = scanner.skip(.sign(UInt8(ascii: "/")))
        if isPercent || isSlash {
          scanner.skipFillers()
          guard value > 0, value <= 2000, case .number(let days, true)? = scanner.next() else { return }
          discounts.append(Discount(basisPoints: value, days: days / 100))
        } else {
          guard isWhole, net == nil else { return }
          net = value / 100
        }
      case .sign: return
      }
    }
    guard net != nil || !discounts.isEmpty, (net ?? 0) <= 999, discounts.allSatisfy({ $0.days <= net ?? 999 }) else {
      return
    }
    self = PaymentTerms(text: text, discounts: discounts.sorted { $0.days < $1.days }, netDays: net)
  }

  private static let immediate: Set = [
    "due on receipt", "on receipt", "due upon receipt", "upon receipt", "immediate", "immediately", "sofort",
    "sofort fällig", "zahlbar sofort",
  ]
  fileprivate static let fillers: Set = [
    "days", "day", "d", "tage", "tagen", "tag", "skonto", "discount", "in", "innerhalb",
  ]
}

/// Words, numbers and signs of a text of payment terms.
private struct TermsScanner {
  enum Token: Equatable {
    /// In hundredths, with two digits after the decimal sign at most.
    case number(Int, isWhole: Bool)
    /// Lower-case.
    case word(String)
    case sign(UInt8)
  }

  private var tokens: ArraySlice<Token>

  init(_ text: String) {
    let bytes = Array(text.lowercased().utf8)
    var tokens: [Token] = []
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if Byte.isDigit(byte) {
        var value = 0
        while at < bytes.count, Byte.isDigit(bytes[at]) {
          value = min(value * 10 + Int(bytes[at] - Byte.zero), 1_000_000)
          at += 1
        }
        value *= 100
        // A decimal sign has digits on both sides; the days after a slash have none.
        let afterSlash = tokens.last == .sign(UInt8(ascii: "/"))
        var isWhole = true
        if !afterSlash, at + 1 < bytes.count, bytes[at] == Byte.point || bytes[at] == Byte.comma,
          Byte.isDigit(bytes[at + 1])
        {
          isWhole = false
          at += 1
          var weight = 10
          while at < bytes.count, Byte.isDigit(bytes[at]) {
            // A third digit would be less than a basis point: not understood, and `isWhole` cannot save it.
            if weight == 0, bytes[at] != Byte.zero { value = 1_000_000 }
            value += Int(bytes[at] - Byte.zero) * weight
            weight /= 10
            at += 1
          }
        }
        tokens.append(.number(value, isWhole: isWhole))
      } else if Byte.isLetter(byte) || byte >= 0x80 {
        let start = at
        while at < bytes.count, Byte.isLetter(bytes[at]) || bytes[at] >= 0x80 { at += 1 }
        tokens.append(.word(String(decoding: bytes[start..<at], as: UTF8.self)))
      } else {
        if byte != Byte.blank { tokens.append(.sign(byte)) }
        at += 1
      }
    }
    self.tokens = tokens[...]
  }

  mutating func next() -> Token? { tokens.popFirst() }
  func peek() -> Token? { tokens.first }

  @discardableResult mutating func skip(_ token: Token) -> Bool {
    guard tokens.first == token else { return false }
    tokens.removeFirst()
    return true
  }

  mutating func skipFillers() {
    while case .word(let word)? = tokens.first, PaymentTerms.fillers.contains(word) { tokens.removeFirst() }
  }
}
