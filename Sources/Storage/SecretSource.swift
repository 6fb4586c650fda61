import Glibc

/// Where a secret stands: never in the configuration itself.
package enum SecretSource: Sendable, Equatable {
  /// A systemd credential, in `$CREDENTIALS_DIRECTORY`.
  case credential(String)
  case file(String)
  case environment(String)

  /// Why there is no secret; never says what it is.
  package enum Fault: Error, Equatable, Sendable {
    case noCredentials(name: String)
    case unreadable(SystemFault)
    case notSet(variable: String)
    case empty(String)
    case severalLines(String)
    case tooOpen(path: String)

    package var description: String {
      switch self {
      case .noCredentials(let name):
        "the credential \"\(name)\" is not there: $CREDENTIALS_DIRECTORY is not set, so systemd passed none; add "
          + "LoadCredential=\(name):FILE to the unit, or use { file = … } when you run it by hand"
      case .unreadable(let fault): "\(fault.description): the secret that it holds is needed"
      case .notSet(let variable): "the environment variable \(variable) is not set: it should hold the secret"
      case .empty(let place): "\(place) is empty: it should hold the secret"
      case .severalLines(let place): "\(place) holds several lines: it should hold the secret and nothing else"
      case .tooOpen(let path): "\(path) can be read by everyone: chmod 0600 \(path)"
      }
    }
  }

  /// The secret's bytes, without one line break at the end.
  package func read() throws(Fault) -> [UInt8] {
    switch self {
    case .credential(let name):
      guard let folder = getenv("CREDENTIALS_DIRECTORY") else { throw .noCredentials(name: name) }
      return try Self.file(String(cString: folder) + "/" + name)
    case .file(let path):
      var status = stat()
      if stat(path, &status) == 0, status.st_mode & S_IROTH != 0 { throw .tooOpen(path: path) }
      return try Self.file(path)
    case .environment(let variable):
      guard let value = getenv(variable) else { throw .notSet(variable: variable) }
      return try Self.trimmed(Array(String(cString: value).utf8), from: "the environment variable \(variable)")
    }
  }

  private static func file(_ path: String) throws(Fault) -> [UInt8] {
    let bytes: [UInt8]
    do throws(SystemFault) {
      bytes = try FileReading.whole(path).bytes
    } catch {
      throw .unreadable(error)
    }
    return try trimmed(bytes, from: path)
  }

  private static func trimmed(_ bytes: [UInt8], from place: String) throws(Fault) -> [UInt8] {
    var bytes = bytes
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    guard !bytes.isEmpty else { throw .empty(place) }
    guard !bytes.contains(where: { $0 == 0 || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) else {
      throw .severalLines(place)
    }
    return bytes
  }
}
