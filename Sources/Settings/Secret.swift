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
    let credential = reader.value("credential", expected: "the name of a credential, without a slash") { value in
      value.line.flatMap { $0.contains("/") || $0.hasPrefix(".") ? nil : $0 }
    }
    let file = reader.path("file")
    let variable = reader.value("env", expected: "the name of a variable (letters, digits, _)") { value in
      value.line.flatMap { name in
        name.utf8.allSatisfy {
          $0 == UInt8(ascii: "_") || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20)
        }
          ? name : nil
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
      if let credential { .credential(credential.value) } else if let file { .file(file.value) } else {
        variable.map { .environment($0.value) }
      }
    return source.map { Secret(source: $0, key: dotted(key), place: place(entry.position)) }
  }
}
