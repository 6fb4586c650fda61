import Glibc
import Synchronization

/// One message that a sink kept.
package struct SinkMessage: Sendable, Equatable {
  /// Its file's name in the sink's folder.
  package let file: String
  package let connection: Int
  package let sender: String
  package let recipients: [String]
  /// In bytes.
  package let size: Int

  /// Its line in the index.
  package var json: String {
    let list = recipients.map(SinkMessage.quoted).joined(separator: ",")
    return "{\"file\":\(SinkMessage.quoted(file)),\"connection\":\(connection),"
      + "\"sender\":\(SinkMessage.quoted(sender)),\"recipients\":[\(list)],\"size\":\(size)}"
  }

  private static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": out += "\\\(scalar)"
      case "\u{0}"..."\u{1f}":
        let hex = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}

/// The folder of a sink.
final class SinkStore: Sendable {
  private let folder: String
  private let state = Mutex<[SinkMessage]>([])

  init(folder: String) throws(SinkServer.Fault) {
    if mkdir(folder, 0o755) != 0 && errno != EEXIST {
      throw SinkServer.Fault(description: "the sink cannot make its folder \(folder): \(SinkServer.reason())")
    }
    self.folder = folder
  }

  var messages: [SinkMessage] { state.withLock { $0 } }

  /// Writes the message and its line; false when the disk does not take them.
  func keep(_ message: [UInt8], connection: Int, sender: String, recipients: [String]) -> Bool {
    state.withLock { kept in
      let number = String(kept.count + 1)
      let file = String(repeating: "0", count: max(0, 6 - number.count)) + number + ".eml"
      let entry = SinkMessage(
        file: file, connection: connection, sender: sender, recipients: recipients, size: message.count)
      guard SinkStore.write(message, to: "\(folder)/\(file)", O_TRUNC),
        SinkStore.write(Array((entry.json + "\n").utf8), to: "\(folder)/index.jsonl", O_APPEND)
      else { return false }
      kept.append(entry)
      return true
    }
  }

  private static func write(_ bytes: [UInt8], to path: String, _ mode: Int32) -> Bool {
    let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | mode, 0o644)
    guard file >= 0 else { return false }
    defer { close(file) }
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.write(file, buffer.baseAddress.map { $0 + done }, bytes.count - done)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }
}
