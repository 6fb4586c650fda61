/// How servers and programs say why: phrases in lower case, of the common ones, in English and in what German, French
/// and Japanese ones add of their own.
enum Wordings {
  /// Lower case, one blank between words, without addresses and links: these may hold any word.
  static func normalised(_ text: String) -> String {
    text.lowercased().split { $0.isWhitespace }.prefix(1500)
      .map { word in
        guard word.utf8.contains(UInt8(ascii: "@")) || word.contains("://") else { return word }
        // A code may be glued to an address: `550-<a@b.test>`.
        return word.prefix(3).allSatisfy(\.isNumber) ? word.prefix(3) : "…"
      }.joined(separator: " ")
  }

  /// Nil when nothing speaks of a cause that passes, or that is not the address's.
  static func soft(_ words: String) -> Diagnosis.Reason? {
    for (reason, phrases) in softOnes where phrases.contains(where: { words.contains(bytesOf: $0) }) { return reason }
    return nil
  }

  static func hard(_ words: String) -> Diagnosis.Reason? {
    for (reason, phrases) in hardOnes where phrases.contains(where: { words.contains(bytesOf: $0) }) { return reason }
    return nil
  }

  /// Whether the words can only mean the mailbox, whenever they were said.
  static func isBeyondDoubt(_ words: String) -> Bool {
    [
      "this user doesn't have a ", "resolver.adr.recipnotfound", "resolver.adr.exrecipnotfound",
      "the email account that you tried to reach does not exist",
    ].contains { words.contains(bytesOf: $0) }
  }

  /// Whether a program that spoke to no other server can know it by itself: from its own list of users.
  static func isOwnFinding(_ words: String) -> Bool {
    [
      "not listed in", "name & address book", "name is not recognized", "unrouteable address", "unroutable address",
      "no mailbox here by that name", "unknown local", "no such local user", "unknown user:", "unknown or illegal",
      "does not exist at the organization", "recipnotfound", "not our customer", "adresse nicht gefunden",
      "not in directory", "address couldn't be found", "user name not found", "not found in directory",
    ].contains { words.contains(bytesOf: $0) }
  }

  /// Whether words that come with a code for a bad address speak of one at all. Some servers send that code with a link
  /// and nothing else for what a person set up against us.
  static func speaksOfAddress(_ words: String) -> Bool {
    [
      "user", "mailbox", "recipient", "account", "address", "domain", "unknown", "not found", "no such", "destination",
      "host",
      "invalid",
    ].contains { words.contains(bytesOf: $0) }
  }

  /// Whether it is about the recipient's domain though a code stands before it and nobody says when it was said: a
  /// server may mean the sender's.
  static func isNameServersWord(_ words: String) -> Bool {
    ["host unknown", "nxdomain", "host or domain name not found", "dns domain"].contains { words.contains(bytesOf: $0) }
  }

  private static let hardOnes: [(Diagnosis.Reason, [String])] = [
    (
      .domainUnknown,
      [
        "host unknown", "unknown host", "host not found", "domain name not found", "domain not found",
        "domain does not exist", "domain doesnt exist", "domain doesn't exist", "no such domain", "unknown domain",
        "domain unknown", "nxdomain", "name or service not known", "no mx record found", "no mx found", "null mx",
        "nullmx", "couldn't find any host named", "unrouteable mail domain", "unroutable mail domain",
        "point to non-existent hosts", "non-existent domain", "nonexistent domain", "non-existent host",
        "illegal host/domain name found", "host or domain name not found", "domain couldn't be found",
        "domain is unknown", "does not exist in dns", "all host address lookups failed",
        "dns domain",
      ]
    ),
    (
      .moved,
      [
        "mailbox has moved", "user has moved", "has moved, no forwarding", "no longer at this address",
        "address has changed", "has been replaced by",
      ]
    ),
    (
      .mailboxUnknown,
      [
        "user unknown", "unknown user", "user is unknown", "recipient unknown", "unknown recipient", "unknown mailbox",
        "mailbox unknown", "unknown account", "unknown address", "unknown local", "unknown or illegal", "unknown alias",
        "address unknown", "account unknown", "is unknown", "no such user", "no such mailbox", "no such recipient",
        "no such person", "no such account", "no such address", "no such local user", "no such email", "no such id",
        "user not found", "recipient not found", "mailbox not found", "account not found", "address not found",
        "user could not be found", "recipnotfound", "address couldn't be found", "does not exist", "doesn't exist",
        "doesn't have a", "do not exist", "not exist", "no longer exists", "non-existent", "nonexistent",
        "invalid recipient", "invalid mailbox", "invalid user", "invalid address", "bad destination mailbox",
        "bad recipient", "not a valid mailbox", "not a valid recipient", "not a valid user", "not a known user",
        "is not a known", "mailbox name not allowed", "no mailbox here by that name", "no mailbox found",
        "not our customer", "no account by that name", "no user by that name", "unrouteable address",
        "unroutable address", "undeliverable address", "recipient name is not recognized", "is not recognized",
        "not listed in domino directory", "not listed in public name", "name & address book", "not listed in directory",
        "not in directory", "not found in directory", "inactive email address", "there is no one at this address",
        "adresse destinataire invalide", "utilisateur inconnu", "destinataire inconnu", "boite inexistante",
        "empfänger unbekannt", "unbekannter empfänger", "benutzer unbekannt", "unbekannter benutzer",
        "existiert nicht", "adresse nicht gefunden", "kein solcher benutzer", "is not a user here", "no such name",
        "user name not found", "email address could not be found", "mailbox does not",
      ]
    ),
  ]

  private static let softOnes: [(Diagnosis.Reason, [String])] = [
    (
      .mailboxFull,
      [
        "mailbox full", "mailbox is full", "quota", "inbox is full", "mailfolder is full", "mail box is full",
        "mailbox size limit", "exceeded storage", "insufficient storage", "not enough storage", "out of storage",
        "storage limit", "account is full", "mailbox exceeds", "mailbox has exceeded", "not enough space", "no space",
        "postfach voll", "postfach ist voll", "speicherplatz", "boite pleine", "boîte pleine", "is over the limit",
        "maildir over", "insufficient system storage", "full mailbox", "mailbox would exceed",
      ]
    ),
    (
      .tooLarge,
      [
        "too large", "too big", "too long", "size limit", "message size", "maximum size", "exceeds the maximum",
        "exceeds size", "exceed maximum", "maximum message", "message length", "max message", "exceeds limit",
        "oversize", "larger than",
      ]
    ),
    (
      .authentication,
      ["spf", "dkim", "dmarc", "authenticat", "sender policy", "unauthenticated", "arc-seal"]
    ),
    (
      .blocked,
      [
        "spam", "junk", "bulk mail", "unsolicited", "phish", "virus", "malware", "infected", "suspicious", "blacklist",
        "black list", "black-list", "blocklist", "block list", "blocked", "blocking", "block ", "denylist", "rbl",
        "dnsbl", "spamhaus", "spamcop", "barracuda", "sorbs", "uceprotect", "reputation", "is listed", "are listed",
        "was listed", "been listed", "currently listed", "listed at", "listed on", "complaint", "banned", "greylist",
        "graylist", "grey-list", "abuse", "bad ip",
        "poor ", "dynamic ip", "residential", "worm", "whitelist", "quarantin", "score", "ofr_", "url ", "urls ",
      ]
    ),
    (
      .relaying,
      [
        "relaying denied", "relay access denied", "unable to relay", "not relay", "relay not", "relaying not",
        "relay denied", "open relay", "relay is not", "no relay", "relay prohibited", "relaying mail", "relaying is",
        "allowed rcpthosts", "don't relay", "must not relay", "cannot relay", "can't relay", "relaying prohibited",
        "local domain",
      ]
    ),
    (
      .rate,
      [
        "too many", "too much", "rate limit", "ratelimit", "rate-limit", "throttl", "speed", "deferred",
        "connection limit",
        "concurrent", "hourly", "per hour", "this hour", "per day", "exceeded the", "has exceeded", "frequen",
        "too fast",
        "excessive", "limit reached", "over the allowed", "receiving mail at a rate", "sending limit", "daily limit",
        "rate exceed",
      ]
    ),
    (
      .suppressed, ["suppress", "previously bounced", "recent history of bouncing", "bounced address", "bounced too"]
    ),
    (
      .disabled,
      [
        "disabled", "suspend", "discontinued", "deactivated", "account is locked", "account locked",
        "temporarily limited", "dormant", "has been closed", "was closed", "not active", "no longer active",
        "inactive user",
        "inactive account", "account inactive", "account is inactive", "mailbox is inactive",
        "mailbox is not accepting",
        "no longer accept", "not accepting", "user does not accept", "user doesn't accept", "accept mail from",
        "accept messages from", "accept email from", "account expired", "out of service",
        "unavailable for", "locked", "frozen", "on vacation", "no longer available", "terminated", "account closed",
      ]
    ),
    (
      .sender,
      [
        "sender address", "sender verif", "verification failed", "verify failed", "be verified", "callout", "callback",
        "sender domain", "sender rejected", "sender denied", "sender unknown",
        "unknown sender", "invalid sender", "sender is", "sender not", "senders", "mailfrom", "mail from",
        "envelope sender", "envelope from", "envelope-from", "from address", "from domain", "from: ", "your address",
        "return path", "return-path", "reverse dns", "reverse lookup", "reverse-", "rdns", " ptr", "ptr record", "helo",
        "ehlo", "sending domain", "sending mta", "sending server", "sending host", "client host", "client ip",
        "your ip",
        "ip address", "ip addr", "your server", "your host", "your domain", "your isp", "your mail server", "originat",
        "domain of sender", "your mta", "sender's", "the sender", "not your", "bad sender", "mismatches client",
        "invalid ip", "hostname", "no valid return", "of your ",
      ]
    ),
    (
      .policy,
      [
        "policy", "policies", "access denied", "not allowed to", "not permitted", "not authorized", "not authorised",
        "unauthorized", "unauthorised", "permission", "permitted", "prohibit", "forbidden", "restrict",
        "administrative", "administratively", "denied", "closed to", "security", "encrypt", "only accept",
        "members only",
        "subscribers only", "moderat", "not subscribed", "private", "preference", "refused due", "rejected due",
        "protected", "firewall", "unacceptable", "violat",
        "may not send", "not able to send", "challenge", "refused by", "refuse le", "non autoris",
      ]
    ),
    (
      .content,
      [
        "header", "mime-", "mime ", "attachment", "content", "rfc 5322", "rfc5322", "rfc 2822", "rfc2822", "rfc 822",
        "compliant",
        "invalid message", "syntax", "malformed", "bare lf", "line length", "charset", "8bit", "smtputf8", "utf8",
        "filter", "550 : user unknown", "message refused", "message rejected", "message was rejected", "mail rejected",
        "mail rejete",
        "incorrectly constructed",
      ]
    ),
    (
      .expired,
      [
        "message expired", "envelope expired", "expired", "queue too long", "retry timeout", "retry time",
        "not delivered within", "queued for", "undelivered after", "delivery time", "could not be delivered for",
        "been on the queue", "delayed",
      ]
    ),
    (
      .network,
      [
        "timed out", "timeout", "time out", "connection refused", "connection reset", "lost connection", "no route to",
        "network is", "network unreachable", "connection dropped", "connection closed", "unreachable", "not responding",
        "not reachable", "could not connect", "cannot connect", "can't connect", "unable to connect", "connect to",
        "to connect", "failed to connect", "connection failed", "establish an smtp connection", "tls", "ssl ",
        "certificate", "temporar", "transient", "hop count", "many hops", "loop", "server failure", "servfail",
        "try again",
        "later", "plus tard", "später", "socket error", "no answer from", "soft error", "lookup failed",
        "deferral",
      ]
    ),
    (
      .system,
      [
        "system error", "disk full", "file too", "procmail", "cannot open", "can't open", "can't create", "i/o error",
        "internal error", "internal server", "configuration", "misconfig", "resources", "resource", "protocol error",
        "mailer error", "command output", "backend", "database", "ldap", "operating system", "software error",
        "not implemented", "unrecognized", "bad sequence", "local error", "overload", "busy", "maintenance",
        "pipe to", "child status", "not available", "lmtp transmission failure", "unexpected", "aliasing", "exceed",
      ]
    ),
  ]
}
