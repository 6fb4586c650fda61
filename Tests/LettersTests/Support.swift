import Foundation
import Testing

/// Python's e-mail package as a second, independent reader of what is written here.
enum PythonMail {
  static let isThere: Bool = {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", "import email"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  struct Part: Decodable, Equatable {
    var type: String
    var filename: String?
    var text: String?
    var hex: String?
  }

  struct Message: Decodable {
    var headers: [[String]]
    var from: [[String]]
    var to: [[String]]
    var cc: [[String]]
    var date: String
    var parts: [Part]
    var defects: [String]

    func values(_ name: String) -> [String] { headers.filter { $0[0] == name }.map { $0[1] } }
  }

  private static let script = """
    import sys, json, base64, email, email.policy
    from email.header import decode_header, make_header
    from email.utils import getaddresses
    out = []
    def walk(part, parts, defects):
        defects += [type(d).__name__ for d in part.defects]
        if part.is_multipart():
            for p in part.iter_parts(): walk(p, parts, defects)
            return
        data = part.get_payload(decode=True)
        is_text = part.get_content_maintype() == 'text' and part.get_filename() is None
        parts.append({'type': part.get_content_type(), 'filename': part.get_filename(),
                      'text': part.get_content().replace('\\r\\n', '\\n') if is_text else None, 'hex': None if is_text else data.hex()})
    for line in open(sys.argv[1]):
        m = email.message_from_bytes(base64.b64decode(line), policy=email.policy.default)
        parts, defects = [], []
        walk(m, parts, defects)
        for name, value in m.items(): defects += [name + ': ' + type(d).__name__ for d in value.defects]
        # The older reader for names: the newer one puts blanks between the encoded words of a name.
        old = email.message_from_bytes(base64.b64decode(line))
        def boxes(name):
            return [[str(make_header(decode_header(n))), a] for n, a in getaddresses(old.get_all(name, []))]
        out.append({'headers': [[k, str(v)] for k, v in m.items()], 'from': boxes('from'), 'to': boxes('to'),
                    'cc': boxes('cc'), 'date': m['date'].datetime.isoformat(), 'parts': parts, 'defects': defects})
    json.dump(out, open(sys.argv[2], 'w'))
    """

  /// Reads messages, all in one run of Python.
  static func read(_ messages: [[UInt8]]) throws -> [Message] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "letters-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let input = folder.appending(path: "in")
    let output = folder.appending(path: "out")
    try Data(messages.map { Data($0).base64EncodedString() + "\n" }.joined().utf8).write(to: input)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script, input.path, output.path]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "python3 ended with \(process.terminationStatus)")
    return try JSONDecoder().decode([Message].self, from: Data(contentsOf: output))
  }
}

/// The same "random" numbers every time (SplitMix64), so that a failure can be run again.
struct SeededNumbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }
}
