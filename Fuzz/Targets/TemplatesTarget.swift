import Decisions
import Delivery
import Ledger
import Letters
import Units

/// Parts: a template, its HTML part, a partial for each. What is taken must render: that is what `TemplateSet` promises.
enum TemplatesTarget {
  private static let names = ["t.mustache", "t.html.mustache", "_part.mustache", "_part.html.mustache"]

  static func run(_ bytes: [UInt8]) throws(Finding) {
    let given = files(bytes, most: names.count).enumerated().map {
      TemplateFile(path: "en/" + names[$0.offset], bytes: $0.element)
    }
    let set: TemplateSet
    do throws(TemplateProblems) {
      set = try TemplateSet(given)
    } catch {
      try hold(!error.problems.isEmpty, "refused without a problem")
      for problem in error.problems {
        try hold(problem.place.line <= bytes.count + 1, "\(problem) lies outside of the file")
      }
      return
    }
    let composer = Office.composer(set, columns: ExtraColumns(books))
    for contact in contacts {
      let letter: Letter
      do throws(LetterError) {
        letter = try Office.letter(contact, composer)
      } catch {
        switch error {
        case .noColumn, .noSubject, .header: continue
        default: throw Finding("a template that was taken does not render: \(error)")
        }
      }
      let fault = MessageBytes.fault(in: letter.bytes)
      try hold(fault == nil, "a message that may not go out: \(fault ?? "")")
    }
  }

  /// A ledger that has something of everything.
  private static let books: Books = {
    var books = Books(modified: Office.now)
    var customer = Customer(id: "C-1", place: Place(file: "customers.csv", line: 2))
    customer.name = "Müller & <Söhne>"
    customer.emails = ["someone@c1.test"]
    customer.extra = ["Region": "north"]
    books.customers = [customer]
    for (number, due) in [("N-1", "2026-02-10"), ("N-2", "2026-02-20")] {
      guard let day = Day(iso: due), let amount = Money(text: "1234.50 EUR") else { continue }
      var invoice = Invoice(
        key: ItemKey(customer: "C-1", number: number, item: ""), currency: amount.currency, due: day,
        place: Place(file: "invoices.csv", line: 2))
      invoice.amount = amount
      books.invoices.append(invoice)
    }
    return books
  }()

  private static let contacts: [PlannedContact] = {
    var found = decide(books, ContactHistory(), Office.configuration.policy, now: Office.now, ledgerAge: .seconds(0))
      .contacts
    for index in found.indices { found[index].step.template = "t" }
    return found
  }()
}
