import Ledger

/// Where the columns of customers.csv stand, looked up once; -1 for one that the file lacks.
struct CustomerPositions: Sendable {
  let id, payer, name, email, cc, escalationEmail, phone, address, language, timeZone, country, kind, tags,
    creditLimit: Int
  let terms, schedule, owner, maxLevel, doNotContact: Int

  init(_ table: Table) {
    func at(_ column: CustomerColumn) -> Int { table.position(column.rawValue) }
    (id, payer, name, email, cc) = (at(.id), at(.payer), at(.name), at(.email), at(.cc))
    escalationEmail = at(.escalationEmail)
    (phone, address, language, timeZone) = (at(.phone), at(.address), at(.language), at(.timeZone))
    (country, kind, tags, creditLimit) = (at(.country), at(.kind), at(.tags), at(.creditLimit))
    (terms, schedule, owner) = (at(.terms), at(.schedule), at(.owner))
    (maxLevel, doNotContact) = (at(.maxLevel), at(.doNotContact))
  }
}
