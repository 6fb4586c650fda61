import Decisions
import Ledger
import Receivables
import Units

extension FactWriter {
  /// The names of `Vocabulary.statement`.
  func addStatement(of contact: PlannedContact, to facts: inout [Fact]) {
    let statement = contact.statement
    let payer = contact.payer
    let balance = statement?.balance
    let credits = statement?.ageing.credits
    facts.append(Fact("is_thanks", contact.kind == .thanks))
    facts.append(Fact("is_statement", statement != nil))
    facts.append(Fact("open_items", statement?.lines.map { openItem($0, payer: payer) } ?? []))
    facts.append(Fact("has_open_items", statement?.lines.isEmpty == false))
    facts.append(Fact("open_total", word(statement?.open)))
    facts.append(Fact("overdue_total", word(statement.flatMap { $0.overdue.isPositive ? $0.overdue : nil })))
    facts.append(Fact("ageing", statement?.ageing.buckets.map(bucket) ?? []))
    facts.append(Fact("credits", statement?.credits.map(credit) ?? []))
    facts.append(Fact("has_credits", statement?.credits.isEmpty == false))
    facts.append(Fact("credits_total", word(credits.flatMap { $0.isPositive ? $0 : nil })))
    facts.append(Fact("balance", word(balance.map { $0.isNegative ? .zero($0.currency) - $0 : $0 })))
    facts.append(Fact("is_balance_credit", balance?.isNegative ?? false))
    facts.append(Fact("payments", statement?.payments.map(payment) ?? []))
    facts.append(Fact("has_payments", statement?.payments.isEmpty == false))
    facts.append(Fact("payments_since", word(statement?.since)))
  }

  /// The names of `Vocabulary.item` and `Vocabulary.mark`.
  private func openItem(_ line: Statement.Line, payer: Customer) -> [Fact] {
    let shown = PlannedContact.Line(
      invoice: line.invoice, open: line.open, daysPastDue: line.daysPastDue, level: 0, advances: false)
    let isPart = line.disputed.isPositive && line.mark == nil
    return item(shown, payer: payer) + [
      Fact("is_disputed", line.mark == .disputed),
      Fact("disputed", word(isPart ? line.disputed : nil)),
      Fact("is_promised", line.mark == .promised),
      Fact("is_in_plan", line.mark == .planned),
      Fact("is_held", line.mark == .held),
      Fact("is_collected", line.mark == .collected),
    ]
  }

  private func bucket(_ bucket: Ageing.Bucket) -> [Fact] {
    let range = bucket.isCurrent ? nil : bucket.last.map { "\(bucket.first)–\($0)" }
    return [
      Fact("is_current", bucket.isCurrent),
      Fact("days", word(range)),
      Fact("beyond", word(bucket.last == nil ? String(bucket.first - 1) : nil)),
      Fact("count", word(bucket.count)),
      Fact("amount", word(bucket.amount)),
    ]
  }

  private func credit(_ credit: UnappliedCredit) -> [Fact] {
    [
      Fact("amount", word(credit.amount)), Fact("date", word(credit.date)), Fact("invoice", word(credit.reference)),
    ]
  }

  private func payment(_ payment: Payment) -> [Fact] {
    let amount = payment.amount
    return [
      Fact("date", word(payment.date)), Fact("date_short", word(payment.date, short: true)),
      Fact("amount", word(amount.isNegative ? .zero(amount.currency) - amount : amount)),
      Fact("is_returned", amount.isNegative), Fact("invoice", word(payment.invoice)),
      Fact("method", word(payment.method)),
    ]
  }
}
