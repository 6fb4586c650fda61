/// Every name that a template may use, and what it stands for. docs/templates.md lists the same; a test keeps both
/// equal.
package enum Vocabulary {
  /// How a name may be used.
  package indirect enum Kind: Sendable {
    /// A word or sentence; empty when unknown, and then its section is off.
    case text
    /// An https or mailto URI, or empty: the only kind that may stand in a link.
    case uri
    /// On or off, for sections only.
    case flag
    /// For sections only: once for each entry, with these names inside.
    case list([Term])
    /// `extra.NAME`: columns of the ledger that dunningd does not know itself.
    case columns
  }

  /// One name.
  package struct Term: Sendable {
    package let name: String
    package let kind: Kind
    /// For the documentation.
    package let about: String

    init(_ name: String, _ kind: Kind, _ about: String) {
      self.name = name
      self.kind = kind
      self.about = about
    }
  }

  /// Names that hold for the whole message.
  package static let root: [Term] =
    [
      Term("company", .text, "the company's name"),
      Term("contact_address", .text, "whom to ask: the owner's address, or else the one that answers go to"),
      Term("contact_link", .uri, "the same as a `mailto:` link"),
      Term(
        "owner", .text, "who looks after the customer: the name in `[[owner]]`, or else the ledger's column `owner`"),
      Term("owner_name", .text, "the name of the owner, or of who stands in; empty without an `[[owner]]`"),
      Term("owner_email", .text, "his or her address; empty without an `[[owner]]`"),
      Term("owner_phone", .text, "his or her phone; empty without one"),
      Term("customer", .text, "the payer's name, or the id where the ledger has no name"),
      Term("name", .text, "the payer's name; empty where the ledger has none"),
      Term("customer_id", .text, "the payer's id"),
      Term("customer_number", .text, "the payer's id where it says more than the name does"),
      Term("is_business", .flag, "the payer is a business"),
      Term("is_consumer", .flag, "the payer is a consumer"),
      Term("language", .text, "the template's language, such as `en`"),
      Term("subject", .text, "the subject line; not in the subject itself"),
      Term("today", .text, "the payer's day on which the message goes"),
      Term("step", .text, "the step's name"),
      Term("level", .text, "the step's level, 0 and up"),
      Term("is_invoice", .flag, "the message sends an invoice"),
      Term("is_reminder", .flag, "the message is a reminder: level 0"),
      Term("is_notice", .flag, "the message is a notice: level 1 and up"),
      Term("is_follow_up", .flag, "an earlier message about these invoices went out"),
      Term("deadline", .text, "the new date to pay by; empty when the step gives none"),
      Term("currency", .text, "the currency's code"),
      Term("total", .text, "what the message asks for"),
      Term("credit", .text, "credit already taken from the total; empty when there is none"),
      Term("other_credits", .list([Term("amount", .text, "the credit")]), "credit in other currencies, not deducted"),
      Term("has_other_credits", .flag, "there is credit in other currencies"),
      Term("invoices", .list(item + listed), "what the message asks for"),
      Term("invoice_count", .text, "how many invoices the message asks for"),
      Term("one_invoice", .flag, "it is exactly one"),
      Term("many_invoices", .flag, "they are several"),
      Term("numbers", .text, "their numbers, with commas between"),
      Term("first_due", .text, "the earliest due date among them"),
      Term("has_overdue", .flag, "at least one of them is past its due date"),
      Term("discount_until", .text, "the earliest last day of a discount among them; empty without one"),
      Term("discount_total", .text, "what all of them cost when every discount is used; empty without one"),
      Term("discount_saving", .text, "what the discounts save in all; empty without one"),
      Term("apart", .list(item + why), "items outside the total"),
      Term("has_apart", .flag, "there are items outside the total"),
      Term("one_apart", .flag, "it is exactly one"),
      Term("many_apart", .flag, "they are several"),
      Term("pay", .list(pay), "the ways to pay that fit currency and country, in the configured order"),
      Term("has_pay", .flag, "there is one at least"),
      Term("has_attachment", .flag, "a document is attached"),
      Term("offers_plan", .flag, "the step offers a payment plan: `offer_plan = true`"),
      Term("is_promise", .flag, "the message is about a promise to pay"),
      Term("is_plan", .flag, "the message is about a payment plan or one of its instalments"),
      Term("pledge", .text, "the promise's or plan's id; empty without one"),
      Term("pledge_amount", .text, "what was promised, or is paid by instalments; empty without"),
      Term("pledge_until", .text, "the day to pay by of a promise, the last day to agree to a proposal; empty without"),
      Term("instalments", .list(instalment), "all instalments of the plan, by due date"),
      Term("instalment_count", .text, "how many they are"),
      Term("extra", .columns, "`extra.NAME`: any other column of customers.csv"),
    ] + letter + statement

  /// Names that have something to say in letters only.
  private static let letter: [Term] =
    [
      Term(
        "address_lines", .list([Term("line", .text, "one of its lines")]),
        "the payer's postal address, with the country where that is not the company's; empty but in letters"),
      Term("is_long_address", .flag, "it fills the window only in small print"),
      Term("sender_line", .text, "the company and its postal address on one line"),
      Term(
        "sender_lines", .list([Term("line", .text, "one of its lines")]),
        "the company's postal address: `[letter] sender`"),
      Term("place", .text, "where it is written: `[letter] place`"),
      Term("footer_lines", .list([Term("line", .text, "one of them")]), "what stands at the end: `[letter] footer`"),
      Term("form_din", .flag, "a letter with the window as in Germany and Austria, and wherever else nothing is known"),
      Term("form_swiss", .flag, "the same as in Switzerland"),
      Term("form_french", .flag, "the same as in France"),
      Term("form_british", .flag, "the same as in Britain and Ireland"),
      Term("form_american", .flag, "the same as in the USA and Canada, on their paper"),
    ]

  /// Names of an instalment.
  static let instalment: [Term] =
    [
      Term("number", .text, "1, 2, ..."),
      Term("due", .text, "its due date, written out"),
      Term("amount", .text, "what is to be paid"),
      Term("is_this", .flag, "the message is about this one"),
    ]

  /// Names of an item, whether it counts towards the total or stands apart.
  static let item: [Term] =
    [
      Term("label", .text, "number, and instalment where there is one: `R-1001` or `R-1001 (2)`"),
      Term("number", .text, "the invoice's number"),
      Term("item", .text, "the instalment; empty when the number has none"),
      Term("for_customer", .text, "the item's own customer where somebody else pays for it; empty otherwise"),
      Term("reference", .text, "the ledger's column `reference`"),
      Term("purchase_order", .text, "the ledger's column `purchase_order`"),
      Term("link", .uri, "the ledger's column `link`, if it is an https address"),
      Term("issued", .text, "the invoice's date, written out; empty when the ledger has none"),
      Term("issued_short", .text, "the same, short"),
      Term("due", .text, "the due date, written out"),
      Term("due_short", .text, "the same, short"),
      Term("amount", .text, "the invoice's full amount; empty when the ledger has none"),
      Term("open", .text, "what is asked for on it; for an item apart, what is open"),
      Term("is_part", .flag, "it is less than the full amount"),
      Term("is_overdue", .flag, "it is past its due date"),
      Term("days_past_due", .text, "days after the due date; 0 when it is not past due"),
      Term("one_day", .flag, "it is exactly one day"),
      Term("many_days", .flag, "they are several"),
      Term("level", .text, "its own level once this message went"),
      Term("extra", .columns, "`extra.NAME`: any other column of invoices.csv, or else of customers.csv"),
    ]

  /// Names of an item that counts towards the total.
  static let listed: [Term] =
    [
      Term("advances", .flag, "this message moves it on by a step"),
      Term("has_discount", .flag, "an early-payment discount is still open on it"),
      Term("discount_percent", .text, "how much, such as 2 %; empty without one"),
      Term("discount_until", .text, "its last day, written out; empty without one"),
      Term("discount_until_short", .text, "the same, short"),
      Term("discount_amount", .text, "what to pay with the discount; empty without one"),
      Term("discount_saving", .text, "what it saves; empty without one"),
      Term("paid", .text, "in thanks for it, the day on which it was paid, written out; empty otherwise"),
      Term("paid_short", .text, "the same, short"),
    ]

  /// Names of an item apart.
  static let why: [Term] =
    [
      Term("is_not_due", .flag, "because it is not due yet"),
      Term("is_disputed", .flag, "because it is disputed"),
      Term("is_promised", .flag, "because its payment is promised"),
      Term("is_other", .flag, "for another reason"),
    ]

  /// Names of a way to pay.
  static let pay: [Term] =
    [
      Term("is_bank_transfer", .flag, "it is a bank transfer"),
      Term("account_name", .text, "whose account it is"),
      Term("iban", .text, "in groups of four"),
      Term("bic", .text, "empty when it is not configured"),
      Term("pay_reference", .text, "what to quote: the invoice numbers, or the customer's id"),
      Term("is_link", .flag, "it is a page to pay on"),
      Term("link_label", .text, "the configured words for it; may be empty"),
      Term(
        "links",
        .list([
          Term("url", .uri, "the page"),
          Term("link_invoice", .text, "the invoice that it pays; empty when it pays all"),
          Term("link_amount", .text, "what it pays"),
        ]), "one page for all, or one for each invoice"),
    ]

  /// A column's name as templates write it: lower case, with `_` for everything but letters and digits of ASCII.
  package static func columnName(_ column: String) -> String {
    var name = ""
    for character in column.lowercased() {
      let isPlain = character.isASCII && (character.isLetter || character.isNumber)
      name.append(isPlain ? character : "_")
    }
    return name
  }
}
