import Decisions
import Ledger
import Units

extension FactWriter {
  /// The names of `Vocabulary.root`, but for `subject`, which comes out of them.
  func message(
    _ contact: PlannedContact, language: String, company: CompanyDefaults, identity: MailIdentity, pay: [PayOption],
    hasAttachment: Bool, stationery: Stationery = Stationery()
  ) -> [Fact] {
    let payer = contact.payer
    let name = payer.name
    let answers = contact.owner?.email ?? (identity.replyTo ?? identity.from).address
    let country = payer.country ?? company.country
    let ways = pay.filter { $0.fits(currency: contact.currency, country: country) }
    let discounts = contact.listed.compactMap(\.discount)
    let reduced = contact.listed.reduce(Money.zero(contact.currency)) { $0 + ($1.discount?.reduced ?? $1.open) }
    var facts = [
      Fact("company", word(company.name)),
      Fact("contact_address", word(answers)),
      Fact("contact_link", uri("mailto:" + answers)),
      Fact("owner", word(contact.owner?.name ?? payer.owner)),
      Fact("owner_name", word(contact.owner?.name)),
      Fact("owner_email", word(contact.owner?.email)),
      Fact("owner_phone", word(contact.owner?.phone)),
      Fact("customer", word(name.isEmpty ? payer.id : name)),
      Fact("name", word(name)),
      Fact("customer_id", word(payer.id)),
      Fact("customer_number", word(name.isEmpty || name == payer.id ? "" : payer.id)),
      Fact("is_business", payer.kind == .business),
      Fact("is_consumer", payer.kind == .consumer),
      Fact("language", word(language)),
      Fact("today", word(contact.day)),
      Fact("step", word(contact.step.name)),
      Fact("level", word(contact.step.level)),
      Fact("is_invoice", contact.kind == .invoice),
      Fact("is_reminder", contact.kind == .reminder),
      Fact("is_notice", contact.kind == .notice),
      Fact("is_follow_up", !contact.thread.isEmpty),
      Fact("deadline", word(contact.deadline)),
      Fact("currency", word(contact.currency.code)),
      Fact("total", word(contact.total)),
      Fact("credit", word(contact.credit.isPositive ? contact.credit : nil)),
      Fact("other_credits", contact.otherCredits.map { [Fact("amount", word($0))] }),
      Fact("has_other_credits", !contact.otherCredits.isEmpty),
      Fact("invoices", contact.listed.map { listed($0, payer: payer) }),
      Fact("invoice_count", word(contact.listed.count)),
      Fact("one_invoice", contact.listed.count == 1),
      Fact("many_invoices", contact.listed.count > 1),
      Fact("numbers", word(LineLabel.numbers(of: contact).joined(separator: ", "))),
      Fact("first_due", word(contact.listed.map(\.invoice.due).min())),
      Fact("has_overdue", contact.listed.contains { $0.daysPastDue > 0 }),
      Fact("discount_until", word(discounts.map(\.lastDay).min())),
      Fact("discount_total", word(discounts.isEmpty ? nil : reduced)),
      Fact("discount_saving", word(discounts.isEmpty ? nil : contact.total - reduced)),
      Fact("apart", contact.apart.map { apart($0, payer: payer) }),
      Fact("has_apart", !contact.apart.isEmpty),
      Fact("one_apart", contact.apart.count == 1),
      Fact("many_apart", contact.apart.count > 1),
      Fact("pay", ways.map { self.pay($0, contact) }),
      Fact("has_pay", !ways.isEmpty),
      Fact("has_attachment", hasAttachment),
      Fact("offers_plan", contact.step.offersPlan),
      Fact("is_promise", contact.pledge?.kind == .promise),
      Fact("is_plan", contact.pledge?.kind == .plan),
      Fact("pledge", word(contact.pledge?.id)),
      Fact("pledge_amount", word(contact.pledge?.amount)),
      Fact("pledge_until", word(contact.pledge?.until)),
      Fact("instalments", instalments(of: contact)),
      Fact("instalment_count", word(contact.pledge?.instalments.count ?? 0)),
      Fact(
        "extra",
        ColumnContext(rows: [ExtraColumns.named(payer.extra)], known: columns.ofCustomers, rendering: rendering)),
    ]
    // One by one: a list of them would be copied, and each value in it counted.
    LetterFacts(contact, company: company, stationery).add(to: &facts, self, company: company)
    addStatement(of: contact, to: &facts)
    return facts
  }

  /// All of a plan, by due date; those that the message is about are marked.
  private func instalments(of contact: PlannedContact) -> [[Fact]] {
    guard let pledge = contact.pledge else { return [] }
    let now = Set(contact.listed.map(\.invoice.key.item))
    return pledge.instalments.sorted { $0.due < $1.due }.enumerated().map { index, instalment in
      [
        Fact("number", word(index + 1)), Fact("due", word(instalment.due)), Fact("amount", word(instalment.amount)),
        Fact("is_this", now.contains(String(index + 1))),
      ]
    }
  }
}
