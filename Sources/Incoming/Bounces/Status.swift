/// An enhanced status code (RFC 3463): class, subject, detail.
struct Status: Sendable, Equatable, CustomStringConvertible {
  /// 2, 4 or 5.
  let kind: Int
  let subject: Int
  let detail: Int

  init(kind: Int, _ subject: Int, _ detail: Int) {
    self.kind = kind
    self.subject = subject
    self.detail = detail
  }

  /// Reads `5.1.1`, with what stands around such a code in replies and reports: `#5.1.1`, `(5.1.1`, `5.1.1)`.
  init?(_ word: Substring) {
    let bytes = Array(word.utf8).drop { "#(<['\":".utf8.contains($0) }
    let inner = bytes.prefix { $0.isDigit || $0 == UInt8(ascii: ".") }
    let rest = bytes.dropFirst(inner.count)
    guard rest.isEmpty || ")]>,:;'\"-".utf8.contains(rest[rest.startIndex]) else { return nil }
    let numbers = inner.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      .map { $0.count <= 3 ? Int(String(decoding: $0, as: UTF8.self)) : nil }
    guard numbers.count == 3, let kind = numbers[0], [2, 4, 5].contains(kind), let subject = numbers[1],
      subject <= 9, let detail = numbers[2]
    else { return nil }
    self.init(kind: kind, subject, detail)
  }

  /// The first word of a field `Status`: `5.0.0 (permanent failure)`.
  init?(field: String) {
    guard let word = field.split(separator: " ").first, let status = Status(word) else { return nil }
    self = status
  }

  var description: String { "\(kind).\(subject).\(detail)" }

  /// `5.0.0` says nothing.
  var isVague: Bool { subject == 0 }

  /// The mailbox or its domain is not there (X.1.1 to 3), or moved (X.1.6), or takes no mail (X.1.10, RFC 7505), or is
  /// what Exchange Online calls unknown elsewhere (X.1.351). Not X.1.0, which is said about senders as well.
  var isBadAddress: Bool { kind == 5 && subject == 1 && [1, 2, 3, 6, 10, 351].contains(detail) }

  /// About the mailbox's room, the system, the content or the policy, or about the sender.
  var isOfSomethingElse: Bool {
    switch subject {
    case 1: [7, 8, 9].contains(detail)
    case 2: detail > 1
    case 3: detail > 0
    case 6, 7: true
    default: false
    }
  }
}

/// What a server answered, found in the words around it.
struct SMTPReply: Sendable {
  /// 400...599; nil where no server spoke.
  private(set) var code: Int?
  private(set) var statuses: [Status] = []

  init(_ words: String) {
    for word in words.split(separator: " ").prefix(2000) {
      if let status = Status(word) {
        if statuses.count < 8, !statuses.contains(status) { statuses.append(status) }
        continue
      }
      // `550`, `550-5.1.1`, `550-'unknown`, `smtp;550`, `'550`.
      for piece in word.split(whereSeparator: { ";'\"<([#:,".contains($0) }) {
        let digits = piece.prefix(3)
        guard digits.utf8.count == 3, let value = Int(digits), (400...599).contains(value) else { continue }
        let rest = piece.dropFirst(3)
        guard rest.isEmpty || rest.first == "-" else { continue }
        if code == nil { code = value }
        if let status = Status(rest.dropFirst()), statuses.count < 8, !statuses.contains(status) {
          statuses.append(status)
        }
      }
    }
  }
}

extension String {
  /// Whether these bytes stand in it.
  ///
  /// Without regard to what characters they are, which is much faster, and right for ASCII.
  func contains(bytesOf wanted: String) -> Bool {
    var copy = self
    return copy.withUTF8 { text in
      var wanted = wanted
      return wanted.withUTF8 { wanted in
        guard let first = wanted.first, wanted.count <= text.count else { return wanted.isEmpty }
        var at = 0
        while at + wanted.count <= text.count {
          if text[at] == first {
            var same = 1
            while same < wanted.count, text[at + same] == wanted[same] { same += 1 }
            if same == wanted.count { return true }
          }
          at += 1
        }
        return false
      }
    }
  }
}
