import Settings
import TOML

enum ConfigurationTarget {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    let lines = bytes.split(separator: 10, omittingEmptySubsequences: false).count
    do throws(TOMLError) {
      _ = try TOMLDocument.parse(bytes)
    } catch {
      try hold((1...lines).contains(error.line), "\(error) lies outside of the \(lines) lines")
    }
    let found: [Problem]
    do throws(Problems) {
      found = try Configuration.read(bytes, file: "dunningd.toml", outside: Office.outside).warnings
    } catch {
      found = error.all
      try hold(found.contains { $0.severity == .error }, "refused without an error")
    }
    for problem in found { try hold(problem.place.line <= lines, "\(problem) lies outside of the \(lines) lines") }
  }
}
