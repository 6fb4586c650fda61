import TOML
import Units

/// Where a secret lies. The configuration never holds the secret itself: it is read by more people than may know it.
package struct Secret: Hashable, Sendable {
  package enum Source: Hashable, Sendable {
    /// A credential of systemd, by name: a file in `$CREDENTIALS_DIRECTORY`.
    case credential(String)
    /// A file that only root and the service may read.
    case file(String)
    /// A variable of the environment.
    case environment(String)
  }

  package let source: Source
  /// The key that asks for it: `mail.password`.
  package let key: String
  package let place: Place
}

extension TableReader {
  /// `{ credential = "…" }`, `{ file = "…" }` or `{ env = "…" }`. Never shows what stands there instead.
  func secret(_ key: String) -> Secret? {
    guard let entry = entry(key) else { return nil }
    let expected = "{ credential = \"NAME\" }, { file = \"PATH\" } or { env = \"VARIABLE\" }"
    let remedy = "put the secret into a file that only root and the service can read, and name the file here"
    guard case .table(let table) = entry.value.kind else {
      let found = if case .string = entry.value.kind { "the secret itself" } else { entry.value.kindName }
      problems.error(
        place(entry.value.position), key: dotted(key), "\(dotted(key)): found \(found), expected \(expected)",
        remedy: remedy)
      return nil
    }
    let reader = TableReader(table, path: "secret", name: dotted(key), problems: problems)
    let credential = reader.secretName("credential", "the name of a credential, without a slash") { name in
      !name.contains("/") && !name.hasPrefix(".")
    }
    let file = reader.path("file")
    let variable = reader.secretName("env", "the name of a variable: letters, digits and _") { name in
      name.utf8.allSatisfy {
        $0 == UInt8(ascii: "_") || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20)
      }
    }
    reader.finish()
    guard ["credential", "file", "env"].filter({ reader.has($0) }).count == 1 else {
      problems.error(
        place(entry.value.position), key: dotted(key),
        "\(dotted(key)): found \(reader.table.isEmpty ? "none" : "not exactly one") of the three places, expected \(expected)"
      )
      return nil
    }
    let source: Secret.Source? =
      if let credential { .credential(credential) } else if let file { .file(file.value) } else {
        variable.map { .environment($0) }
      }
    return source.map { Secret(source: $0, key: dotted(key), place: place(entry.position)) }
  }

  /// A name under which a secret lies. What is no such name may be the secret itself, so it is not shown.
  private func secretName(_ key: String, _ expected: String, _ isName: (String) -> Bool) -> String? {
    guard let entry = entry(key) else { return nil }
    guard let name = entry.value.line, isName(name) else {
      problems.error(
        place(entry.value.position), key: dotted(key), "\(dotted(key)): found something else, expected \(expected)")
      return nil
    }
    return name
  }
}

extension Secret {
  /// Whether a line of a file gives a secret, so that no message may repeat what stands in it.
  static func stands(inLine line: Int, of bytes: [UInt8]) -> Bool {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: line, omittingEmptySubsequences: false)
    guard lines.indices.contains(line - 1) else { return false }
    let text = String(decoding: lines[line - 1], as: UTF8.self).lowercased()
    guard let equals = text.firstIndex(of: "=") else { return false }
    let key = text[..<equals].filter { !$0.isWhitespace && $0 != "\"" && $0 != "'" }
    return ["pass", "key", "secret", "token"].contains { key.contains($0) }
  }
}
