/// Rows as CSV (RFC 4180): quoted where needed, CR LF at the end of each line.
///
/// By bytes throughout: with a mark behind it a quote is another character to Swift, and CR LF is one; to whoever reads
/// the file they are what they are.
package enum CSVText {
  package static func line(_ cells: [String]) -> String { cells.map(field).joined(separator: ",") + "\r\n" }

  private static func field(_ text: String) -> String {
    // A spreadsheet would run a cell that starts like a formula; a plain number is none.
    let isFormula = text.utf8.first.map { "=+-@\t\r".utf8.contains($0) } ?? false
    let text = isFormula && !isSignedNumber(text) ? "'" + text : text
    guard text.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return text }
    let quote = UInt8(ascii: "\"")
    return "\"" + String(decoding: text.utf8.flatMap { $0 == quote ? [quote, quote] : [$0] }, as: UTF8.self) + "\""
  }

  /// `-12.50`
  private static func isSignedNumber(_ text: String) -> Bool {
    guard let sign = text.utf8.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") else { return false }
    let rest = text.utf8.dropFirst()
    return !rest.isEmpty && rest.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
  }
}
