import Daemon
import Decisions
import Delivery
import Testing

@Suite("Alerts")
struct AlertTests {
  private func report(_ change: (inout CycleReport) -> Void = { _ in }) -> CycleReport {
    var report = CycleReport()
    report.hasDecided = true
    change(&report)
    return report
  }

  private let fault = DeliveryResult(verdict: .relayRefused, stage: .connect, detail: "no answer")

  @Test("each fault is one of its own, and hides no other")
  func kinds() {
    let all = report {
      $0.relayFault = fault
      $0.webhookFault = fault
      $0.outboxFault = "no space"
    }
    #expect(Alert.found(in: all).map(\.kind) == [.relay, .webhook, .outbox])
    #expect(Alert.found(in: report { $0.ending = .ledgerRejected("bad") }).map(\.kind) == [.ledger])
    #expect(Alert.found(in: report { $0.ending = .keepsChanging }).isEmpty)
  }

  @Test("a cycle that decided nothing ends none")
  func undecided() {
    for kind in Alert.Kind.allCases {
      #expect(!Alert.isOver(kind, by: report { $0.hasDecided = false }), "\(kind)")
    }
  }

  @Test("a list is over once something goes, or nobody's hours are closed; a refusal of content once something goes")
  func seen() {
    let closed = report { $0.summary.byReason = [.init(reason: .outsideHours, count: 3)] }
    #expect(!Alert.isOver(.approval, by: closed))
    #expect(Alert.isOver(.approval, by: report()))
    #expect(!Alert.isOver(.content, by: report()))
    let sending = report {
      $0.summary.byReason = [.init(reason: .outsideHours, count: 3)]
      $0.summary.contacts = 1
    }
    #expect(Alert.isOver(.approval, by: sending) && Alert.isOver(.content, by: sending))
    #expect(Alert.isOver(.relay, by: report()) && !Alert.isOver(.relay, by: report { $0.relayFault = fault }))
  }
}
