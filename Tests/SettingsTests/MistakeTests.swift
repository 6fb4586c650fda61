import Settings
import Testing

/// The catalogue of mistakes: each file in `Bad` and `Doubtful` is named after what is wrong with it, and what a person
/// is told stands beside it.
@Suite("Mistakes")
struct MistakeTests {
  @Test("each mistake is named with its place and what to do", arguments: GoldenFiles.names(in: "Bad"))
  func bad(_ name: String) throws {
    let bytes = try GoldenFiles.bytes("Bad/\(name).toml")
    let problems = #expect(throws: Problems.self) {
      try Configuration.read(bytes, file: "\(name).toml", outside: .sample)
    }
    guard let problems else { return }
    #expect(problems.all.contains { $0.severity == .error })
    try GoldenFiles.compare(problems.description, with: "Bad/\(name).txt")
  }

  @Test("what is doubtful is said and taken", arguments: GoldenFiles.names(in: "Doubtful"))
  func doubtful(_ name: String) throws {
    let bytes = try GoldenFiles.bytes("Doubtful/\(name).toml")
    let configuration = try Configuration.read(bytes, file: "\(name).toml", outside: .sample)
    #expect(!configuration.warnings.isEmpty && configuration.warnings.allSatisfy { $0.severity == .warning })
    try GoldenFiles.compare(
      configuration.warnings.map(\.description).joined(separator: "\n"), with: "Doubtful/\(name).txt")
  }

  @Test("a secret that stands in the file is not repeated in the message")
  func secrets() throws {
    for name in [
      "mail-password-inline", "mail-password-without-quotes", "mail-env-that-is-no-name", "mail-url-with-password",
      "journal-key-inline", "webhook-secret-inline", "webhook-url-with-user",
    ] {
      let bytes = try GoldenFiles.bytes("Bad/\(name).toml")
      let problems = #expect(throws: Problems.self) {
        try Configuration.read(bytes, file: "x.toml", outside: .sample)
      }
      let text = problems?.description ?? ""
      #expect(
        !text.isEmpty && !text.contains("hunter2") && !text.contains("secret@") && !text.contains("0123456789abcdef"))
    }
  }
}
