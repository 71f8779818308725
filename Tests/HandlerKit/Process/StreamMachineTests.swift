import Testing
import Wire

@testable import HandlerKit

@Suite struct StreamMachineTests {
    @Test("pieces come in their order, the head's bytes first")
    func order() throws {
        let machine = Held(StreamMachine(body: [1], following: 5))
        #expect(machine({ $0.bodyLength }) == 6)
        #expect(machine({ $0.readAll() }) == nil)
        try machine({ try $0.arrive([2, 3]) })
        try machine({ try $0.arrive([]) })
        #expect(machine({ $0.read() }) == .piece([1], grant: nil))
        #expect(machine({ $0.read() }) == .piece([2, 3], grant: nil))
        #expect(machine({ $0.read() }) == .wait)
        #expect(throws: WireError.self) { try machine({ try $0.bodyEnds() }) }
        try machine({ try $0.arrive([4, 5, 6]) })
        try machine({ try $0.bodyEnds() })
        #expect(machine({ $0.read() }) == .piece([4, 5, 6], grant: nil))
        #expect(machine({ $0.read() }) == .end)
        #expect(throws: WireError.self) { try machine({ try $0.arrive([7]) }) }
    }

    @Test("a short body is read whole, once")
    func whole() {
        let machine = Held(StreamMachine(body: [1, 2], following: 0))
        #expect(machine({ $0.readAll() }) == [1, 2])
        #expect(machine({ $0.read() }) == .end)
    }

    @Test("half a window read is granted again; nothing is granted for the last bytes")
    func grants() throws {
        let half = SendCredit.initialWindow / 2
        let machine = Held(StreamMachine(body: [], following: UInt64(half + 10)))
        try machine({ try $0.arrive([UInt8](repeating: 0, count: half)) })
        #expect(machine({ $0.read() }) == .piece([UInt8](repeating: 0, count: half), grant: UInt32(half)))
        try machine({ try $0.arrive([UInt8](repeating: 0, count: 10)) })
        #expect(machine({ $0.read() }) == .piece([UInt8](repeating: 0, count: 10), grant: nil))
    }

    @Test("no chunk is longer than allowed, nor all of them than the credit")
    func spend() {
        let machine = Held(StreamMachine(body: [], following: 0))
        var sent = 0
        while case let count = machine({ $0.spend(1 << 30) }), count > 0 {
            #expect(count <= Frame.maximumChunk)
            sent += count
        }
        #expect(sent == SendCredit.initialWindow)
        machine({ $0.grant(3) })
        #expect(machine({ $0.spend(10) }) == 3)
    }

    @Test("the last frame leaves once, and nothing is cancelled behind it")
    func finish() {
        let machine = Held(StreamMachine(body: [], following: 0))
        #expect(machine({ $0.cancel(.clientGone) }))
        #expect(!machine({ $0.cancel(.deadline) }))
        #expect(machine({ $0.cancelled }) == .clientGone)
        #expect(machine({ $0.finish() }))
        #expect(!machine({ $0.finish() }))
        let over = Held(StreamMachine(body: [], following: 0))
        _ = over({ $0.finish() })
        #expect(!over({ $0.cancel(.deadline) }))
    }
}
