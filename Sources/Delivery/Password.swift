/// A password: it can be used, and not be printed by accident.
package struct Password: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The secret itself. For libcurl only; never for a log, a message or an error.
  package let revealed: String

  package init(_ revealed: String) { self.revealed = revealed }

  package var description: String { "(secret)" }
  package var debugDescription: String { "(secret)" }
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}
