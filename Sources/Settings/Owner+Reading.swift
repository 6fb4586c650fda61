import Decisions
import TOML
import Units

/// `[[owner]]`
extension Owner {
  init?(_ reader: TableReader) {
    reader.require("id", expected: "the owner's name as the ledger's column owner has it")
    reader.require("name", expected: "the owner's name as customers are to read it")
    reader.require("email", expected: "the owner's address, such as \"maria@example.com\"")
    let id = reader.text("id")?.value
    let name = reader.text("name")?.value
    let email = reader.mailbox("email")?.address
    let phone = reader.text("phone")?.value ?? ""
    let from = reader.mailbox("from")
    let backup = reader.text("backup")?.value
    let away = reader.readers("away").compactMap(Absence.init)
    reader.finish()
    guard let id, let name, let email else { return nil }
    self.init(
      id: id, name: name, email: email, phone: phone, from: from, backup: backup, away: away, place: reader.place)
  }
}

extension Owner.Absence {
  fileprivate init?(_ reader: TableReader) {
    reader.require("from", expected: "the first day away, such as 2026-12-21")
    reader.require("until", expected: "the last day away, such as 2027-01-06")
    let first = reader.day("from")
    let last = reader.day("until")
    reader.finish()
    guard let first, let last else { return nil }
    if last.value < first.value {
      reader.problems.error(
        last.place, key: reader.dotted("until"),
        "\(reader.dotted("until")): found \(last.value), which is before from = \(first.value)")
    }
    self.init(first: first.value, last: last.value)
  }
}

extension Owners {
  init(_ readers: [TableReader]) {
    self.init(readers.compactMap(Owner.init))
    guard let problems = readers.first?.problems, all.count == readers.count else { return }
    var seen: Set<String> = []
    for (owner, reader) in zip(all, readers) {
      if !seen.insert(owner.id).inserted {
        problems.error(
          reader.place(of: "id"), key: reader.dotted("id"),
          "\(reader.dotted("id")): found \"\(owner.id)\" twice, expected an id of its own for each owner")
      }
      if let backup = owner.backup, backup == owner.id || named(backup) == nil {
        problems.error(
          reader.place(of: "backup"), key: reader.dotted("backup"),
          "\(reader.dotted("backup")): found \"\(backup)\", expected the id of another [[owner]]")
      }
    }
  }
}
