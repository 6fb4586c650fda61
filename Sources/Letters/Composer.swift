import Crypto
import Decisions
import Ledger
import Units

/// Turns planned contacts into messages. Pure: the same contact, id, instant and files give the same bytes.
package struct Composer: Sendable {
  package let templates: TemplateSet
  package let identity: MailIdentity
  package let pay: [PayOption]
  package let company: CompanyDefaults
  package let stationery: Stationery
  /// Changes with every snapshot of the ledger.
  package var columns: ExtraColumns
  /// Nil where it cannot stand in a header, which each message says then.
  private let sender: MailSender?
  private let formats = LocaleFormats()
  private let shapes = ShapeBook()

  package init(
    templates: TemplateSet, identity: MailIdentity, pay: [PayOption], company: CompanyDefaults,
    stationery: Stationery = Stationery(), columns: ExtraColumns = ExtraColumns()
  ) {
    self.templates = templates
    self.identity = identity
    self.pay = pay
    self.company = company
    self.stationery = stationery
    self.columns = columns
    sender = try? MailSender(from: identity.from, replyTo: identity.replyTo ?? identity.from)
  }

  /// The message of one contact.
  ///
  /// - Parameters:
  ///   - id: of the contact, from `ContactID`.
  ///   - instance: the journal's; empty in a preview.
  ///   - at: the moment for the header Date.
  ///   - offsetSeconds: how far the sender's clocks are ahead of UTC then.
  ///   - attachments: read whole, in the order in which they are shown.
  ///   - isToBeShown: whether the letter's `text` and `html` are wanted besides its bytes.
  /// - Throws: what is wrong with this contact; others are not affected.
  package func compose(
    _ contact: PlannedContact, id: String, instance: String, at: Instant, offsetSeconds: Int,
    attachments: [Attachment] = [], isToBeShown: Bool = true
  ) throws(LetterError) -> Letter {
    let template = try template(of: contact)
    var filling = filling(
      contact, template.file, template.language, hasAttachment: !attachments.isEmpty, subject: template.subject)
    let quoted = (text: filling.quoted(template.text), html: template.html.map { filling.quoted($0) })
    let shown = (
      text: isToBeShown ? filling.text(template.text) : "",
      html: isToBeShown ? template.html.map { filling.text($0) } : nil
    )
    try check(filling)
    let to = try addresses(contact.to)
    let cc = try addresses(contact.cc)
    guard let first = to.first else { throw .noRecipient }
    let messageID = MessageID.of(contact: id, instance: instance, domain: identity.from.domain)
    let name = Word.withoutDirections(contact.payer.name)
    var message = MailMessage(
      sender: try sender(contact.owner?.from), to: [], cc: [], subject: filling.subject,
      date: MailDate.text(at, offsetSeconds: offsetSeconds), messageID: messageID,
      references: Composer.references(contact.thread, own: messageID), language: template.language,
      listUnsubscribe: identity.listUnsubscribe, others: [], text: quoted.text, html: quoted.html,
      attachments: attachments, seed: id)
    var recipients = (to: to, cc: cc)
    if let mailbox = identity.redirectTo {
      message.others.append(("X-Redirected-From", (to + cc).joined(separator: " ")))
      message.to = [mailbox]
      recipients = ([mailbox.address], [])
    } else {
      message.to = try to.map { address throws(LetterError) in
        try Composer.mailbox(address == first ? name : "", address)
      }
      message.cc = try cc.map { address throws(LetterError) in try Composer.mailbox("", address) }
    }
    let bytes = try bytes(of: message)
    return Letter(
      envelopeSender: identity.bounce?.address(contact: id) ?? identity.from.address, to: recipients.to,
      cc: recipients.cc, subject: filling.subject, text: shown.text, html: shown.html,
      language: template.language, bytes: bytes, sha256: Hex.lower(SHA256.hash(data: bytes)), messageID: messageID,
      names: contact.payer.name.isEmpty ? [] : [contact.payer.name])
  }

  /// What to say in a call, or to write in a letter of one's own: the step's template without recipients.
  ///
  /// - Throws: what is wrong with the template.
  package func script(_ contact: PlannedContact) throws(LetterError) -> (title: String, text: String) {
    let sheet = try unaddressed(contact, language: company.language)
    return (sheet.title, sheet.text)
  }

  /// A message to look at or to print, without anybody whom it goes to.
  ///
  /// - Parameter language: nil is the payer's.
  /// - Throws: what is wrong with the template.
  package func unaddressed(
    _ contact: PlannedContact, language: String? = nil
  ) throws(LetterError) -> (title: String, text: String, html: String?) {
    let template = try template(of: contact, language)
    let written = try write(
      contact, template.file, template.language, hasAttachment: false,
      (template.subject, [template.text] + [template.html].compactMap(\.self)))
    return (written.subject, written.text, written.html)
  }

  /// The page of a letter: HTML that a browser prints as it is to be folded into a window envelope.
  ///
  /// - Throws: what is wrong with this contact; others are not affected.
  package func page(_ contact: PlannedContact, id: String) throws(LetterError) -> Letter {
    let language = contact.payer.language ?? company.language
    guard let template = templates.letter(contact.step.template, payer: language, company: company.language) else {
      throw .noTemplate(name: contact.step.template + ".letter", language: language)
    }
    guard !contact.to.isEmpty else { throw .noPostalAddress }
    var shown = contact
    // Who redirects all mail is in training: should somebody post the page all the same, it reaches nobody.
    if identity.redirectTo != nil { shown.to = Self.notToBePosted }
    let written = try write(
      shown, template.file, template.language, hasAttachment: false, (template.subject, [template.page]))
    let page = PageNote.line(shown, id: id, language: template.language, company: company) + written.text
    return unmailed(contact, template.language, written.subject, to: contact.to, html: page, Array(page.utf8))
  }

  /// In place of an address.
  private static let notToBePosted = ["NOT TO BE POSTED", "mail.redirect_to is set"]

  /// What a webhook is told of one contact; the text is that of the step's template.
  ///
  /// - Parameters:
  ///   - id: of the contact, from `ContactID`.
  ///   - at: when it is told.
  /// - Throws: what is wrong with this contact; others are not affected.
  package func webhook(_ contact: PlannedContact, id: String, at: Instant) throws(LetterError) -> Letter {
    let template = try template(of: contact)
    let written = try write(
      contact, template.file, template.language, hasAttachment: false, (template.subject, [template.text]))
    let body = WebhookBody(
      contact, id: id, at: at, language: template.language, subject: written.subject, text: written.text,
      // Who redirects all mail is in training: nobody's telephone is to ring.
      email: identity.redirectTo?.address ?? contact.payer.emails.first ?? "",
      phone: identity.redirectTo == nil ? contact.payer.phone : "", payLink: payLink(contact)
    ).bytes
    return unmailed(
      contact, template.language, written.subject, to: identity.redirectTo == nil ? contact.to : [],
      text: written.text, body)
  }

  /// What goes by no mail server: it has neither a sender nor a Message-ID.
  private func unmailed(
    _ contact: PlannedContact, _ language: String, _ subject: String, to: [String], text: String = "",
    html: String? = nil, _ bytes: [UInt8]
  ) -> Letter {
    Letter(
      envelopeSender: "", to: to, cc: [], subject: subject, text: text, html: html, language: language, bytes: bytes,
      sha256: Hex.lower(SHA256.hash(data: bytes)), messageID: "",
      names: contact.payer.name.isEmpty ? [] : [contact.payer.name])
  }

  /// The step's, in that language, or else the payer's.
  private func template(of contact: PlannedContact, _ language: String? = nil) throws(LetterError) -> Template {
    let language = language ?? contact.payer.language ?? company.language
    guard let template = templates.template(contact.step.template, payer: language, company: company.language) else {
      throw .noTemplate(name: contact.step.template, language: language)
    }
    return template
  }

  /// The first page to pay on that fits, for the whole; nil where there is none.
  private func payLink(_ contact: PlannedContact) -> String? {
    let country = contact.payer.country ?? company.country
    for way in pay where way.fits(currency: contact.currency, country: country) {
      guard case .link(let link) = way.kind else { continue }
      if link.isPerInvoice, contact.listed.count != 1 { continue }
      let number = contact.listed.first?.invoice.key.number ?? ""
      return link.filled(invoice: number, amount: contact.total, customer: contact.payer.id)
    }
    return nil
  }

  private struct Written {
    var subject: String
    var text: String
    var html: String?
  }

  /// The template with its values filled in.
  ///
  /// - Parameter parts: its subject; its text or page, and its HTML where it has any.
  private func write(
    _ contact: PlannedContact, _ file: String, _ language: String, hasAttachment: Bool,
    _ parts: (subject: TemplatePart, texts: [TemplatePart])
  ) throws(LetterError) -> Written {
    var filling = filling(contact, file, language, hasAttachment: hasAttachment, subject: parts.subject)
    let texts = parts.texts.map { filling.text($0) }
    try check(filling)
    return Written(subject: filling.subject, text: texts.first ?? "", html: texts.dropFirst().first)
  }

  /// The values of one message, to be filled into the parts of its template.
  private struct Filling {
    let shapes: ShapeBook
    let file: String
    let rendering: Rendering
    var facts: Shape.Facts
    var subject = ""

    mutating func text(_ part: TemplatePart) -> String { shapes.render(part, of: file, &facts, rendering) }
    /// As it stands in a mail.
    mutating func quoted(_ part: TemplatePart) -> [UInt8] { shapes.quoted(part, of: file, &facts, rendering) }
  }

  private func filling(
    _ contact: PlannedContact, _ file: String, _ language: String, hasAttachment: Bool, subject: TemplatePart
  ) -> Filling {
    let locale = formats.identifier(language: language, country: contact.payer.country ?? company.country)
    let rendering = Rendering(locale: locale, formats: formats)
    let writer = FactWriter(rendering: rendering, columns: columns)
    let facts = Shape.Facts(
      writer.message(
        contact, language: language, company: company, identity: identity, pay: pay, hasAttachment: hasAttachment,
        stationery: stationery), rendering)
    var filling = Filling(shapes: shapes, file: file, rendering: rendering, facts: facts)
    // No blanks but U+0020 count here: a control must reach the header, which refuses it.
    filling.subject = Composer.spacedOnce(filling.text(subject))
    filling.facts.add(subject: writer.word(filling.subject))
    return filling
  }

  /// - Throws: what was seen to be wrong with the template while it was filled in.
  private func check(_ filling: Filling) throws(LetterError) {
    let rendering = filling.rendering
    if let name = rendering.unknown.first { throw .unknownName(template: filling.file, name: name) }
    if let column = rendering.missing.first {
      throw .noColumn(template: filling.file, column: column, known: columns.all.sorted())
    }
    guard !filling.subject.isEmpty else { throw .noSubject(template: filling.file) }
  }

  /// With no two blanks in a row, and none at its ends.
  private static func spacedOnce(_ text: String) -> String {
    var spaced: [UInt8] = []
    spaced.reserveCapacity(text.utf8.count)
    for byte in text.utf8 where byte != 0x20 || (spaced.last ?? 0x20) != 0x20 { spaced.append(byte) }
    if spaced.last == 0x20 { spaced.removeLast() }
    return String(decoding: spaced, as: UTF8.self)
  }

  /// - Parameter owner: the mailbox that the owner's messages come from; nil for the company's.
  private func sender(_ owner: MailAddress?) throws(LetterError) -> MailSender {
    if owner == nil, let sender { return sender }
    let from = owner ?? identity.from
    // A person's answers come to where the person's messages come from, unless all of them are to come to one mailbox.
    do { return try MailSender(from: from, replyTo: identity.replyTo ?? from) } catch { throw .header(error) }
  }

  private func bytes(of message: MailMessage) throws(LetterError) -> [UInt8] {
    do { return try message.bytes() } catch { throw .header(error) }
  }

  /// Each once, in order.
  private func addresses(_ given: [String]) throws(LetterError) -> [String] {
    for address in given {
      if let fault = MailAddress.fault(in: address) { throw .badAddress(address, fault) }
    }
    if given.count < 2 { return given }
    var seen: Set<String> = []
    return given.filter { seen.insert($0).inserted }
  }

  private static func mailbox(_ name: String, _ address: String) throws(LetterError) -> MailAddress {
    do {
      return try MailAddress(name: name, address: address)
    } catch {
      if case .controlCharacter(let scalar) = error { throw .header(HeaderFault(header: "To", scalar: scalar)) }
      throw .badAddress(address, error)
    }
  }

  /// The thread's first message and its newest ones: RFC 5322 section 3.6.4 allows to leave out those between.
  private static func references(_ thread: [String], own: String) -> [String] {
    let referencesMax = 20
    let ids = thread.compactMap(MessageID.bracketed).filter { $0 != own }
    return ids.count <= referencesMax ? ids : [ids[0]] + ids.suffix(referencesMax - 1)
  }
}
