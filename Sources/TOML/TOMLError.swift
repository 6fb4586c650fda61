/// Why a text is not TOML: the first place at which it goes wrong, what stands there and what was expected.
package struct TOMLError: Error, Hashable, Sendable, CustomStringConvertible {
  package let position: TOMLPosition
  /// One sentence without full stop; names what was found and what was expected.
  package let message: String

  package var line: Int { position.line }
  package var column: Int { position.column }

  init(_ position: TOMLPosition, _ message: String) {
    self.position = position
    self.message = message
  }

  /// `14:9: found the end of the line, expected "=" after the key`
  package var description: String { "\(position): \(message)" }
}
