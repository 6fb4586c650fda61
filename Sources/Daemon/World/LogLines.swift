import Glibc
import Logging
import Synchronization
import Units

/// Log lines for the person at 3 a.m.: one event a line on standard error, with the priority as systemd reads it
/// (`<3>` error ... `<7>` debug), or with its word when a terminal shows it.
package struct LogLines: LogHandler {
  package var metadata: Logger.Metadata = [:]
  package var logLevel = Logger.Level.info
  private let isTerminal: Bool

  package init() { isTerminal = isatty(STDERR_FILENO) == 1 }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    let text = Self.plain(event.message.description)
    let start = isTerminal ? "\(event.level.rawValue): " : "<\(Self.priority(event.level))>"
    let line = start + text + "\n"
    let isHeld = Self.held.withLock { held in
      held?.append(line)
      return held != nil
    }
    if !isHeld { Self.write(line) }
  }

  /// What is logged while somebody gathers lines; nil when nobody does.
  private static let held = Mutex<String?>(nil)

  /// Lines that are logged meanwhile are written when it ends, all at once. For one thread at a time.
  static func together(_ body: () -> Void) {
    held.withLock { $0 = "" }
    body()
    let lines = held.withLock { held in
      defer { held = nil }
      return held ?? ""
    }
    if !lines.isEmpty { write(lines) }
  }

  /// One write, so that lines of several threads do not mix. What cannot be logged is lost; there is no one to tell.
  private static func write(_ lines: String) {
    var lines = lines
    _ = lines.withUTF8 { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  /// RFC 5424 section 6.2.1.
  private static func priority(_ level: Logger.Level) -> Int {
    switch level {
    case .critical: 2
    case .error: 3
    case .warning: 4
    case .notice: 5
    case .info: 6
    case .debug, .trace: 7
    }
  }

  /// On one line, without what could forge another event or steer a terminal.
  private static func plain(_ text: String) -> String {
    if text.isPrintable { return text }
    var plain = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator:
        plain.append(contentsOf: scalar == "\n" ? "; ".unicodeScalars : "?".unicodeScalars)
      case .format: plain.append("?")
      default: plain.append(scalar)
      }
    }
    return String(plain)
  }
}

extension Remark.Severity {
  package var level: Logger.Level {
    switch self {
    case .error: .error
    case .warning: .warning
    case .notice: .notice
    case .info: .info
    }
  }
}
