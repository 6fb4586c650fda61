import Decisions
import Ledger
import Units

/// Turns values into what a template sees: texts as this payer reads them.
struct FactWriter {
  let rendering: Rendering
  let columns: ExtraColumns

  func word(_ text: String?) -> Word.Value { .text(text ?? "") }
  func word(_ number: Int) -> Word.Value { .text(String(number)) }
  func word(_ money: Money?) -> Word.Value { money.map(Word.Value.amount) ?? .text("") }
  func word(_ day: Day?, short: Bool = false) -> Word.Value {
    day.map { short ? .shortDate($0) : .date($0) } ?? .text("")
  }
  func word(basisPoints: Int?) -> Word.Value { basisPoints.map { .percent(basisPoints: $0) } ?? .text("") }

  /// An https or mailto address as it stands, anything else as nothing: no other scheme may reach a link.
  func uri(_ text: String?) -> Word.Value {
    guard let text, text.hasPrefix("https://") || text.hasPrefix("mailto:"),
      text.utf8.allSatisfy(FactWriter.isOfURI)
    else { return word("") }
    return word(text)
  }

  private static func isOfURI(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: byte > 0x20 && byte < 0x7F && !"<>\"'\\^`{|}".utf8.contains(byte)
    }
  }

  /// The names of `Vocabulary.item`.
  func item(_ line: PlannedContact.Line, payer: Customer) -> [Fact] {
    let invoice = line.invoice
    let key = invoice.key
    let details = invoice.details
    return [
      Fact("label", word(LineLabel.of(key))),
      Fact("number", word(key.number)),
      Fact("item", word(key.item)),
      Fact("for_customer", word(key.customer == payer.id ? "" : key.customer)),
      Fact("reference", word(details?.reference)),
      Fact("purchase_order", word(details?.purchaseOrder)),
      Fact("link", uri(details?.link)),
      Fact("issued", word(invoice.issued)),
      Fact("issued_short", word(invoice.issued, short: true)),
      Fact("due", word(invoice.due)),
      Fact("due_short", word(invoice.due, short: true)),
      Fact("amount", word(invoice.amount)),
      Fact("open", word(line.open)),
      Fact("is_part", invoice.amount.map { $0 != line.open } ?? false),
      Fact("is_overdue", line.daysPastDue > 0),
      Fact("days_past_due", word(line.daysPastDue)),
      Fact("one_day", line.daysPastDue == 1),
      Fact("many_days", line.daysPastDue > 1),
      Fact("level", word(line.level)),
      Fact(
        "extra",
        ColumnContext(
          rows: [ExtraColumns.named(details?.extra ?? [:]), ExtraColumns.named(payer.extra)],
          known: columns.all, rendering: rendering)),
    ]
  }

  /// The names of `Vocabulary.item` and `Vocabulary.listed`.
  func listed(_ line: PlannedContact.Line, payer: Customer) -> [Fact] {
    let discount = line.discount
    var facts = item(line, payer: payer)
    facts.append(Fact("advances", line.advances))
    facts.append(Fact("has_discount", discount != nil))
    facts.append(Fact("discount_percent", word(basisPoints: discount?.basisPoints)))
    facts.append(Fact("discount_until", word(discount?.lastDay)))
    facts.append(Fact("discount_until_short", word(discount?.lastDay, short: true)))
    facts.append(Fact("discount_amount", word(discount?.reduced)))
    facts.append(Fact("discount_saving", word(discount.map { line.open - $0.reduced })))
    facts.append(Fact("paid", word(line.paid)))
    facts.append(Fact("paid_short", word(line.paid, short: true)))
    return facts
  }

  /// The names of `Vocabulary.item` and `Vocabulary.why`.
  func apart(_ line: PlannedContact.Line, payer: Customer) -> [Fact] {
    item(line, payer: payer) + [
      Fact("is_not_due", line.apart == .notDue),
      Fact("is_disputed", line.apart == .disputed),
      Fact("is_promised", line.apart == .promised),
      Fact("is_other", line.apart == .other || line.apart == nil),
    ]
  }

  /// The names of `Vocabulary.pay`.
  func pay(_ option: PayOption, _ contact: PlannedContact) -> [Fact] {
    var account: BankAccount?
    var link: PayLink?
    switch option.kind {
    case .bankTransfer(let given): account = given
    case .link(let given): link = given
    }
    let reference = account.map {
      $0.reference(invoices: LineLabel.numbers(of: contact), customer: contact.payer.id)
    }
    return [
      Fact("is_bank_transfer", account != nil),
      Fact("account_name", word(account?.name)),
      Fact("iban", word(account?.iban.grouped)),
      Fact("bic", word(account?.bic?.text)),
      Fact("pay_reference", word(reference)),
      Fact("is_link", link != nil),
      Fact("link_label", word(link?.label)),
      Fact("links", link.map { links($0, contact) } ?? []),
    ]
  }

  private func links(_ link: PayLink, _ contact: PlannedContact) -> [[Fact]] {
    let customer = contact.payer.id
    if !link.isPerInvoice {
      let url = link.filled(invoice: "", amount: contact.total, customer: customer)
      return [[Fact("url", uri(url)), Fact("link_invoice", word("")), Fact("link_amount", word(contact.total))]]
    }
    if contact.pledge != nil {
      // The page knows invoices, and no instalments: the first one names what is paid.
      let numbers = LineLabel.numbers(of: contact)
      let url = link.filled(invoice: numbers.first ?? "", amount: contact.total, customer: customer)
      return [
        [
          Fact("url", uri(url)), Fact("link_invoice", word(numbers.joined(separator: ", "))),
          Fact("link_amount", word(contact.total)),
        ]
      ]
    }
    return contact.listed.map { line in
      let url = link.filled(invoice: line.invoice.key.number, amount: line.open, customer: customer)
      return [
        Fact("url", uri(url)), Fact("link_invoice", word(LineLabel.of(line.invoice.key))),
        Fact("link_amount", word(line.open)),
      ]
    }
  }
}

/// What an item is called in a message.
enum LineLabel {
  /// `R-1001`, or `R-1001 (2)` for an instalment.
  static func of(_ key: ItemKey) -> String { key.item.isEmpty ? key.number : "\(key.number) (\(key.item))" }

  /// The numbers of the invoices that it is about, each once and in order: of a promise or plan those that it covers.
  static func numbers(of contact: PlannedContact) -> [String] {
    let keys = contact.pledge?.items.map(\.key) ?? contact.listed.map(\.invoice.key)
    if keys.count == 1 { return [keys[0].number] }
    var seen: Set<String> = []
    return keys.map(\.number).filter { seen.insert($0).inserted }
  }
}
