import Kernel
import Testing

@testable import Host

@Suite("Following the bytes of HTTP/1.1") struct MessageScannerTests {
    private func scan(_ text: String, _ scanner: inout MessageScanner) -> MessageScanner.Verdict {
        Array(text.utf8).withUnsafeBytes { scanner.scan($0) }
    }

    private func scan(_ text: String) -> MessageScanner.Verdict {
        var scanner = MessageScanner(limits: EdgeLimits())
        return scan(text, &scanner)
    }

    @Test("whole messages pass, part of a head waits") func passing() {
        let whole = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nhi\r\n0\r\nT: 1\r\n\r\n"
        #expect(scan(whole).passed == whole.utf8.count)
        #expect(scan(whole + whole).passed == 2 * whole.utf8.count)
        #expect(scan(whole + "GET / HT").passed == whole.utf8.count)
        #expect(scan(whole + "GET / HT").failure == nil)
    }

    @Test("what stands in front of a fault passes") func faults() {
        let whole = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        let verdict = scan(whole + "GET / HTTP/1.1\nHost: a\r\n\r\n")
        #expect(verdict.passed == whole.utf8.count)
        #expect(verdict.failure?.code == .badRequest)
    }

    @Test("it makes no difference where the bytes are cut") func cuts() {
        let text =
            "\r\nPUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcPOST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
        for cut in 0...text.utf8.count {
            var scanner = MessageScanner(limits: EdgeLimits())
            let first = String(text.prefix(cut))
            let passed = scan(first, &scanner).passed
            let rest = String(text.utf8.dropFirst(passed)) ?? ""
            let verdict = scan(rest, &scanner)
            #expect(verdict.failure == nil, "cut at \(cut): \(String(describing: verdict.failure))")
            #expect(passed + verdict.passed == text.utf8.count, "cut at \(cut)")
            #expect(scanner.isBetweenMessages)
        }
    }

    @Test("a later minor version and padding around a length are repaired in place") func repairs() {
        let verdict = scan("PUT / HTTP/1.3\r\nHost: a\r\nContent-Length:\t3 \r\n\r\nabc")
        #expect(verdict.failure == nil)
        #expect(verdict.repairs.count == 2)
        #expect(verdict.repairs.first?.offset == 13)
        #expect(verdict.repairs.last?.bytes == Array("  3".utf8))
        #expect(verdict.repairs.last?.offset == 40)
    }

    @Test("chunk lines may be as long as the chunks allow, not longer") func overhead() throws {
        var overhead = ChunkOverhead()
        for _ in 0..<100_000 { try overhead.add(line: 1, chunk: 1, limit: 16_384) }
        #expect(throws: AppError.self) { for _ in 0..<100 { try overhead.add(line: 1000, chunk: 1, limit: 16_384) } }
    }

    @Test("hosts", arguments: ["a", "a.b-c_d", "127.0.0.1:80", "[::1]", "[::ffff:1.2.3.4]:65535", "a:"]) func hosts(text: String) {
        #expect(HostField.isSound(Array(text.utf8)))
    }

    @Test("no hosts", arguments: ["", "a b", "a/b", "a,b", "u@a", "a:x", "a:65536", "a:123456", "[", "[]", "[g]", "[::1]:x", ":80", "é"])
    func noHosts(text: String) {
        #expect(!HostField.isSound(Array(text.utf8)))
    }

    @Test("connections of one address are counted up to the limit") func addresses() {
        let counter = AddressCounter(limit: 2)
        let address = ClientAddress(v4: 0x7F00_0001)
        #expect(counter.enter(address))
        #expect(counter.enter(address))
        #expect(!counter.enter(address))
        #expect(counter.enter(ClientAddress(v4: 1)))
        counter.leave(address)
        #expect(counter.enter(address))
        for _ in 0..<10 { #expect(counter.enter(.none)) }
    }
}
