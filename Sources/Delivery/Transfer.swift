/// What was seen of one attempt at one message: the only input to its classification.
package struct Transfer: Sendable, Equatable {
  /// The commands of SMTP as far as they tell stages apart.
  package enum Command: Sendable, Equatable {
    /// Not a command: the server speaks first.
    case greeting
    case hello, starttls, auth, mail, rcpt, data
    /// Not a command either: the message and its dot.
    case dot
    case noop, quit, other

    /// From what libcurl is about to write. Only the verb is looked at: the rest may be a password.
    package init(line: some Sequence<UInt8>) {
      let verb = String(decoding: line.prefix { $0 > 0x20 }.prefix(8), as: UTF8.self).uppercased()
      switch verb {
      case "EHLO", "HELO": self = .hello
      case "STARTTLS": self = .starttls
      case "AUTH": self = .auth
      case "MAIL": self = .mail
      case "RCPT": self = .rcpt
      case "DATA": self = .data
      case "NOOP": self = .noop
      case "QUIT": self = .quit
      default: self = .other
      }
    }
  }

  /// One command and the server's answer, if there was one.
  package struct Exchange: Sendable, Equatable {
    package var command: Command
    package var reply: ServerReply?

    package init(_ command: Command, _ reply: ServerReply? = nil) {
      self.command = command
      self.reply = reply
    }
  }

  /// Why we ended it ourselves. Only ever before the first byte of the message, so it is certain that nothing went out.
  package enum Abort: Sendable, Equatable {
    /// A login is set, and the server let us go on without one.
    case unauthenticated
    /// Too little of the total time was left to wait for the answer to the dot.
    case late
    /// The room is closing.
    case closing
  }

  /// A CURLcode: libcurl's own while it opens a connection, and after that the one that it would give.
  package var curlCode: Int
  /// The last complete reply of this transfer, 0 for none.
  package var responseCode: Int
  /// Bytes of the body that were handed to the socket, doubled dots and the last dot included.
  package var uploaded: Int
  /// Bytes of the body on the wire, its dot included.
  package var size: Int
  package var exchanges: [Exchange]
  /// Connections that were opened for it: 0 when one was used again.
  package var connects: Int
  /// CURLOPT_ERRORBUFFER, or libcurl's word for the code.
  package var errorText: String
  package var abort: Abort?

  package init(
    curlCode: Int, responseCode: Int = 0, uploaded: Int = 0, size: Int = 1, exchanges: [Exchange] = [],
    connects: Int = 1, errorText: String = "", abort: Abort? = nil
  ) {
    self.curlCode = curlCode
    self.responseCode = responseCode
    self.uploaded = uploaded
    self.size = size
    self.exchanges = exchanges
    self.connects = connects
    self.errorText = errorText
    self.abort = abort
  }

  /// The last thing that happened before the goodbye.
  package var last: Exchange? { exchanges.last { $0.command != .quit } }

  /// True when a connection used again turned out to be gone, or was taken back with 421 at its first command: no
  /// attempt at all, to be made once more on a fresh connection.
  package var isStaleConnection: Bool {
    guard connects == 0, uploaded == 0, abort == nil else { return false }
    if responseCode == 0 { return [CurlCode.sendError, CurlCode.receiveError].contains(curlCode) }
    return responseCode == 421 && last?.command == .mail
  }
}

/// The codes of libcurl that mean something of their own to us (curl/curl.h).
package enum CurlCode {
  package static let ok = 0
  package static let failedInit = 2
  package static let weirdServerReply = 8
  package static let remoteAccessDenied = 9
  package static let readError = 26
  package static let timedOut = 28
  package static let abortedByCallback = 42
  package static let sendError = 55
  package static let receiveError = 56
  package static let loginDenied = 67
  /// 35 connect, 53 and 54 engine, 58 client certificate, 59 cipher, 60 peer, 64 required but refused, 66 engine,
  /// 77 CA file, 80 shutdown, 82 CRL, 83 issuer, 90 pinned key, 91 status, 98 client certificate asked for.
  package static let encryption: Set<Int> = [35, 53, 54, 58, 59, 60, 64, 66, 77, 80, 82, 83, 90, 91, 98]
  /// 1 protocol, 3 URL, 4 not built in, 43 argument, 48 option.
  package static let settings: Set<Int> = [1, 3, 4, 43, 48]
}
