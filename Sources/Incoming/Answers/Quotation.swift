/// What a person wrote, without what the message quotes of ours, and without the signature.
enum Quotation {
  static func cut(_ text: String) -> [String] {
    var kept: [String] = []
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).prefix(2000).map { String($0).collapsed }
    for (index, line) in lines.enumerated() {
      let next = index + 1 < lines.count ? lines[index + 1] : ""
      if line.hasPrefix(">") || line.hasPrefix("|") { continue }
      if beginsOriginal(line, next) {
        // Answers below the quotation follow it.
        if lines[(index + 1)...].contains(where: { $0.hasPrefix(">") }) { continue }
        break
      }
      // The blank behind the dashes was collapsed.
      if line == "--" { break }
      if line.isEmpty, kept.last?.isEmpty ?? true { continue }
      kept.append(line)
      if kept.count >= 400 { break }
    }
    while kept.last?.isEmpty ?? false { kept.removeLast() }
    return kept
  }

  /// `On Monday … wrote:`, `Am Montag … schrieb …:`, `-----Original Message-----`, `From:` and what follows it.
  private static func beginsOriginal(_ line: String, _ next: String) -> Bool {
    let words = line.lowercased()
    guard words.utf8.count < 400 else { return false }
    if words.hasSuffix("wrote:") || words.hasSuffix("schrieb:") { return true }
    if words.hasPrefix("on "), (words + " " + next.lowercased()).hasSuffix("wrote:"), words.contains(where: \.isNumber)
    {
      return true
    }
    if words.hasPrefix("am "), words.contains(bytesOf: "schrieb"), words.hasSuffix(":") { return true }
    if words.hasPrefix("am "), words.contains(where: \.isNumber),
      next.lowercased().hasSuffix("schrieb:")
        || next.lowercased().contains(bytesOf: " schrieb ") && next.hasSuffix(":")
    {
      return true
    }
    if words.hasPrefix("__________") { return true }
    if words.hasPrefix("-----"),
      ["original", "ursprüngliche", "weitergeleitete", "forwarded"].contains(where: { words.contains(bytesOf: $0) })
    {
      return true
    }
    let after = next.lowercased()
    return (words.hasPrefix("from: ") || words.hasPrefix("von: "))
      && ["sent: ", "date: ", "gesendet: ", "datum: ", "to: ", "an: "].contains { after.hasPrefix($0) }
  }
}
