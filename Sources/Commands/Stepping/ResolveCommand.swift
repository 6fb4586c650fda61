import ArgumentParser
import Decisions

struct ResolveCommand: Intervening {
  static let configuration = CommandConfiguration(
    commandName: "resolve",
    abstract: "Says what became of a contact in doubt or a letter, or that a bad address is good again.",
    discussion: """
      Of a doubt the mail server's log tells it: search it for the contact's
      Message-ID (`dunningd journal show CONTACT`). A letter is --sent when it is
      posted: its step is done on that day, and its page leaves the outbox. One
      that is --not-sent is decided afresh. What a person said can be said anew.

      Examples:
        dunningd resolve 4k2m9q0r7t1v3x5z --sent
        dunningd resolve 4k2m9q0r7t1v3x5z --not-sent
        dunningd resolve K-7 --address-ok
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var asOf: AsOfOption
  @OptionGroup var by: AuthorOption

  @Argument(help: ArgumentHelp("The contact's id; with --address-ok the customer.", valueName: "contact"))
  var name: String

  @Flag(help: "The customer got it, or the letter is posted.")
  var sent = false

  @Flag(help: "The customer did not get it: the step is due again.")
  var notSent = false

  @Flag(help: "The customer's addresses that were marked as bad are good again.")
  var addressOk = false

  func validate() throws {
    guard [sent, notSent, addressOk].count(where: { $0 }) == 1 else {
      throw ValidationError("give one of --sent, --not-sent, --address-ok")
    }
  }

  func run() throws {
    try reporting {
      let step = try Intervention(common, asOf)
      if addressOk { return try clearAddress(step) }
      guard let contact = step.history.contact(name) else {
        throw CommandFailure(
          .data, "there is no contact \"\(name)\" in the journal: `dunningd journal list` shows them")
      }
      if contact.isPending, !contact.isLetter, step.session.isAtWork {
        throw CommandFailure(
          .tryLater,
          "contact \(name) is on its way: the server has not answered yet; its outcome comes by itself, and only where none comes "
            + "is it in doubt; nothing was recorded")
      }
      // A doubt that counts as sent is still a doubt until somebody says. A letter may be in the post by the time that it
      // is called off.
      let said = contact.isResolved && contact.channel != .call && (contact.standing == .made) != sent
      let mayBe = contact.standing == .inDoubt || contact.standing == .outbox || said
      guard mayBe || (sent && contact.isLetter && contact.standing == .undone) else {
        throw CommandFailure(
          .data, "contact \(name) is not in doubt: its outcome is known; nothing was recorded")
      }
      let outcome = contact.isLetter ? (sent ? "posted" : "not posted") : (sent ? "sent" : "not sent")
      try step.record(
        [.contactResolved(contact: name, sent: sent, by: by.author)],
        done: "\(contact.isLetter ? "Letter" : "Contact") \(name) counts as \(outcome).",
        about: contact.items.map { .invoice(customer: $0.key.customer, number: $0.key.number) })
      if contact.isLetter { step.session.arrangeOutboxIfPossible() }
    }
  }

  private func clearAddress(_ step: Intervention) throws(CommandFailure) {
    let scope = try step.session.scope(of: name, step.ledger, step.history)
    guard case .customer(let id) = scope else {
      throw CommandFailure(.usage, "--address-ok takes a customer, and \"\(name)\" is an invoice")
    }
    let customer = step.ledger.books.customers.first { $0.id == id }
    let addresses = (customer?.emails ?? []) + (customer?.cc ?? []) + (customer?.escalationEmails ?? [])
    let bad = addresses.filter { step.history.badAddresses[$0.lowercased()] != nil }
    guard !bad.isEmpty else {
      throw CommandFailure(.data, "no address of customer \(id) is marked as bad: nothing was recorded")
    }
    try step.record(
      // Where others have the same address, it may be from them that it is known as bad.
      ([nil] + bad).map { .addressCleared(customer: id, address: $0, by: by.author) },
      done: "The addresses of customer \(id) are tried again.", about: [scope])
  }
}
