import Decisions
import Glibc
import Letters
import Storage

/// Why a document cannot go with its message.
package struct DocumentFault: Error, Sendable, CustomStringConvertible {
  package let description: String
}

/// The folder of `[ledger] documents`: invoices as sent, attached where a step asks for it.
package struct Documents: Sendable {
  private let folder: String?

  package init(_ folder: String?) { self.folder = folder }

  /// What the receiver sees of a document's name: its last part. The folders are ours.
  private static func shownName(_ name: String) -> String { name.split(separator: "/").last.map(String.init) ?? name }

  /// Why a document that the ledger names could not go with a message; nil when it could.
  package func fault(of name: String) -> String? {
    guard let folder else { return "\"\(name)\" is named, and [ledger] documents is not set" }
    do throws(Attachment.Fault) { try Attachment.check(name: Documents.shownName(name)) } catch { return "\(error)" }
    do throws(DiskError) {
      // As it is read for the message: a folder is none, nor is a link.
      _ = try PosixDisk().openReading(folder + "/" + name)
      return nil
    } catch {
      // What passes is for the message to find out.
      let passing = [EMFILE, ENFILE, ENOMEM, EIO, EINTR, EACCES]
      if case .errno(let code) = error.cause, passing.contains(code) { return nil }
      return error.isMissing
        ? "there is no file \"\(name)\" in the folder of documents ([ledger] documents)" : error.description
    }
  }

  /// Read whole, in the order of the items that advance; none where an item has none, or the step asks for none.
  package func attachments(of contact: PlannedContact) throws(DocumentFault) -> [Attachment] {
    guard contact.step.attachesDocument else { return [] }
    var attachments: [Attachment] = []
    var seen: Set<String> = []
    for line in contact.listed where line.advances {
      let name = line.invoice.details?.document ?? ""
      guard !name.isEmpty, seen.insert(name).inserted else { continue }
      guard let folder else {
        throw DocumentFault(
          description:
            "invoice \(line.invoice.key.number) names the document \(name), and [ledger] documents is not set")
      }
      let bytes: [UInt8]
      do throws(DiskError) {
        bytes = try PosixDisk().read(folder + "/" + name).bytes
      } catch {
        throw DocumentFault(description: error.description)
      }
      do throws(Attachment.Fault) {
        attachments.append(try Attachment(name: Documents.shownName(name), bytes: bytes))
      } catch {
        throw DocumentFault(description: "\(folder)/\(name): \(error)")
      }
    }
    return attachments
  }
}
