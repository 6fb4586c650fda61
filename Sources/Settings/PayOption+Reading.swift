import Decisions
import TOML
import Units

/// `[[pay]]`
extension PayOption {
  /// - Parameter company: whose account it is where no name is given.
  init?(_ reader: TableReader, company: String?) {
    reader.require("kind", expected: PayOption.kindNames.alternatives)
    let kind = reader.word("kind", of: PayOption.kindNames)
    let name = reader.text("name")?.value
    let iban = reader.checked("iban", "an IBAN such as \"DE89 3704 0044 0532 0130 00\"") { text throws(Refusal) in
      do throws(IBAN.Fault) { return try IBAN(text) } catch { throw Refusal(reason: error.description) }
    }
    let bic = reader.value("bic", expected: "a BIC of 8 or 11 characters, such as \"COBADEFF\"") { value in
      value.line.flatMap { BIC($0) }
    }
    let reference = reader.value(
      "reference", expected: "what the payer should quote, with {invoices} and {customer} where values go"
    ) { value in
      value.line.flatMap { text in
        Placeholders.names(in: text).allSatisfy { ["invoices", "customer"].contains($0) } ? text : nil
      }
    }
    let label = reader.text("label")?.value
    let link = reader.checked(
      "url", "a link such as \"https://pay.example.com/{invoice}?amount={amount}&currency={currency}\""
    ) { text throws(Refusal) in
      do throws(PayLink.Fault) { return try PayLink(url: text, label: label) } catch {
        throw Refusal(reason: error.description)
      }
    }
    let currencies = reader.currencies("currency")
    let countries = reader.countries("country")
    reader.finish()
    switch kind {
    case "bank-transfer":
      reader.require("iban", expected: "the account's IBAN")
      reader.refuseUseless(["url", "label"], for: "bank-transfer")
      guard let iban, let holder = name ?? company else { return nil }
      let account = BankAccount(name: holder, iban: iban, bic: bic?.value, reference: reference?.value)
      self.init(.bankTransfer(account), currencies: currencies, countries: countries, place: reader.place)
    case "link":
      reader.require("url", expected: "the address of the payment page")
      reader.refuseUseless(["name", "iban", "bic", "reference"], for: "link")
      guard let link else { return nil }
      self.init(.link(link), currencies: currencies, countries: countries, place: reader.place)
    default:
      return nil
    }
  }
}

extension TableReader {
  fileprivate func refuseUseless(_ keys: [String], for kind: String) {
    for key in keys where has(key) {
      problems.error(
        place(of: key), key: dotted(key),
        "\(dotted(key)): found in a payment option of kind \"\(kind)\", which has no such key")
    }
  }
}
