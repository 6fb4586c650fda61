import Glibc

/// What standard output is: how wide, and whether colour means anything there.
struct Terminal: Sendable {
  /// Columns to fit tables into; nil when the output is no terminal and need not fit.
  let width: Int?
  let colours: Bool

  static func standardOutput(noColour: Bool) -> Terminal {
    guard isatty(STDOUT_FILENO) == 1 else { return Terminal(width: nil, colours: false) }
    var size = winsize()
    let known = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    // NO_COLOR is the custom of https://no-color.org: set and not empty means none.
    let quiet = noColour || getenv("NO_COLOR").map { $0.pointee != 0 } ?? false || getenv("TERM") == nil
    return Terminal(width: known ? Int(size.ws_col) : 80, colours: !quiet)
  }

  enum Colour: String {
    case red = "31"
    case green = "32"
    case yellow = "33"
    case dim = "2"
    case bold = "1"
  }

  func paint(_ text: String, _ colour: Colour) -> String {
    colours ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
  }
}

extension String {
  /// Without what could steer a terminal or turn the reading direction: control characters and bidirectional marks
  /// become `?`. Names and numbers come from outside.
  var printable: String {
    guard unicodeScalars.contains(where: { !$0.isPlain }) else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.map { $0.isPlain ? $0 : "?" }))
  }

  /// Columns that it takes on a terminal: wide characters two, marks that stand over others none.
  var columns: Int { unicodeScalars.reduce(0) { $0 + $1.columns } }
}

extension Unicode.Scalar {
  fileprivate var isPlain: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
    case .format: value == 0x200D || value == 0x00AD
    default: true
    }
  }

  fileprivate var columns: Int {
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    switch value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}
