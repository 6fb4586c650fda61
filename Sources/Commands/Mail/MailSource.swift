import Glibc
import Incoming
import Storage

/// A message that came back, where it lies.
struct MailSource {
  private enum Place {
    case input
    case file
    /// In `new` or `cur` of a Maildir; its flags stand behind `:2,`.
    case maildir(folder: String, name: String)
  }

  /// As a person is told of it; also the path, where it has one.
  let name: String
  private let place: Place
  /// Marked as read already: only worth a word if it was not recorded.
  let isSeen: Bool

  static let input = MailSource(name: "(standard input)", place: .input, isSeen: false)

  /// What a person named: a file, a Maildir, or a folder with `.eml` files. Sorted by name.
  ///
  /// - Parameter now: seconds since 1970. What somebody read in a mail program is looked at for some days still: it may
  ///   have been read before we came.
  static func at(_ path: String, now: Int) throws(SystemFault) -> [MailSource] {
    guard FileReading.isFolder(path) else { return [MailSource(name: path, place: .file, isSeen: false)] }
    guard FileReading.isFolder(path + "/new"), FileReading.isFolder(path + "/cur") else {
      return try FileReading.names(in: path).filter { $0.lowercased().hasSuffix(".eml") }
        .map { MailSource(name: path + "/" + $0, place: .file, isSeen: false) }
    }
    var found: [MailSource] = []
    for box in ["new", "cur"] {
      for name in try FileReading.names(in: path + "/" + box) where !name.hasPrefix(".") {
        let file = "\(path)/\(box)/\(name)"
        let isSeen = box == "cur" && flags(of: name).contains("S")
        let age = FileReading.identity(of: file).map { now - $0.modified / 1_000_000_000 } ?? 0
        guard !isSeen || age < seenDays * 86_400 else { continue }
        found.append(MailSource(name: file, place: .maildir(folder: path, name: name), isSeen: isSeen))
      }
    }
    return found
  }

  /// Days for which a message is still looked at though it is marked as read.
  private static let seenDays = 7

  /// What is larger than `MailLimit.bytes` is read up to there.
  func bytes() throws(SystemFault) -> [UInt8] {
    let path = if case .input = place { "/dev/stdin" } else { name }
    return try FileReading.beginning(of: path, most: MailLimit.bytes)
  }

  /// A mail program may move a message of a Maildir at any time: then the next run finds it under its other name.
  var mayVanish: Bool { if case .maildir = place { true } else { false } }

  /// Moves a message of a Maildir to `cur`, marked as read; leaves any other where it is.
  func markTaken() throws(SystemFault) {
    guard case .maildir(let folder, let name) = place else { return }
    let flags = Self.flags(of: name)
    let base = name.firstRange(of: ":2,").map { String(name[..<$0.lowerBound]) } ?? name
    let target = folder + "/cur/" + base + ":2," + String(Set(flags + "S").sorted())
    guard target != self.name, rename(self.name, target) != 0, errno != ENOENT else { return }
    throw SystemFault("move to \(target)", self.name)
  }

  private static func flags(of name: String) -> String {
    name.firstRange(of: ":2,").map { String(name[$0.upperBound...]) } ?? ""
  }
}
