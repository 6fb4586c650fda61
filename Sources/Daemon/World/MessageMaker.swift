import Decisions
import Delivery
import Ledger
import Letters
import Units

/// From a planned contact to its message and the record of it: the real world's answer to `compose`.
struct MessageMaker: Sendable {
  var composer: Composer
  /// The journal's.
  let instance: String
  /// The hash of the policy that is decided under.
  let policy: String
  let documents: Documents
  let clock: Clock

  func compose(_ contact: PlannedContact) -> Composition {
    let id = contact.id(instance: instance)
    switch contact.channel {
    case .letter: return composed(contact, id) { () throws(LetterError) in try composer.page(contact, id: id) }
    case .webhook:
      return composed(contact, id) { () throws(LetterError) in try composer.webhook(contact, id: id, at: clock.now()) }
    case .email, .call, .statement, .handover: break
    }
    let attachments: [Attachment]
    do throws(DocumentFault) {
      attachments = try documents.attachments(of: contact)
    } catch {
      return .failed(error.description)
    }
    return composed(contact, id) { () throws(LetterError) in
      let now = clock.now()
      return try composer.compose(
        contact, id: id, instance: instance, at: now, offsetSeconds: composer.company.zone.offset(at: now),
        attachments: attachments, isToBeShown: false)
    }
  }

  private func composed(
    _ contact: PlannedContact, _ id: String, _ compose: () throws(LetterError) -> Letter
  ) -> Composition {
    do throws(LetterError) {
      let letter = try compose()
      let intended = IntendedContact(
        contact, id: id, messageID: letter.messageID, sha256: letter.sha256, policy: policy, to: letter.to,
        cc: letter.cc, names: letter.names)
      return .ready(Prepared(intended: intended, sender: letter.envelopeSender, message: letter.bytes))
    } catch {
      return .failed(error.description)
    }
  }
}
