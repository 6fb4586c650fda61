import Testing
@testable import Receivables
