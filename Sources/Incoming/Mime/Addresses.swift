/// Mail addresses in any text: `local@domain`, with or without brackets, in lower case.
///
/// No full reader of RFC 5322: what is looked for are addresses that we wrote to, and those are plain.
enum Addresses {
  static func all(in text: String) -> [String] { all(Array(text.utf8)) }

  static func first(in text: String) -> String? { all(in: text).first }

  /// Those of a field such as `"who@where via Portal" <ann@b.test> (home)`: of names and comments none.
  static func ofMailboxes(in field: String) -> [String] {
    var bare: [UInt8] = []
    var isQuoted = false
    var isEscaped = false
    var comments = 0
    for byte in field.utf8 {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\"), isQuoted || comments > 0 {
        isEscaped = true
      } else if isQuoted {
        isQuoted = byte != UInt8(ascii: "\"")
      } else if byte == UInt8(ascii: "\""), comments == 0 {
        isQuoted = true
      } else if byte == UInt8(ascii: "(") {
        comments += 1
      } else if byte == UInt8(ascii: ")"), comments > 0 {
        comments -= 1
      } else if comments == 0 {
        bare.append(byte)
      }
    }
    guard let open = bare.lastIndex(of: UInt8(ascii: "<")) else { return all(bare) }
    let first = bare.firstIndex(of: UInt8(ascii: ",")).flatMap { bare[..<$0].lastIndex(of: UInt8(ascii: "<")) }
    let inside = bare[((first ?? open) + 1)...].prefix { $0 != UInt8(ascii: ">") }
    let found = all(Array(inside))
    return found.isEmpty ? all(bare) : found
  }

  static func all(_ bytes: [UInt8]) -> [String] {
    var found: [String] = []
    var from = 0
    while let at = bytes[from...].firstIndex(of: UInt8(ascii: "@")), found.count < 64 {
      var start = at
      while start > from, isLocal(bytes[start - 1]) { start -= 1 }
      // What a sentence or a report puts before it is no part of it.
      while start < at, bytes[start] == UInt8(ascii: "'") || bytes[start] == UInt8(ascii: "/") { start += 1 }
      var end = at + 1
      while end < bytes.count, isDomain(bytes[end]) { end += 1 }
      while end > at + 1, bytes[end - 1] == UInt8(ascii: ".") || bytes[end - 1] == UInt8(ascii: "-") { end -= 1 }
      from = max(end, at + 1)
      guard start < at, end > at + 1, end - start <= MailLimit.address else { continue }
      let address = String(decoding: bytes[start..<end].map(\.lowered), as: UTF8.self)
      if !found.contains(address) { found.append(address) }
      if from >= bytes.count { break }
    }
    return found
  }

  private static func isLocal(_ byte: UInt8) -> Bool {
    byte.isLetter || byte.isDigit || byte >= 0x80 || "!#$%&'*+-/=?^_`{|}~.".utf8.contains(byte)
  }

  private static func isDomain(_ byte: UInt8) -> Bool {
    byte.isLetter || byte.isDigit || byte >= 0x80 || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
  }
}

/// Message-IDs in a header field: what stands between brackets, or the whole of it.
enum MessageIDs {
  static func all(_ text: String) -> [String] {
    var ids: [Substring] = text.split(separator: "<", omittingEmptySubsequences: false).dropFirst().compactMap { part in
      part.firstIndex(of: ">").map { part[..<$0] }
    }
    if ids.isEmpty { ids = [text[...]] }
    return ids.map { id in String(id.filter { !$0.isWhitespace }) }
      .filter { $0.utf8.count <= 250 && $0.utf8.contains(UInt8(ascii: "@")) && $0.utf8.allSatisfy { $0 > 0x20 } }
  }
}
