import Decisions

// Rests and calls as a person reads them in lists and stories.

extension Rest {
  /// `120.00 EUR until 2026-03-20 by anna: two of ten were broken`
  var words: String {
    var words: [String] = []
    if !id.isEmpty { words.append(id) }
    if let amount { words.append("\(amount)") }
    if let until { words.append("\(kind == .promise ? "by" : "until") \(until)") }
    if !instalments.isEmpty { words.append("in \(instalments.count) instalments") }
    if let owner { words.append("for \(owner)") }
    if let deadline { words.append("to be settled by \(deadline)") }
    words.append("\(kind == .promise || kind == .plan ? "told to" : "by") \(by)")
    return words.joined(separator: " ") + (text.map { ": \($0)" } ?? "")
  }
}

extension RestEnd {
  var words: String {
    var words: [String] = []
    if let id { words.append(id) }
    if let outcome { words.append(outcome.replacing("_", with: " ")) }
    if let paid { words.append("\(paid) paid") }
    if let until { words.append(kind == .dispute ? "new date to pay by \(until)" : "its last day \(until)") }
    words.append("by \(by)")
    return words.joined(separator: ", ") + (text.map { ": \($0)" } ?? "")
  }
}

extension LoggedCall {
  var words: String {
    var words = outcome.rawValue
    if let contact { words += ", step \"\(contact.step)\"" }
    if let rest { words += ", \(rest.kind.rawValue) \(rest.words)" }
    return words + ", by \(by)" + (text.map { ": \($0)" } ?? "")
  }
}
