import Decisions
import Incoming
import Units

/// A message that was read, for whoever records it: here, or in the process that the daemon starts for us, which sees
/// neither our files nor our standard input.
struct FoundMail {
  /// Where it lies.
  var file: String
  /// Its Message-ID, or `sha256:` and the digest of its bytes.
  var mail: String
  var arrival: Arrival

  init(file: String, mail: String, arrival: Arrival) {
    self.file = file
    self.mail = mail
    self.arrival = arrival
  }

  /// One line of JSON.
  var text: String {
    var object = JSONObject([
      ("file", .string(file)), ("mail", .string(mail)), ("kind", .string(arrival.kind.rawValue)),
      ("other_senders", .strings(arrival.otherSenders)), ("addressees", .strings(arrival.addressees)),
      ("references", .strings(arrival.references)),
      ("recipients", .array(arrival.recipients.map { .object(FoundMail.fields(of: $0)) })),
      ("subject", .string(arrival.subject)),
      ("suggestions", .array(arrival.suggestions.map { .object(FoundMail.fields(of: $0)) })),
    ])
    if let id = arrival.messageID { object["message_id"] = .string(id) }
    if let sender = arrival.sender { object["sender"] = .string(sender) }
    if let writer = arrival.returnedFrom { object["returned_from"] = .string(writer) }
    if let list = arrival.list { object["list"] = .string(list) }
    if let day = arrival.day { object["day"] = .day(day) }
    if let excerpt = arrival.excerpt { object["excerpt"] = .string(excerpt) }
    return object.text
  }

  /// Nil for anything that `text` did not write.
  init?(_ text: String) {
    guard let object = (try? JSONReader.value(text))?.object, let file = object["file"]?.string,
      let mail = object["mail"]?.string, let kind = object["kind"]?.string.flatMap(Arrival.Kind.init(rawValue:))
    else { return nil }
    var arrival = Arrival(kind)
    arrival.messageID = object["message_id"]?.string
    arrival.sender = object["sender"]?.string
    arrival.returnedFrom = object["returned_from"]?.string
    arrival.list = object["list"]?.string
    arrival.otherSenders = FoundMail.texts(object["other_senders"])
    arrival.addressees = FoundMail.texts(object["addressees"])
    arrival.references = FoundMail.texts(object["references"])
    arrival.recipients = (object["recipients"]?.array ?? []).compactMap(\.object).map(FoundMail.recipient)
    arrival.day = object["day"]?.string.flatMap(Day.init(iso:))
    arrival.subject = object["subject"]?.string ?? ""
    arrival.excerpt = object["excerpt"]?.string
    arrival.suggestions = (object["suggestions"]?.array ?? []).compactMap(\.object).compactMap(FoundMail.suggestion)
    self.init(file: file, mail: mail, arrival: arrival)
  }

  private static func texts(_ value: JSONValue?) -> [String] { (value?.array ?? []).compactMap(\.string) }

  static func fields(of recipient: Arrival.Recipient) -> JSONObject {
    JSONObject([
      ("address", recipient.address.map(JSONValue.string) ?? .null),
      ("original", recipient.original.map(JSONValue.string) ?? .null),
      ("status", .string(recipient.diagnosis.status)), ("permanent", .bool(recipient.diagnosis.isPermanent)),
      ("reason", .string(recipient.diagnosis.reason.rawValue)), ("words", .string(recipient.words)),
    ])
  }

  private static func recipient(_ object: JSONObject) -> Arrival.Recipient {
    Arrival.Recipient(
      address: object["address"]?.string, original: object["original"]?.string,
      diagnosis: Diagnosis(
        object["reason"]?.string.flatMap(Diagnosis.Reason.init(rawValue:)) ?? .unknown,
        status: object["status"]?.string ?? "", isPermanent: object["permanent"]?.bool ?? false),
      words: object["words"]?.string ?? "")
  }

  static func fields(of suggestion: Suggestion) -> JSONObject {
    JSONObject([
      ("kind", .string(suggestion.kind.rawValue)), ("line", suggestion.line.map(JSONValue.string) ?? .null),
      ("days", .array(suggestion.days.map(JSONValue.day))),
      ("amounts", .strings(suggestion.amounts.map(\.description))),
    ])
  }

  private static func suggestion(_ object: JSONObject) -> Suggestion? {
    guard let kind = object["kind"]?.string.flatMap(Suggestion.Kind.init(rawValue:)) else { return nil }
    return Suggestion(
      kind, line: object["line"]?.string, days: texts(object["days"]).compactMap(Day.init(iso:)),
      amounts: texts(object["amounts"]).compactMap(Money.init(text:)))
  }
}
