import TOML
import Units

/// The types that values of configuration have.
extension TableReader {
  /// A text of one line that is not empty and has no control characters.
  func text(_ key: String, expected: String = "a text of one line, in quotes") -> Located<String>? {
    value(key, expected: expected) { $0.line }
  }

  func boolean(_ key: String) -> Bool? {
    value(key, expected: "true or false") { value in
      if case .boolean(let truth) = value.kind { truth } else { nil }
    }?.value
  }

  func integer(_ key: String, _ range: ClosedRange<Int>) -> Located<Int>? {
    value(key, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)") { value in
      guard case .integer(let number) = value.kind, let number = Int(exactly: number), range.contains(number)
      else { return nil }
      return number
    }
  }

  /// A text that `read` takes or refuses with a reason.
  func checked<Value>(_ key: String, _ expected: String, _ read: (String) throws(Refusal) -> Value) -> Value? {
    guard let entry = entry(key) else { return nil }
    guard case .string(let text) = entry.value.kind else {
      refuse(key, entry.value, expected: expected)
      return nil
    }
    do throws(Refusal) {
      return try read(text)
    } catch {
      problems.error(
        place(entry.value.position), key: dotted(key),
        "\(dotted(key)): found \(quoted(text)), but \(error.reason); expected \(expected)")
      return nil
    }
  }

  /// One of these words.
  func word(_ key: String, of words: [String]) -> String? {
    guard let entry = entry(key) else { return nil }
    guard case .string(let text) = entry.value.kind, words.contains(text) else {
      refuse(key, entry.value, expected: words.alternatives, remedy: nearest(entry.value, in: words))
      return nil
    }
    return text
  }

  /// One of the words of an enumeration.
  func choice<Choice: RawRepresentable & CaseIterable & Sendable>(
    _ key: String, _ type: Choice.Type
  ) -> Located<Choice>? where Choice.RawValue == String {
    guard let entry = entry(key) else { return nil }
    let words = Choice.allCases.map(\.rawValue)
    guard case .string(let text) = entry.value.kind, let choice = Choice(rawValue: text) else {
      refuse(key, entry.value, expected: words.alternatives, remedy: nearest(entry.value, in: words))
      return nil
    }
    return Located(value: choice, place: place(entry.position))
  }

  /// `is "x" meant?`, if the value is a text and near to one of the words.
  func nearest(_ value: TOMLValue, in words: [String]) -> String? {
    guard case .string(let text) = value.kind else { return nil }
    return Nearest.match(text, in: words).map { "is \"\($0)\" meant?" }
  }

  /// A duration such as `"15m"`.
  func span(_ key: String, atLeast least: Span, atMost most: Span) -> Located<Span>? {
    value(key, expected: "a duration from \"\(least)\" to \"\(most)\" (s, m, h, d or w)") { value in
      guard case .string(let text) = value.kind, let span = Span(text: text), span >= least, span <= most
      else { return nil }
      return span
    }
  }

  /// Whole days: `"7d"`, `"2w"`, or the bare number 7.
  func days(_ key: String, _ range: ClosedRange<Int>) -> Located<Int>? {
    value(key, expected: "whole days from \"\(range.lowerBound)d\" to \"\(range.upperBound)d\"") { value in
      switch value.kind {
      case .string(let text): Span(text: text)?.wholeDays.flatMap { range.contains($0) ? $0 : nil }
      case .integer(let number): Int(exactly: number).flatMap { range.contains($0) ? $0 : nil }
      default: nil
      }
    }
  }

  /// A date without quotes, `2025-06-01`.
  func day(_ key: String) -> Located<Day>? {
    value(key, expected: "a date such as 2025-06-01, without quotes") { value in
      guard case .localDate(let date) = value.kind else { return nil }
      return Day(year: date.year, month: date.month, day: date.day)
    }
  }

  /// One value or a list of them, each read by `read`; nil if the key is absent, an empty list if it is one.
  func list<Value>(
    _ key: String, expected: String, remedy: (TOMLValue) -> String? = { _ in nil }, _ read: (TOMLValue) -> Value?
  ) -> Located<[Value]>? {
    guard let entry = entry(key) else { return nil }
    var elements = [entry.value]
    if case .array(let several) = entry.value.kind { elements = several }
    var values: [Value] = []
    for element in elements {
      guard let value = read(element) else {
        refuse(key, element, expected: expected, remedy: remedy(element))
        continue
      }
      values.append(value)
    }
    return Located(value: values, place: place(entry.position))
  }

  /// One text or a list of them.
  func texts(_ key: String) -> Located<[String]>? {
    list(key, expected: "a text of one line, in quotes, or a list of such") { $0.line }
  }

  /// One amount or a list of them, each currency once, none negative.
  func amounts(_ key: String) -> Located<[Money]>? {
    let amounts = list(key, expected: "an amount such as \"25.00 EUR\", or a list of such") { value -> Money? in
      guard case .string(let text) = value.kind, let money = Money(text: text), !money.isNegative else { return nil }
      return money
    }
    guard let amounts else { return nil }
    var seen: Set<Currency> = []
    for amount in amounts.value where !seen.insert(amount.currency).inserted {
      problems.error(
        amounts.place, key: dotted(key), "\(dotted(key)): found \(amount.currency) twice, expected each currency once")
    }
    return amounts
  }

  /// A path; one that does not start with `/` is meant from the folder of the configuration file.
  func path(_ key: String) -> Located<String>? {
    text(key, expected: "a path, in quotes").map { Located(value: problems.resolved($0.value), place: $0.place) }
  }

  /// One or more ISO 3166 codes.
  func countries(_ key: String) -> [String] {
    list(key, expected: CountryTable.expected) { value -> String? in
      guard case .string(let code) = value.kind, CountryTable.codes.contains(code) else { return nil }
      return code
    }?.value ?? []
  }

  /// One or more ISO 4217 codes.
  func currencies(_ key: String) -> [Currency] {
    list(key, expected: "a currency code of ISO 4217 in capitals, such as \"EUR\"") { value -> Currency? in
      if case .string(let code) = value.kind { Currency(code: code) } else { nil }
    }?.value ?? []
  }

  /// One or more ISO 639-1 codes.
  func languages(_ key: String) -> [String] {
    list(key, expected: LanguageTable.expected) { value -> String? in
      guard case .string(let code) = value.kind, LanguageTable.codes.contains(code) else { return nil }
      return code
    }?.value ?? []
  }
}

/// Why a text was refused; completes `found "…", but …`.
struct Refusal: Error {
  let reason: String
}

extension TOMLValue {
  /// A text of one line with something in it.
  var line: String? {
    guard case .string(let text) = kind, !text.allSatisfy(\.isWhitespace) else { return nil }
    return text.hasControls ? nil : text
  }
}

extension String {
  /// Control characters and the line ends of Unicode, which may stand in no name, address or header.
  var hasControls: Bool {
    unicodeScalars.contains { scalar in
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: true
      default: false
      }
    }
  }
}

extension ProblemList {
  /// `path` as seen from the folder of the file.
  func resolved(_ path: String) -> String {
    guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
    return file[...slash] + path
  }
}
