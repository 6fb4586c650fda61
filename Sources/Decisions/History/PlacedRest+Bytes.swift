import Ledger
import Units

// A rest as sealed bytes.

extension HistoryWriter {
  mutating func write(_ placed: PlacedRest) {
    let rest = placed.rest
    write(rest.kind.rawValue)
    write(rest.id)
    write(rest.items) { writer, item in
      writer.write(item.key)
      writer.write(item.open)
    }
    write(rest.amount) { $0.write($1) }
    write(rest.until) { $0.write($1) }
    write(rest.instalments) { writer, instalment in
      writer.write(instalment.due)
      writer.write(instalment.amount)
    }
    write(rest.stage.rawValue)
    write(rest.credit) { $0.write($1) }
    write(rest.owner) { $0.write($1) }
    write(rest.deadline) { $0.write($1) }
    write(rest.by)
    write(rest.text) { $0.write($1) }
    write(placed.placed)
    write(placed.ended) { $0.write($1) }
    write(placed.end) { $0.write($1) }
  }

  private mutating func write(_ end: RestEnd) {
    write(end.id) { $0.write($1) }
    write(end.by)
    write(end.outcome) { $0.write($1) }
    write(end.paid) { $0.write($1) }
    write(end.until) { $0.write($1) }
    write(end.text) { $0.write($1) }
  }
}

extension HistoryReader {
  mutating func placedRest(on scope: Scope) throws(Damage) -> PlacedRest {
    var rest = Rest(
      kind: try word(), id: try text(), scope: scope,
      items: try list { r throws(Damage) in ListedItem(key: try r.key(), open: try r.money()) },
      amount: try optional { r throws(Damage) in try r.money() },
      until: try optional { r throws(Damage) in try r.day() },
      instalments: try list { r throws(Damage) in Instalment(due: try r.day(), amount: try r.money()) },
      stage: try word(), by: "", text: nil)
    rest.credit = try optional { r throws(Damage) in try r.money() }
    rest.owner = try optional { r throws(Damage) in try r.text() }
    rest.deadline = try optional { r throws(Damage) in try r.day() }
    rest.by = try text()
    rest.text = try optional { r throws(Damage) in try r.text() }
    return PlacedRest(
      rest: rest, placed: try instant(), ended: try optional { r throws(Damage) in try r.instant() },
      end: try optional { r throws(Damage) in try r.end(of: rest) })
  }

  private mutating func end(of rest: Rest) throws(Damage) -> RestEnd {
    RestEnd(
      kind: rest.kind, scope: rest.scope, id: try optional { r throws(Damage) in try r.text() }, by: try text(),
      outcome: try optional { r throws(Damage) in try r.text() },
      paid: try optional { r throws(Damage) in try r.money() },
      until: try optional { r throws(Damage) in try r.day() }, text: try optional { r throws(Damage) in try r.text() })
  }
}

extension HistoryWriter {
  mutating func write(_ scope: Scope) {
    switch scope {
    case .customer(let id):
      write(false)
      write(id)
    case .invoice(let id, let number):
      write(true)
      write(id)
      write(number)
    }
  }
}

extension HistoryReader {
  mutating func scope() throws(Damage) -> Scope {
    if try flag() { return .invoice(customer: try text(), number: try text()) }
    return .customer(try text())
  }
}
