import Decisions

/// A file that goes with a message, read whole before the message is composed.
package struct Attachment: Sendable, Equatable {
  /// As the receiver sees it; a bare name, no path.
  package let name: String
  package let mediaType: String
  package let bytes: [UInt8]

  /// Why a file is not attached.
  package enum Fault: Error, Hashable, Sendable, CustomStringConvertible {
    case badName(String)
    case unknownType(String)

    package var description: String {
      switch self {
      case .badName(let name):
        "attachment: \(name.debugDescription) is no plain file name: expected up to 200 bytes without /, \\ "
          + "and control characters"
      case .unknownType(let name):
        "attachment \(name.debugDescription): expected one of \(Attachment.extensions.joined(separator: ", "))"
      }
    }
  }

  /// - Throws: for a name with a path or control character in it, or with an extension that is not listed.
  package init(name: String, bytes: [UInt8]) throws(Fault) {
    mediaType = try Attachment.check(name: name)
    self.name = name
    self.bytes = bytes
  }

  /// The media type that goes with a name.
  ///
  /// - Throws: as `init` does.
  @discardableResult
  package static func check(name: String) throws(Fault) -> String {
    let isPlain = name.unicodeScalars.allSatisfy { !MailAddress.isControl($0) && $0 != "/" && $0 != "\\" }
    guard isPlain, !name.hasPrefix("."), (1...200).contains(name.utf8.count) else { throw .badName(name) }
    let ending = name.split(separator: ".", omittingEmptySubsequences: false).last.map { $0.lowercased() } ?? ""
    guard name.contains("."), let mediaType = Attachment.mediaTypes[ending] else { throw .unknownType(name) }
    return mediaType
  }

  /// Documents and pictures; nothing that a receiver could run.
  private static let mediaTypes = [
    "pdf": "application/pdf", "xml": "application/xml", "csv": "text/csv", "txt": "text/plain", "png": "image/png",
    "jpg": "image/jpeg", "jpeg": "image/jpeg",
  ]

  /// Endings of names that may be attached, sorted.
  package static let extensions = mediaTypes.keys.sorted()
}
