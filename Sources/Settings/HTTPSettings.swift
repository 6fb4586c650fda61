import Units

/// `[http]`: where `/healthz` and `/metrics` are served; without it nowhere.
package struct HTTPSettings: Sendable, Equatable {
  package enum Listen: Sendable, Equatable {
    /// On 127.0.0.1.
    case port(Int)
    /// A Unix socket.
    case path(String)
  }

  package var listen: Listen
}

extension HTTPSettings {
  /// Nil when it says nothing that could be listened on; the problem is noted.
  init?(_ reader: TableReader) {
    let expected = "an address on this machine such as \"127.0.0.1:9464\", or the path of a Unix socket"
    let listen = reader.checked("listen", expected) { text throws(Refusal) -> Listen in
      if text.hasPrefix("/") { return .path(text) }
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, ["127.0.0.1", "localhost"].contains(parts[0]) else {
        throw Refusal(reason: "it is not of this machine alone: what is served there is for no one else")
      }
      guard let port = Int(parts[1]), (1...65_535).contains(port) else {
        throw Refusal(reason: "\"\(parts[1])\" is no port")
      }
      return .port(port)
    }
    if !reader.has("listen") {
      reader.problems.error(reader.place, key: "http.listen", "http.listen: found none, expected \(expected)")
    }
    reader.finish()
    guard let listen else { return nil }
    self.listen = listen
  }
}
