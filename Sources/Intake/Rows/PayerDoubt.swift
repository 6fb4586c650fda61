import Ledger
import Units

/// What a bad row of customers.csv leaves open about who pays for its customer.
struct PayerDoubt: Sendable {
  /// Who the row's customer may be; nearly always one.
  let ids: [String]
  let place: Place
  /// Who may pay for it, besides the payer that its customer is listed with.
  var payers: [String]
  /// Whether the payer's cell is there, but cannot be read as it should be; `payers` then has a guess.
  var isGarbled = false
  /// Whether the row may have ended before its payer.
  var isCut = false

  init(ids: [String], place: Place, payers: [String]) {
    (self.ids, self.place, self.payers) = (ids, place, payers)
  }

  /// Of a row in which every cell stands where it should; nil when its payer can be read.
  init?(of id: String, _ row: borrowing CSVReader, _ place: Place, _ payer: Int) {
    let cell = row.field(payer)
    guard !cell.isEmpty, Findings.readable(row, payer) == nil else { return nil }
    self.init(ids: [id], place: place, payers: [PayerDoubt.guess(cell)])
    isGarbled = true
  }

  /// Of a row with too many or too few fields: its cells may stand in other columns than they should.
  init(ofRagged row: borrowing CSVReader, _ place: Place, _ columns: CustomerPositions, expected: Int) {
    let ids = Findings.positions(of: columns.id, in: row, expected: expected).compactMap { Findings.readable(row, $0) }
    self.init(ids: ids, place: place, payers: [])
    guard columns.payer >= 0 else { return }
    for position in Findings.positions(of: columns.payer, in: row, expected: expected) {
      let cell = row.field(position)
      guard !cell.isEmpty else { continue }
      if let payer = Findings.readable(row, position) {
        payers.append(payer)
      } else {
        payers.append(PayerDoubt.guess(cell))
        if position == columns.payer { isGarbled = true }
      }
    }
    isCut = row.fieldCount < expected && columns.payer >= row.fieldCount - 1
  }

  private static func guess(_ cell: Cell) -> String {
    FileText.isValid(cell) ? Text.clean(cell) : FileText.guess(cell)
  }

  /// Where nobody can say who pays, and there is money of the customer that may be any payer's, nothing is sent. Without
  /// such money the row harms nobody else.
  func rest(_ money: LooseMoney, _ findings: inout Findings) {
    guard let id = ids.first(where: { money.owners.contains($0) }) else { return }
    findings.addConsequence(
      BadRow(
        place: place, column: "",
        reason:
          "nobody can say who pays for \"\(id)\", and what was paid or credited to it may be anybody's; correct the row",
        reach: .everything))
  }
}
