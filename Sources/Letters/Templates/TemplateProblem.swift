import Units

/// What is wrong with a template, and what to do about it.
package struct TemplateProblem: Error, Sendable, Equatable, CustomStringConvertible {
  package let place: Place
  package let message: String
  package let remedy: String

  package init(_ place: Place, _ message: String, remedy: String) {
    self.place = place
    self.message = message
    self.remedy = remedy
  }

  /// Two lines, as all of dunningd's errors.
  package var description: String { "\(place): error: \(message)\n  remedy: \(remedy)" }
}

/// All that is wrong with a set of templates, by place.
package struct TemplateProblems: Error, Sendable, CustomStringConvertible {
  package let problems: [TemplateProblem]

  package init(_ problems: [TemplateProblem]) { self.problems = problems.sorted { $0.place < $1.place } }

  package var description: String { problems.map(\.description).joined(separator: "\n") }
}
