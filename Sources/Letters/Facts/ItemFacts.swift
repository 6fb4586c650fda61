import Decisions
import Ledger
import Units

/// Turns values into what a template sees: texts as this payer reads them.
struct FactWriter {
  let rendering: Rendering
  let columns: ExtraColumns

  func word(_ text: String?) -> Word { Word(.text(text ?? ""), rendering: rendering) }
  func word(_ number: Int) -> Word { word(String(number)) }
  func word(_ money: Money?) -> Word { word(money.map(Word.Value.amount)) }
  func word(_ day: Day?, short: Bool = false) -> Word { word(day.map { short ? .shortDate($0) : .date($0) }) }
  func word(basisPoints: Int?) -> Word { word(basisPoints.map { .percent(basisPoints: $0) }) }
  private func word(_ value: Word.Value?) -> Word { Word(value ?? .text(""), rendering: rendering) }

  /// An https or mailto address as it stands, anything else as nothing: no other scheme may reach a link.
  func uri(_ text: String?) -> Word {
    guard let text, text.hasPrefix("https://") || text.hasPrefix("mailto:"),
      text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"<>\"'\\^`{|}".utf8.contains($0) })
    else { return word("") }
    return word(text)
  }

  /// The names of `Vocabulary.item`.
  func item(_ line: PlannedContact.Line, payer: Customer) -> [String: Any] {
    let invoice = line.invoice
    let key = invoice.key
    let details = invoice.details
    return [
      "label": word(LineLabel.of(key)),
      "number": word(key.number),
      "item": word(key.item),
      "for_customer": word(key.customer == payer.id ? "" : key.customer),
      "reference": word(details?.reference),
      "purchase_order": word(details?.purchaseOrder),
      "link": uri(details?.link),
      "issued": word(invoice.issued),
      "issued_short": word(invoice.issued, short: true),
      "due": word(invoice.due),
      "due_short": word(invoice.due, short: true),
      "amount": word(invoice.amount),
      "open": word(line.open),
      "is_part": invoice.amount.map { $0 != line.open } ?? false,
      "is_overdue": line.daysPastDue > 0,
      "days_past_due": word(line.daysPastDue),
      "one_day": line.daysPastDue == 1,
      "many_days": line.daysPastDue > 1,
      "level": word(line.level),
      "extra": ColumnContext(
        rows: [ExtraColumns.named(details?.extra ?? [:]), ExtraColumns.named(payer.extra)],
        known: columns.ofInvoices.union(columns.ofCustomers), rendering: rendering),
    ]
  }

  /// The names of `Vocabulary.item` and `Vocabulary.listed`.
  func listed(_ line: PlannedContact.Line, payer: Customer) -> [String: Any] {
    var facts = item(line, payer: payer)
    let discount = line.discount
    facts["advances"] = line.advances
    facts["has_discount"] = discount != nil
    facts["discount_percent"] = word(basisPoints: discount?.basisPoints)
    facts["discount_until"] = word(discount?.lastDay)
    facts["discount_until_short"] = word(discount?.lastDay, short: true)
    facts["discount_amount"] = word(discount?.reduced)
    facts["discount_saving"] = word(discount.map { line.open - $0.reduced })
    return facts
  }

  /// The names of `Vocabulary.item` and `Vocabulary.why`.
  func apart(_ line: PlannedContact.Line, payer: Customer) -> [String: Any] {
    var facts = item(line, payer: payer)
    facts["is_not_due"] = line.apart == .notDue
    facts["is_disputed"] = line.apart == .disputed
    facts["is_promised"] = line.apart == .promised
    facts["is_other"] = line.apart == .other || line.apart == nil
    return facts
  }

  /// The names of `Vocabulary.pay`.
  func pay(_ option: PayOption, _ contact: PlannedContact) -> [String: Any] {
    var facts: [String: Any] = [
      "is_bank_transfer": false, "account_name": word(""), "iban": word(""), "bic": word(""),
      "pay_reference": word(""), "is_link": false, "link_label": word(""), "links": [Any](),
    ]
    switch option.kind {
    case .bankTransfer(let account):
      let numbers = LineLabel.numbers(of: contact)
      facts["is_bank_transfer"] = true
      facts["account_name"] = word(account.name)
      facts["iban"] = word(account.iban.grouped)
      facts["bic"] = word(account.bic?.text)
      facts["pay_reference"] = word(account.reference(invoices: numbers, customer: contact.payer.id))
    case .link(let link):
      facts["is_link"] = true
      facts["link_label"] = word(link.label)
      facts["links"] = links(link, contact)
    }
    return facts
  }

  private func links(_ link: PayLink, _ contact: PlannedContact) -> [Any] {
    let customer = contact.payer.id
    if !link.isPerInvoice {
      let url = link.filled(invoice: "", amount: contact.total, customer: customer)
      return [["url": uri(url), "link_invoice": word(""), "link_amount": word(contact.total)] as [String: Any]]
    }
    if contact.pledge != nil {
      // The page knows invoices, and no instalments: the first one names what is paid.
      let numbers = LineLabel.numbers(of: contact)
      let url = link.filled(invoice: numbers.first ?? "", amount: contact.total, customer: customer)
      let fact: [String: Any] = [
        "url": uri(url), "link_invoice": word(numbers.joined(separator: ", ")), "link_amount": word(contact.total),
      ]
      return [fact]
    }
    return contact.listed.map { line in
      let url = link.filled(invoice: line.invoice.key.number, amount: line.open, customer: customer)
      return [
        "url": uri(url), "link_invoice": word(LineLabel.of(line.invoice.key)), "link_amount": word(line.open),
      ] as [String: Any]
    }
  }
}

/// What an item is called in a message.
enum LineLabel {
  /// `R-1001`, or `R-1001 (2)` for an instalment.
  static func of(_ key: ItemKey) -> String { key.item.isEmpty ? key.number : "\(key.number) (\(key.item))" }

  /// The numbers of the invoices that it is about, each once and in order: of a promise or plan those that it covers.
  static func numbers(of contact: PlannedContact) -> [String] {
    var seen: Set<String> = []
    let keys = contact.pledge?.items.map(\.key) ?? contact.listed.map(\.invoice.key)
    return keys.map(\.number).filter { seen.insert($0).inserted }
  }
}
