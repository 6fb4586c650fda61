/// The header of a message or of a part (RFC 5322 section 2.2), or a block of fields of a report that looks like one.
struct HeaderFields: Sendable {
  struct Field: Sendable {
    /// In lower case.
    let name: String
    /// Unfolded, as it was sent: encoded words are still in it.
    let value: String
  }

  private(set) var fields: [Field] = []

  init() {}

  /// Reads fields up to the first empty line, or up to a line that cannot belong to a header.
  ///
  /// - Parameter end: where what follows begins.
  init(_ bytes: ArraySlice<UInt8>, end: inout Int) {
    var at = bytes.startIndex
    // The line of a mailbox file that parts messages.
    if bytes.starts(with: Array("From ".utf8)) || bytes.starts(with: Array(">From ".utf8)) {
      at = bytes.line(at: at).next
    }
    let limit = at + MailLimit.header
    var name: ArraySlice<UInt8>?
    var value: [UInt8] = []
    while at < bytes.endIndex {
      let (line, next) = bytes.line(at: at)
      if line.isEmpty {
        at = next
        break
      }
      if let first = line.first, first.isBlank, name != nil {
        if value.count < MailLimit.field { value += [0x20] + line.trimmed.prefix(MailLimit.field) }
      } else {
        guard let colon = HeaderFields.colon(of: line) else { break }
        add(name, value)
        name = line[..<colon].trimmed
        value = Array(line[(colon + 1)...].trimmed.prefix(MailLimit.field))
      }
      at = next
      if at > limit || fields.count >= MailLimit.fields {
        at = HeaderFields.blankLine(bytes, from: at)
        break
      }
    }
    add(name, value)
    end = at
  }

  /// Where the name of a field ends; nil for a line that is no field.
  private static func colon(of line: ArraySlice<UInt8>) -> Int? {
    guard let colon = line.prefix(80).firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else { return nil }
    let name = line[..<colon].trimmed
    return !name.isEmpty && name.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? colon : nil
  }

  private static func blankLine(_ bytes: ArraySlice<UInt8>, from start: Int) -> Int {
    var at = start
    while at < bytes.endIndex {
      let (line, next) = bytes.line(at: at)
      at = next
      if line.isEmpty { break }
    }
    return at
  }

  private mutating func add(_ name: ArraySlice<UInt8>?, _ value: [UInt8]) {
    guard let name, !name.isEmpty else { return }
    fields.append(
      Field(
        name: String(decoding: name.map(\.lowered), as: UTF8.self),
        value: Charset.unlabelled(value).cleaned(keepsLines: false)))
  }

  var isEmpty: Bool { fields.isEmpty }

  /// The first field of that name, as it was sent.
  subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

  func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

  /// The first field of that name with its encoded words (RFC 2047) decoded; empty when there is none.
  func text(_ name: String) -> String { self[name].map(EncodedWords.decoded) ?? "" }

  /// The addresses in all fields of that name, in lower case.
  func addresses(_ name: String) -> [String] { all(name).flatMap { Addresses.all(in: $0) } }

  /// Message-IDs, without brackets, of the message itself: the one that it bears, and those that relays keep which gave it
  /// one of their own.
  var ownIDs: [String] {
    [
      "message-id", "x-original-message-id", "original-message-id", "x-microsoft-original-message-id",
      "x-google-original-message-id",
    ].flatMap(all).flatMap(MessageIDs.all)
  }

  /// The address of whoever wrote it, in lower case: what stands in brackets, or outside of quotation marks and comments.
  var writer: String? {
    for field in all("from") {
      if let address = Addresses.ofMailboxes(in: field).first ?? Addresses.first(in: field) { return address }
    }
    return nil
  }
}
