import Decisions
import Foundation
import Ledger

/// Where a country's window envelopes have their window, and what paper it writes on.
package enum LetterForm: String, Sendable, CaseIterable {
  /// DIN 5008 form B: window on the left, 45 mm from the top. Most of Europe can do with it.
  case din
  /// SN 010130: window on the right.
  case swiss
  /// Window on the right, nearer to the middle.
  case french
  /// DL with a window on the left, 57 mm from the top.
  case british
  /// Letter paper in a #10 envelope.
  case american

  /// - Parameter country: two capitals of ISO 3166.
  package init(country: String) {
    switch country {
    case "CH", "LI": self = .swiss
    case "FR", "MC": self = .french
    case "GB", "IE": self = .british
    case "US", "CA": self = .american
    default: self = .din
    }
  }

  /// So many lines of the usual size stand in the window, wherever the sheet slides to.
  var linesMax: Int {
    switch self {
    case .din, .swiss: 6
    case .french, .british: 5
    case .american: 4
    }
  }

  /// The same in small print.
  private var smallLinesMax: Int {
    switch self {
    case .din, .swiss: 8
    case .french, .british: 7
    case .american: 5
    }
  }

  /// So many characters of the usual size are as wide as the window, and so many in small print.
  static let lineMax = 42
  private static let smallLineMax = 58

  /// Whether the window hides a part of the payer's address, however small it is written.
  package static func hides(_ payer: Customer, company: CompanyDefaults) -> Bool {
    let country = payer.country ?? company.country
    let lines = PostalAddress(of: payer).lines
    let count = lines.reduce(country == company.country ? 0 : 1) { $0 + 1 + ($1.count - 1) / smallLineMax }
    return count > LetterForm(country: country).smallLinesMax
  }
}

/// What a letter shows that a mail does not; a mail knows the same names, and they are empty.
struct LetterFacts {
  var addressLines: [String] = []
  var form: LetterForm?
  var stationery: Stationery

  /// Of any contact that is no letter.
  init(_ stationery: Stationery) { self.stationery = stationery }

  init(_ contact: PlannedContact, company: CompanyDefaults, _ stationery: Stationery) {
    self.init(stationery)
    guard contact.channel == .letter else { return }
    let country = contact.payer.country ?? company.country
    addressLines = contact.to
    if country != company.country {
      // As the post at the place of posting reads it (Universal Postal Union).
      let name = Locale(identifier: company.language).localizedString(forRegionCode: country) ?? country
      addressLines.append(name.uppercased())
    }
    form = LetterForm(country: country)
  }

  /// The usual size does not do.
  private var isLong: Bool {
    guard let form else { return false }
    return addressLines.count > form.linesMax || addressLines.contains { $0.count > LetterForm.lineMax }
  }

  func add(to facts: inout [Fact], _ writer: FactWriter, company: CompanyDefaults) {
    func list(_ lines: [String]) -> [[Fact]] { lines.map { [Fact("line", writer.word($0))] } }
    // The name stands above it anyway.
    let sender = stationery.sender.first == company.name ? Array(stationery.sender.dropFirst()) : stationery.sender
    facts.append(Fact("address_lines", list(addressLines)))
    facts.append(Fact("is_long_address", isLong))
    facts.append(Fact("sender_line", writer.word(([company.name] + sender).joined(separator: " · "))))
    facts.append(Fact("sender_lines", list(sender)))
    facts.append(Fact("place", writer.word(stationery.place)))
    facts.append(Fact("footer_lines", list(stationery.footer)))
    facts.append(Fact("form_din", form == .din))
    facts.append(Fact("form_swiss", form == .swiss))
    facts.append(Fact("form_french", form == .french))
    facts.append(Fact("form_british", form == .british))
    facts.append(Fact("form_american", form == .american))
  }
}
