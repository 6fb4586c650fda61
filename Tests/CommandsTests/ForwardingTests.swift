import Glibc
import Testing

@testable import Commands

@Suite("What goes to the daemon")
struct ForwardingTests {
  @Test("our configuration stays here, and what stands behind -- is left as it is")
  func configuration() {
    let words = Forwarding.words(["note", "--config", "a.toml", "--by", "ann", "--config=b.toml", "K-1"])
    #expect(words == ["note", "--by", "ann", "K-1"])
    let names = Forwarding.words(["note", "--by", "ann", "--", "--config", "--config=x"])
    #expect(names == ["note", "--by", "ann", "--", "--config", "--config=x"])
  }

  @Test("root speaks for the person behind sudo, -- or not", .enabled(if: getuid() == 0, "needs root"))
  func author() {
    let user = AuthorOption.user
    #expect(Forwarding.words(["note", "K-1"]) == ["note", "K-1", "--by", user])
    #expect(Forwarding.words(["note", "--", "K-1"]) == ["note", "--by", user, "--", "K-1"])
    // A customer of that name is no option.
    #expect(Forwarding.words(["note", "--", "--by"]) == ["note", "--by", user, "--", "--by"])
  }

  @Test("a word with a zero in it is no request: a process would see only what stands before")
  func zero() {
    #expect(ControlLine.words(of: ControlLine.request(["hold", "K-1"])) == ["hold", "K-1"])
    #expect(ControlLine.words(of: ControlLine.request(["hold", "K-1", "--by\u{0}", "boss"])) == nil)
  }
}
