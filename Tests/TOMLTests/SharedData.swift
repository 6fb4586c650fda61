import Foundation
import Testing

/// The conformance suite is not part of the repository (it is other people's work): it lies beside it.
enum SharedData {
  /// The folder `shared/data/toml-test`, nil where it is absent.
  static let suite: URL? = {
    var candidates: [URL] = []
    if let given = ProcessInfo.processInfo.environment["DUNNINGD_SHARED_DATA"] {
      candidates.append(URL(fileURLWithPath: given))
    }
    var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      candidates.append(folder.appendingPathComponent("shared/data"))
    }
    return candidates.map { $0.appendingPathComponent("toml-test") }
      .first { FileManager.default.fileExists(atPath: $0.appendingPathComponent("files-toml-1.0.0").path) }
  }()

  /// The bytes of `path` within the suite.
  static func bytes(_ path: String) throws -> [UInt8] {
    let root = try #require(suite)
    return Array(try Data(contentsOf: root.appendingPathComponent(path)))
  }

  /// The listed files whose path starts with `prefix` and ends in `.toml`.
  static func documents(_ prefix: String) throws -> [String] {
    let list = String(decoding: try bytes("files-toml-1.0.0"), as: UTF8.self)
    return list.split(whereSeparator: \.isNewline).map(String.init)
      .filter { $0.hasPrefix(prefix) && $0.hasSuffix(".toml") }
  }
}
