/// Rows as CSV (RFC 4180): quoted where needed, CR LF at the end of each line.
enum CSVText {
  static func line(_ cells: [String]) -> String { cells.map(field).joined(separator: ",") + "\r\n" }

  private static func field(_ text: String) -> String {
    var text = text
    // A spreadsheet would run a cell that starts like a formula; a plain number is none.
    if let first = text.first, "=+-@\t\r".contains(first), !isNumber(text) { text = "'" + text }
    // By scalars: CR LF is one character to Swift, and would hide a lone line feed.
    let special: Set<Unicode.Scalar> = [",", "\"", "\r", "\n"]
    guard text.unicodeScalars.contains(where: special.contains) else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  private static func isNumber(_ text: String) -> Bool {
    text.dropFirst().allSatisfy { $0.isASCII && ($0.isNumber || $0 == ".") } && text.first != "="
      && text.first != "@"
  }
}
