import Decisions
import Ledger
import Units

extension FactWriter {
  /// The names of `Vocabulary.root`, but for `subject`, which comes out of them.
  func message(
    _ contact: PlannedContact, language: String, company: CompanyDefaults, identity: MailIdentity, pay: [PayOption],
    hasAttachment: Bool
  ) -> [String: Any] {
    let payer = contact.payer
    let name = payer.name
    let answers = (identity.replyTo ?? identity.from).address
    let country = payer.country ?? company.country
    let ways = pay.filter { $0.fits(currency: contact.currency, country: country) }
    let discounts = contact.listed.compactMap(\.discount)
    let reduced = contact.listed.reduce(Money.zero(contact.currency)) { $0 + ($1.discount?.reduced ?? $1.open) }
    return [
      "company": word(company.name),
      "contact_address": word(answers),
      "contact_link": uri("mailto:" + answers),
      "owner": word(payer.owner),
      "customer": word(name.isEmpty ? payer.id : name),
      "name": word(name),
      "customer_id": word(payer.id),
      "customer_number": word(name.isEmpty || name == payer.id ? "" : payer.id),
      "is_business": payer.kind == .business,
      "is_consumer": payer.kind == .consumer,
      "language": word(language),
      "today": word(contact.day),
      "step": word(contact.step.name),
      "level": word(contact.step.level),
      "is_invoice": contact.kind == .invoice,
      "is_reminder": contact.kind == .reminder,
      "is_notice": contact.kind == .notice,
      "is_follow_up": !contact.thread.isEmpty,
      "deadline": word(contact.deadline),
      "currency": word(contact.currency.code),
      "total": word(contact.total),
      "credit": word(contact.credit.isPositive ? contact.credit : nil),
      "other_credits": contact.otherCredits.map { ["amount": word($0)] as [String: Any] },
      "has_other_credits": !contact.otherCredits.isEmpty,
      "invoices": contact.listed.map { listed($0, payer: payer) },
      "invoice_count": word(contact.listed.count),
      "one_invoice": contact.listed.count == 1,
      "many_invoices": contact.listed.count > 1,
      "numbers": word(LineLabel.numbers(of: contact).joined(separator: ", ")),
      "first_due": word(contact.listed.map(\.invoice.due).min()),
      "has_overdue": contact.listed.contains { $0.daysPastDue > 0 },
      "discount_until": word(discounts.map(\.lastDay).min()),
      "discount_total": word(discounts.isEmpty ? nil : reduced),
      "discount_saving": word(discounts.isEmpty ? nil : contact.total - reduced),
      "apart": contact.apart.map { apart($0, payer: payer) },
      "has_apart": !contact.apart.isEmpty,
      "one_apart": contact.apart.count == 1,
      "many_apart": contact.apart.count > 1,
      "pay": ways.map { self.pay($0, contact) },
      "has_pay": !ways.isEmpty,
      "has_attachment": hasAttachment,
      "offers_plan": contact.step.offersPlan,
      "is_promise": contact.pledge?.kind == .promise,
      "is_plan": contact.pledge?.kind == .plan,
      "pledge": word(contact.pledge?.id),
      "pledge_amount": word(contact.pledge?.amount),
      "pledge_until": word(contact.pledge?.until),
      "instalments": instalments(of: contact),
      "instalment_count": word(contact.pledge?.instalments.count ?? 0),
      "extra": ColumnContext(rows: [ExtraColumns.named(payer.extra)], known: columns.ofCustomers, rendering: rendering),
    ]
  }
  /// All of a plan, by due date; those that the message is about are marked.
  private func instalments(of contact: PlannedContact) -> [[String: Any]] {
    let now = Set(contact.listed.map(\.invoice.key.item))
    return (contact.pledge?.instalments ?? []).sorted { $0.due < $1.due }.enumerated().map { index, instalment in
      [
        "number": word(index + 1), "due": word(instalment.due), "amount": word(instalment.amount),
        "is_this": now.contains(String(index + 1)),
      ]
    }
  }
}
