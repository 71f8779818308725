import Kernel
import Postgres
import Testing

@testable import HandlerKit

@Suite struct PreambleTests {
    private func texts(_ call: Call) -> [String] {
        call.binds.map { if case .text(let text) = $0 { text } else { "" } }
    }

    @Test("pitfall 37: what is left of the deadline limits the statement, never to zero, which would mean no limit")
    func remaining() {
        #expect(texts(Preamble.call(context: "c", writes: false, customPlan: false, remaining: .milliseconds(1500))) == ["c", "1500", "auto"])
        #expect(texts(Preamble.call(context: "c", writes: false, customPlan: true, remaining: .zero)) == ["c", "1", "force_custom_plan"])
        #expect(Preamble.milliseconds(.microseconds(999)) == "1")
        #expect(Preamble.milliseconds(.seconds(1 << 40)) == "2147483647")
    }

    @Test("pitfall 51: a write waits for a lock only so long, and no longer than its deadline")
    func locks() {
        let long = Preamble.call(context: "c", writes: true, customPlan: false, remaining: .seconds(60))
        #expect(texts(long) == ["c", "60000", "5000", "auto"])
        let short = Preamble.call(context: "c", writes: true, customPlan: false, remaining: .seconds(2))
        #expect(texts(short) == ["c", "2000", "2000", "auto"])
        #expect(texts(Preamble.openCall(context: "c", writes: false, remaining: .seconds(60))) == ["c", "60000", "5000", "on", "auto"])
    }

    @Test("each batch of an open transaction says how it is planned, so that a plan for one statement does not hold for the foreign keys of the next")
    func plans() {
        #expect(texts(Preamble.openCall(context: "c", writes: true, customPlan: true, remaining: .seconds(1))).last == "force_custom_plan")
        #expect(texts(Preamble.openCall(context: "c", writes: true, remaining: .seconds(1))).last == "auto")
    }

    @Test("only the statements of a read route's preamble make the transaction read-only")
    func readOnly() {
        #expect(Preamble.read.text.contains("'transaction_read_only', 'on'"))
        #expect(!Preamble.write.text.contains("transaction_read_only"))
    }
}
