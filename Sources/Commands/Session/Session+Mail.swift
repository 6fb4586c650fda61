import Daemon
import Decisions
import Delivery
import Ledger
import Letters
import Settings
import Storage
import Units

extension Session {
  /// How to reach the mail server, with its password from where it stands.
  func relay(_ mail: MailSettings) throws(CommandFailure) -> RelaySettings {
    do throws(Installation.Fault) { return try Installation.relay(mail) } catch { throw CommandFailure(error) }
  }

  /// Makes messages of contacts, from this ledger; to look at, where there is no `[mail]`.
  func composer(_ ledger: Ledger) throws(CommandFailure) -> Composer {
    // Who only looks need not say yet from where it is sent.
    let sender = try? MailAddress(name: policy.company.name, address: "accounts@example.invalid")
    guard let identity = site.configuration.mail?.identity ?? sender.map({ MailIdentity(from: $0) }) else {
      throw CommandFailure(.configuration, "\(site.file): the company's name cannot stand in a message")
    }
    return Composer(
      templates: site.templates, identity: identity, pay: site.configuration.pay, company: policy.company,
      stationery: site.configuration.letter.stationery, columns: ExtraColumns(ledger.books))
  }

  /// The documents that go with a contact, read whole.
  func attachments(of contact: PlannedContact) throws(CommandFailure) -> [Attachment] {
    do throws(DocumentFault) {
      return try Documents(site.configuration.ledger.documents).attachments(of: contact)
    } catch {
      throw CommandFailure(.data, error.description)
    }
  }

  /// Writes a file that only its owner can read, in one piece.
  func write(_ bytes: [UInt8], into folder: String, as name: String) throws(CommandFailure) {
    do throws(DiskError) {
      try PosixDisk().makeDirectory(folder)
      try PosixDisk().replace(folder + "/" + name, with: bytes)
    } catch {
      throw CommandFailure(.inputOutput, error.description)
    }
  }
}
