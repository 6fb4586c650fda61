import Units

/// One thing that is wrong, or doubtful, in a file that a person wrote.
package struct Problem: Hashable, Comparable, Sendable, CustomStringConvertible {
  package enum Severity: String, Sendable { case error, warning }

  package let severity: Severity
  package let place: Place
  /// The key as configuration writes it, `mail.security`; empty when it is the file as a whole.
  package let key: String
  /// What was found and what was expected; no line of its own for the place.
  package let message: String
  /// What to do, where the message does not say it already.
  package let remedy: String?

  package init(_ severity: Severity, _ place: Place, key: String, _ message: String, remedy: String? = nil) {
    self.severity = severity
    self.place = place
    self.key = key
    self.message = message
    self.remedy = remedy
  }

  package static func < (a: Problem, b: Problem) -> Bool {
    (a.place, a.key, a.message) < (b.place, b.key, b.message)
  }

  /// `dunningd.toml:14:9: error: …`, and the remedy on a line of its own.
  package var description: String {
    "\(place): \(severity.rawValue): \(message)" + (remedy.map { "\n  remedy: \($0)" } ?? "")
  }
}

/// Everything that is wrong in a file, and the warnings beside it, by place. At least one is an error.
package struct Problems: Error, Hashable, Sendable, CustomStringConvertible {
  package let all: [Problem]

  package var description: String { all.map(\.description).joined(separator: "\n") }
}

/// Collects the problems of one file while it is read.
final class ProblemList {
  let file: String
  private(set) var all: [Problem] = []

  init(file: String) { self.file = file }

  var hasErrors: Bool { all.contains { $0.severity == .error } }
  var sorted: [Problem] { all.sorted() }

  func error(_ place: Place, key: String, _ message: String, remedy: String? = nil) {
    all.append(Problem(.error, place, key: key, message, remedy: remedy))
  }

  func warning(_ place: Place, key: String, _ message: String, remedy: String? = nil) {
    all.append(Problem(.warning, place, key: key, message, remedy: remedy))
  }
}
