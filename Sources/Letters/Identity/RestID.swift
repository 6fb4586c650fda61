import Crypto
import Decisions
import Units

/// The name of a promise or a plan, as a person types it: `promise-4k2m9q0r`, `plan-7t1v3x5z`.
package enum RestID {
  /// Eight characters of Crockford's base32 after the kind, out of SHA-256 over the journal's instance, what it is about
  /// and when it was recorded.
  package static func of(_ rest: Rest, instance: String, at now: Instant) -> String {
    var text = "dunningd rest 1\n\(instance)\n\(rest.kind.rawValue)\n\(rest.scope.customer)\n\(now)\n"
    for item in rest.items { text += "\(item.key.customer)\n\(item.key.number)\n\(item.key.item)\n" }
    let digest = Array(SHA256.hash(data: Array(text.utf8)).prefix(5))
    return "\(rest.kind.rawValue)-\(ContactID.crockford(digest))"
  }
}
