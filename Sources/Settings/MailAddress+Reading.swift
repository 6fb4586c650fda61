import Decisions
import TOML

extension TableReader {
  private static let addressExpected = "an address such as \"Example Accounts <ar@example.com>\""

  /// A mailbox, `NAME <ADDRESS>` or `ADDRESS`.
  func mailbox(_ key: String) -> MailAddress? {
    checked(key, TableReader.addressExpected) { text throws(Refusal) in
      do throws(MailAddress.Fault) { return try MailAddress(parsing: text) } catch {
        throw Refusal(reason: error.description)
      }
    }
  }

  /// The envelope's sender, perhaps with `{contact}` in it.
  func bounceAddress(_ key: String) -> BounceAddress? {
    checked(key, "an address such as \"bounce+{contact}@example.com\"") { text throws(Refusal) in
      do throws(MailAddress.Fault) { return try BounceAddress(pattern: text) } catch {
        throw Refusal(reason: error.description)
      }
    }
  }
}
