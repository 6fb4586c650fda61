extension [String] {
  /// `"a", "b" or "c"`
  var alternatives: String {
    let words = map { "\"\($0)\"" }
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " or " + last
  }
}
