import Decisions
import Letters
import Units

extension IntendedContact {
  /// The record of a planned contact that is about to be tried, the message being `messageID` and `sha256`.
  ///
  /// - Parameters:
  ///   - to: the mailboxes that it really goes to: another than the planned ones under `mail.redirect_to`.
  ///   - policy: the hash of the policy that it was decided under.
  package init(
    _ contact: PlannedContact, id: String, messageID: String, sha256: String, policy: String, to: [String],
    cc: [String], names: [String]
  ) {
    self.init(
      contact: id, attempt: 1, customer: contact.payer.id, currency: contact.currency, kind: contact.kind,
      schedule: contact.schedule, step: contact.step.name, level: contact.step.level, channel: contact.channel,
      template: contact.step.template, invoices: contact.advancing,
      listed: contact.listed.map { ListedItem(key: $0.invoice.key, open: $0.open) }, amount: contact.total,
      deadline: contact.deadline, messageID: messageID, sha256: sha256, policy: policy, to: to, cc: cc, names: names)
  }
}

extension PlannedContact {
  /// The contact's id: the same for the same items at the same steps, at every attempt.
  package func id(instance: String) -> String {
    ContactID.of(instance: instance, customer: payer.id, currency: currency, items: advancing)
  }
}
