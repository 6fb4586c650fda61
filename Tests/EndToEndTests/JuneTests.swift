import Foundation
import Testing

extension EndToEnd {
  /// A public file of 2,466 real invoices, and a count made by another program.
  @Suite("June 2013 on real invoices") struct June {
    static var data: URL? {
      let url = Places.sharedData?.appendingPathComponent("ibm-ar/WA_Fn-UseC_-Accounts-Receivable.csv")
      return url.flatMap { FileManager.default.fileExists(atPath: $0.path) ? $0 : nil }
    }

    @Test(
      "a cycle for each day of June agrees with an independent count, invoice by invoice",
      .enabled(if: data != nil, "the public data set is not here"), arguments: ["free", "capped"])
    func june(policy: String) async throws {
      let file = try #require(Self.data)
      try await scenario { office in
        let model = try await office.tool(
          "/usr/bin/env",
          ["python3", Places.support.appendingPathComponent("ibm_model.py").path, file.path, policy, "2013-06-15"])
        try #require(model.status == 0, "\(model)")
        let sink = try await office.sink()
        var setup = Setup(sink: sink)
        setup.company = setup.company.replacingOccurrences(of: "\"EUR\"", with: "\"USD\"")
        setup.ledger = """
          date_format = "M/d/yyyy"

          [ledger.files]
          invoices = "WA_Fn-UseC_-Accounts-Receivable.csv"

          [ledger.columns.invoices]
          number = "invoiceNumber"
          customer = "customerID"
          issued = "InvoiceDate"
          due = "DueDate"
          amount = "InvoiceAmount"
          disputed = "Disputed"
          settled = "SettledDate"
          """
        setup.mail = "connections = 4\nmax_per_minute = 60000"
        setup.contact =
          policy == "free"
          ? "max_per_cycle = 1000\nmin_gap = 0\nat_most = { contacts = 100, per = \"1d\" }" : "max_per_cycle = 1000"
        setup.schedules = """
          [[schedule]]
          name = "standard"
          steps = [
            { name = "upcoming", day = -7, level = 0, template = "upcoming" },
            { name = "first",  day = 5,  level = 1, template = "first" },
            { name = "second", day = 15, level = 2, template = "second" },
            { name = "third",  day = 30, level = 3, template = "final" },
          ]
          """
        try office.configure(setup)
        let text = try String(contentsOf: file, encoding: .utf8)
        try office.write(text, to: "ledger/WA_Fn-UseC_-Accounts-Receivable.csv")
        let rows = text.split(whereSeparator: \.isNewline).dropFirst().map { $0.split(separator: ",") }
        let customers = Set(rows.map { String($0[1]) }).sorted()
        try office.write(
          "id,name,email\n" + customers.map { "\($0),Customer \($0),ap@\($0.lowercased()).test\n" }.joined(),
          to: "ledger/customers.csv")
        #expect(customers.count == 100)

        var taken = 0
        for expected in model.lines {
          let day = try #require(expected["day"].text)
          if expected["reasons"].isPresent {
            var reasons: [String: JSON] = [:]
            for customer in customers {
              let explained = try await office.run(
                "explain", customer, "--as-of", "\(day)T08:30", "--format", "json")
              #expect(explained.status == 0, "\(explained)")
              for line in explained.lines { reasons[line["invoice"].text ?? "?"] = line["reason"] }
            }
            guard case .object(let wanted) = expected["reasons"] else { continue }
            for (invoice, reason) in wanted.sorted(by: { $0.key < $1.key }) where reason != .string("settled") {
              #expect(reasons[invoice] == reason, "\(policy) \(day) \(invoice)")
            }
          }
          let run = try await office.expect(0, "run", "--once", "--as-of", "\(day)T09:00", "--format", "json")
          let summary = run.lines.first ?? .missing
          #expect(summary["contacts"] == expected["contacts"], "\(policy) \(day): \(run)")
          #expect(summary["by_reason"] == expected["by_reason"], "\(policy) \(day)")
          let sent = office.records("contact.intended").filter { $0["time"].text?.hasPrefix(day) == true }.map {
            record in
            let lines = record["invoices"].list.map { "\($0["number"].text ?? "?")=\($0["step"].text ?? "?")" }
            return "\(record["customer"].text ?? "?") \(lines.sorted().joined(separator: " "))"
          }
          #expect(sent.sorted() == expected["sent"].texts, "\(policy) \(day)")
          taken += expected["contacts"].int ?? 0
        }
        #expect(sink.messages.count == taken && taken > 40, "\(taken)")
        try await office.expect(0, "journal", "verify")
      }
    }
  }
}
