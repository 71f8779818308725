import Testing
import Wire

@testable import Host

@Suite("Relaying a feed") struct RelayTests {
    private func page(_ ids: ClosedRange<Int>, hasMore: Bool = false) -> FeedPage {
        FeedPage(events: ids.map { .init(id: "\($0)", data: []) }, hasMore: hasMore)
    }

    @Test("listeners at one place share one read") func shared() {
        var relay = Relay()
        relay.add(1, from: nil)
        relay.add(2, from: nil)
        #expect(relay.places(all: true) == [nil])
        let delivery = relay.read(nil, page(1...3))
        #expect(delivery?.listeners == [1, 2])
        #expect(delivery?.events.map(\.id) == ["1", "2", "3"])
        #expect(relay.places(all: true) == ["3"])
        #expect(!relay.isEager)
    }

    @Test("who resumes catches up and joins the others") func resume() {
        var relay = Relay()
        relay.add(1, from: "9")
        _ = relay.read("9", page(10...10))
        relay.add(2, from: "5")
        #expect(relay.isEager)
        #expect(relay.places(all: false) == ["5"])
        #expect(relay.read("5", page(6...8, hasMore: true))?.listeners == [2])
        #expect(relay.places(all: false) == ["8"])
        #expect(relay.read("8", page(9...10))?.listeners == [2])
        #expect(relay.places(all: true) == ["10"])
        #expect(relay.read("10", page(11...11))?.listeners == [1, 2])
    }

    @Test("an empty page moves nobody, and nothing is read twice before the interval") func empty() {
        var relay = Relay()
        relay.add(1, from: "3")
        #expect(relay.read("3", FeedPage(events: [], hasMore: false)) == nil)
        #expect(relay.places(all: false) == [])
        #expect(relay.places(all: true) == ["3"])
    }

    @Test("who left gets nothing") func left() {
        var relay = Relay()
        relay.add(1, from: nil)
        relay.remove(1)
        #expect(relay.isEmpty)
        #expect(relay.read(nil, page(1...1)) == nil)
    }

    @Test("events are lines of server-sent events, whatever an id holds") func lines() {
        let bytes = EventStream.bytes([.init(id: "a\nid: b", data: Array("{\"x\":1}".utf8))])
        #expect(String(decoding: bytes, as: UTF8.self) == "id: aid: b\ndata: {\"x\":1}\n\n")
    }
}
