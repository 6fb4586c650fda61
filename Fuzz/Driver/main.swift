import FuzzTargets
import Glibc

// libFuzzer's own loop around one target: DUNNINGD_FUZZ_TARGET names it, every argument is libFuzzer's.
// Built by scripts/fuzz alone.

@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ one: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

let named = getenv("DUNNINGD_FUZZ_TARGET").flatMap { FuzzTarget(rawValue: String(cString: $0)) }
guard let named else {
  let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
  fatalError("DUNNINGD_FUZZ_TARGET names none of \(names)")
}
let target: FuzzTarget = named

var count = CommandLine.argc
var arguments = CommandLine.unsafeArgv
exit(
  runDriver(&count, &arguments) { bytes, length in
    do {
      try target.run(Array(UnsafeBufferPointer(start: bytes, count: length)))
    } catch {
      fatalError("\(error)")
    }
    return 0
  })
