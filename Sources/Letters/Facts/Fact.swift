/// What a template sees under one name of the vocabulary.
struct Fact {
  enum Value {
    case word(Word.Value)
    case flag(Bool)
    case list([[Fact]])
    case columns(ColumnContext)
  }

  let name: String
  let value: Value

  init(_ name: String, _ word: Word.Value) { (self.name, value) = (name, .word(word)) }
  init(_ name: String, _ flag: Bool) { (self.name, value) = (name, .flag(flag)) }
  init(_ name: String, _ list: [[Fact]]) { (self.name, value) = (name, .list(list)) }
  init(_ name: String, _ columns: ColumnContext) { (self.name, value) = (name, .columns(columns)) }
}

extension [Fact] {
  /// By name, as the template engine looks them up.
  ///
  /// - Parameter word: what stands in place of each word, in their order.
  func named(_ rendering: Rendering, _ word: (Word.Value) -> Word.Value = { $0 }) -> [String: Any] {
    var named: [String: Any] = [:]
    for fact in self {
      switch fact.value {
      case .word(let own): named[fact.name] = Word(word(own), rendering: rendering)
      case .flag(let flag): named[fact.name] = flag
      case .list(let entries): named[fact.name] = entries.map { $0.named(rendering, word) }
      case .columns(let columns): named[fact.name] = columns
      }
    }
    return named
  }
}
