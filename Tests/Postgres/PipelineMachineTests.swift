import Kernel
import Testing

@testable import Postgres

@Suite struct PipelineMachineTests {
    private func entry(_ request: Int, short: Bool = true) -> PipelineMachine.Entry {
        PipelineMachine.Entry(request: request, isShort: short, deadline: .after(.seconds(1)))
    }

    private func machine(_ entries: PipelineMachine.Entry...) -> PipelineMachine {
        var machine = PipelineMachine()
        for entry in entries { machine.sent(entry) }
        return machine
    }

    @Test("an empty wire takes anything")
    func empty() {
        #expect(PipelineMachine().accepts(short: true) && PipelineMachine().accepts(short: false))
    }

    @Test("pitfall 50: a second only where both are short, never a third", arguments: [true, false], [true, false])
    func second(head: Bool, next: Bool) {
        var machine = machine(entry(1, short: head))
        #expect(machine.accepts(short: next) == (head && next))
        machine.sent(entry(2))
        #expect(!machine.accepts(short: true))
    }

    @Test("a segment that turns out to prepare something takes nothing behind it")
    func cold() {
        var machine = machine(entry(1))
        machine.markLong(1)
        #expect(!machine.accepts(short: true))
        _ = machine.finished()
        machine.sent(entry(2))
        machine.sent(entry(3))
        machine.markLong(3)
        _ = machine.finished()
        #expect(!machine.accepts(short: true))
    }

    @Test("segments finish in the order in which they were sent")
    func order() {
        var machine = machine(entry(1), entry(2))
        #expect(machine.finished()?.request == 1)
        #expect(machine.finished()?.request == 2)
        #expect(machine.finished() == nil && machine.isIdle)
    }

    @Test("pitfall 36: abandoning the head cancels it; abandoning the second cancels nothing")
    func abandon() {
        var first = machine(entry(1), entry(2))
        #expect(first.abandon(1) == .cancelHead)
        #expect(first.abandon(1) == .leftOnWire)
        #expect(first.abandon(3) == .notHere)
        var second = machine(entry(1), entry(2))
        #expect(second.abandon(2) == .leftOnWire && !second.isCancelling)
    }

    @Test("pitfall 36: an abandoned second is cancelled once it is the head")
    func abandonedSecond() {
        var machine = machine(entry(1), entry(2))
        _ = machine.abandon(2)
        #expect(machine.cancelsNewHead() == false)
        _ = machine.finished()
        #expect(machine.cancelsNewHead() == true)
        #expect(machine.cancelsNewHead() == false)
    }

    @Test("while a cancel is out nothing new is taken, until it has returned and the wire is empty", arguments: [true, false])
    func draining(returnsFirst: Bool) {
        var machine = machine(entry(1))
        _ = machine.abandon(1)
        if returnsFirst {
            #expect(machine.cancelReturned() == .again)
            #expect(!machine.accepts(short: true))
            _ = machine.finished()
        } else {
            _ = machine.finished()
            #expect(!machine.accepts(short: true) && !machine.isIdle)
            #expect(machine.cancelReturned() == .free)
        }
        #expect(machine.accepts(short: false) && machine.isIdle && !machine.isCancelling)
    }

    @Test("pitfall 36: who stands behind a cancelled head is a bystander until the wire is empty")
    func bystander() {
        var machine = machine(entry(1), entry(2))
        #expect(!machine.headIsBystander)
        _ = machine.abandon(1)
        #expect(!machine.headIsBystander)
        _ = machine.finished()
        #expect(machine.headIsBystander)
        #expect(machine.cancelReturned() == .wait)
        #expect(machine.headIsBystander && !machine.accepts(short: true))
        _ = machine.finished()
        #expect(machine.isIdle)
    }

    @Test("a cancel that came too early is sent again, for as long as its statement is there")
    func again() {
        var machine = machine(entry(1))
        _ = machine.abandon(1)
        #expect(machine.cancelAgain() == false)
        #expect(machine.cancelReturned() == .again)
        #expect(machine.cancelAgain() == true)
        #expect(machine.cancelReturned() == .again)
        _ = machine.finished()
        #expect(machine.cancelAgain() == false)
    }
}
