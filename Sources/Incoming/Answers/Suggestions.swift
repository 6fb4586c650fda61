import Decisions
import Units

/// What the words of an answer may mean, line by line, in the shipped languages. Each is a guess for a person to look at.
struct Suggestions {
  /// The day on which it was written; nil leaves "on Friday" alone.
  let day: Day?

  /// At most one of each kind, with the first line that speaks of it.
  func found(in lines: [String]) -> [Suggestion] {
    var found: [Suggestion] = []
    for line in lines.prefix(100) {
      for sentence in Suggestions.sentences(of: line) {
        let words = Words(sentence)
        for rule in Suggestions.rules where !found.contains(where: { $0.kind == rule.kind }) && rule.holds(words) {
          found.append(
            Suggestion(
              rule.kind, line: sentence.shortened(to: MailLimit.line),
              days: Array(FoundDays(day).days(in: sentence).prefix(3)),
              amounts: Array(FoundAmounts.amounts(in: sentence).prefix(3))))
        }
      }
    }
    let order = Suggestion.Kind.allCases
    return found.sorted { (order.firstIndex(of: $0.kind) ?? 0) < (order.firstIndex(of: $1.kind) ?? 0) }
  }

  /// Each with its mark at the end. A full stop parts sentences only before a blank and a capital: not in a date.
  private static func sentences(of line: String) -> [String] {
    var sentences: [String] = []
    var current = ""
    let characters = Array(line.prefix(1000))
    for (index, character) in characters.enumerated() {
      current.append(character)
      let isEnd =
        character == "?" || character == "!"
        || character == "." && index > 0 && !characters[index - 1].isNumber && index + 2 < characters.count
          && characters[index + 1] == " " && characters[index + 2].isUppercase
      if isEnd {
        sentences.append(current)
        current = ""
      }
    }
    if !current.isEmpty { sentences.append(current) }
    return sentences.map(\.collapsed).filter { !$0.isEmpty }
  }

  /// A sentence in lower case, with its words between blanks.
  struct Words {
    let text: String

    init(_ sentence: String) {
      let plain = sentence.lowercased().map {
        $0.isLetter || $0.isNumber || $0 == "'" || $0 == "?" ? $0 : $0 == "’" ? "'" : " "
      }
      text = " " + String(plain).collapsed.replacingMarks + " "
    }

    func contains(_ phrase: String) -> Bool { text.contains(bytesOf: phrase) }
  }

  /// Holds when each group has a phrase in the sentence, and none of `without` is there. A blank at an end of a phrase is
  /// the end of a word.
  private struct Rule {
    let kind: Suggestion.Kind
    let groups: [[String]]
    var without: [String] = []

    func holds(_ words: Words) -> Bool {
      groups.allSatisfy { $0.contains(where: words.contains) } && !without.contains(where: words.contains)
    }
  }

  private static let payments = [
    " pay ", " paying ", " payment ", " transfer ", " transferred ", " settle ", " settled ", " remit ", " wire ",
    " paid ",
    " zahl", " bezahl", " überweis", " ueberweis", " beglichen ", " begleich", " anweis", " angewiesen ",
  ]
  private static let negations = [" not ", "n't ", " nicht ", " kein", " never ", " unpaid ", " cannot ", " nie "]

  private static let rules: [Rule] = [
    Rule(
      kind: .doNotContact,
      groups: [
        [
          " unsubscribe", " remove me ", " remove us ", " take me off ", " take us off ", " stop emailing ",
          " stop sending ", " stop contacting ", " do not contact ", " don't contact ", " no further emails ",
          " no more emails ", " opt out ", " no longer wish to receive ", " abmelden ", " abbestell", " abzumelden ",
          " austragen ", " aus dem verteiler ", " aus ihrem verteiler ", " keine weiteren e mails ",
          " keine e mails mehr ",
          " keine mails mehr ", " keine weiteren mails ", " nicht mehr kontaktier", " nicht mehr anschreib",
          " keinen kontakt mehr ", " keine erinnerungen mehr ", " delete my email address ", " delete my data ",
        ]
      ]),
    Rule(
      kind: .paid,
      groups: [
        [
          " paid ", " payment was made ", " payment has been made ", " has been transferred ", " was transferred ",
          " have transferred ", " has been settled ", " was settled ", " have settled ", " already settled ",
          " bezahlt ", " gezahlt ", " überwiesen ", " ueberwiesen ", " beglichen ", " angewiesen ", " eingezahlt ",
          " payment sent ", " sent the payment ", " sent payment ", " wired ", " remitted ",
        ],
        [
          " already ", " have ", " has ", " was ", " were ", " been ", " we paid ", " i paid ", " bereits ", " schon ",
          " habe ", " haben ", " hat ", " wurde", " ist ", " sind ", " paid on ", " am ", " gestern ", " yesterday ",
          " last week ", " letzte woche ", " sent ", " we wired ", " paid it ", " paid this ",
        ],
      ],
      without: negations + [
        " will ", " werde", " wird ", " shall ", "'ll ", " going to ", " to be paid ", " unless ", " sobald ",
      ]),
    Rule(
      kind: .promise,
      groups: [
        [
          " will ", "'ll ", " shall ", " going to ", " intend to ", " plan to ", " is scheduled ", " are scheduled ",
          " scheduled for ", " promise ", " we pay on ", " we pay by ", " werde", " wird ", " zahlen wir ",
          " wir zahlen ",
          " zahle ich ", " ich zahle ", " wir überweisen ", " ich überweise ", " wir begleichen ", " überweisen wir ",
          " überweise ", " begleichen wir ", " erfolgt ", " veranlass", " versprech", " zusag", " sagen zu ",
          " kommende ",
          " nächste woche ", " nächsten ", " next week ", " by the end of ", " bis ende ", " bis zum ", " payment on ",
        ], payments,
      ],
      without: [" not ", "won't ", " nicht ", " kein", " never ", " nie ", " refuse to "]),
    Rule(
      kind: .dispute,
      groups: [
        [
          " dispute ", " disputed ", " disputing ", " wrong amount ", " incorrect ", " not correct ", " do not agree ",
          " don't agree ", " disagree ", " overcharged ", " wrong price ", " wrongly ", " faulty ", " damaged ",
          " defective ",
          " broken ", " never received the ", " not received the goods ", " not delivered ", " never delivered ",
          " never ordered ", " not ordered ", " did not order ", " didn't order ", " credit note ", " refuse to pay ",
          " not owe ", " missing ", " reklam", " mangel", " mängel", " defekt", " beschädigt ", " kaputt ", " falsch",
          " fehlerhaft", " widersprech", " widerspruch ", " nicht korrekt ", " nicht richtig ", " stimmt nicht ",
          " nicht einverstanden ", " nicht erhalten ", " nicht geliefert ", " nicht bestellt ", " nie bestellt ",
          " gutschrift ", " bestreit", " unberechtigt", " fehlt ", " fehlen ", " zu viel berechnet ",
        ]
      ],
      without: [
        " falscher ansprechpartner ", " falsche adresse ", " falsche e mail ", " falsche person ", " wrong person ",
        " invoice is missing ", " rechnung fehlt ", " rechnung nicht erhalten ", " received the invoice ",
      ]),
    Rule(
      kind: .wrongContact,
      groups: [
        [
          " wrong person ", " wrong address ", " wrong contact ", " wrong email ", " no longer work",
          " left the company ",
          " has left ", " not responsible ", " no longer responsible ", " not the right person ",
          " contact our accounts ",
          " please contact ", " please write to ", " please forward ", " please send it to ", " please address ",
          " falscher ansprechpartner ", " falschen ansprechpartner ", " falsche adresse ", " falsche person ",
          " falsche e mail ", " nicht zuständig ", " nicht mehr zuständig ", " arbeitet nicht mehr ",
          " nicht mehr bei uns ", " nicht mehr im unternehmen ", " ausgeschieden ", " bitte wenden sie sich ",
          " zuständig ist ", " bitte an ", " unsere buchhaltung ", " our accounts department ", " nicht der richtige ",
        ]
      ]),
    Rule(
      kind: .question,
      groups: [
        [
          "?", " please send ", " please resend ", " could you ", " can you ", " copy of ", " bitte senden ",
          " bitte schicken ", " bitten um ", " bitte um ", " können sie ", " könnten sie ", " kopie ", " zusenden ",
          " rechnungskopie ", " bitte übersenden ", " schicken sie ", " senden sie ",
        ]
      ]),
  ]
}

extension String {
  /// A question mark is a word of its own.
  fileprivate var replacingMarks: String {
    reduce(into: "") { text, character in text += character == "?" ? " ? " : String(character) }.collapsed
  }
}
