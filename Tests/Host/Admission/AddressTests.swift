import Kernel
import Testing

@testable import Host

@Suite("Where a call comes from") struct AddressTests {
    private func address(_ text: String) throws -> ClientAddress { try #require(ClientAddress(text)) }

    @Test("which addresses are this machine's own") func loopback() throws {
        for own in ["127.0.0.1", "127.255.0.9", "::1"] { #expect(try #require(ClientAddress(own)).isLoopback) }
        for other in ["128.0.0.1", "126.0.0.1", "::2", "::", "2001:db8::1"] { #expect(try !#require(ClientAddress(other)).isLoopback) }
    }

    @Test("addresses are read and written") func text() throws {
        for text in ["192.0.2.7", "255.255.255.255", "2001:db8::7", "::1"] { #expect(try address(text).description == text) }
        #expect(try address("::ffff:192.0.2.7") == address("192.0.2.7"))
        for text in ["", "1.2.3", "1.2.3.4.5", "host", "1.2.3.4:80", "[::1]", "fe80::1%eth0", "1.2.3.4\0"] { #expect(ClientAddress(text) == nil) }
    }

    @Test("one subscriber of IPv6 is one client") func network() throws {
        #expect(try address("2001:db8:1:2:3::4").network == address("2001:db8:1:2:ffff::1").network)
        #expect(try address("2001:db8:1:2::1").network != address("2001:db8:1:3::1").network)
        #expect(try address("192.0.2.7").network != address("192.0.2.8").network)
    }

    @Test(
        "ranges",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.6", false),
            ("0.0.0.0/0", "203.0.113.1", true), ("0.0.0.0/0", "2001:db8::1", false), ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("2001:db8::/32", "2001:db9::1", false), ("::/0", "2001:db8::1", true), ("2001:db8::/65", "2001:db8::8000:0:0:0", false),
        ])
    func ranges(range: String, text: String, holds: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(address(text)) == holds)
    }

    @Test("what is no range is refused", arguments: ["", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "x/8", "::/129", "1.2.3.4/-1"])
    func noRange(text: String) { #expect(AddressRange(text) == nil) }

    private func proxies(_ ranges: String...) -> TrustedProxies { TrustedProxies(ranges: ranges.compactMap { AddressRange($0) }) }

    private func client(_ peer: String, _ proxies: TrustedProxies, for list: String? = nil, forwarded: String? = nil, proto: String? = nil) throws
        -> String
    {
        var lines = ForwardingLines()
        lines.addresses = list
        lines.forwarded = forwarded
        lines.proto = proto
        return try proxies.client(of: address(peer), lines).address.description
    }

    @Test("asvs-36: without a trusted proxy nobody's word is taken") func spoofed() throws {
        #expect(try client("203.0.113.9", proxies(), for: "1.1.1.1") == "203.0.113.9")
        #expect(try client("203.0.113.9", proxies("10.0.0.0/8"), for: "1.1.1.1", forwarded: "for=1.1.1.1") == "203.0.113.9")
    }

    @Test("lists are read from the right, up to the first who is not trusted") func walk() throws {
        let trusted = proxies("10.0.0.0/8")
        #expect(try client("10.0.0.1", trusted, for: "198.51.100.4") == "198.51.100.4")
        #expect(try client("10.0.0.1", trusted, for: "1.1.1.1, 198.51.100.4, 10.9.9.9") == "198.51.100.4")
        #expect(try client("10.0.0.1", trusted, for: "10.1.1.1,10.2.2.2") == "10.1.1.1")
        #expect(try client("10.0.0.1", trusted, for: "198.51.100.4, nonsense") == "10.0.0.1")
        #expect(try client("10.0.0.1", trusted, for: "nonsense, 10.2.2.2") == "10.2.2.2")
        #expect(try client("10.0.0.1", trusted, for: "") == "10.0.0.1")
        #expect(try client("10.0.0.1", trusted, for: "198.51.100.4:4711") == "198.51.100.4")
    }

    @Test("the standard's line is read too, quotes and all") func standard() throws {
        let trusted = proxies("10.0.0.0/8")
        #expect(try client("10.0.0.1", trusted, forwarded: "for=198.51.100.4;proto=https;by=10.0.0.1") == "198.51.100.4")
        #expect(try client("10.0.0.1", trusted, forwarded: "For=\"[2001:db8::7]:4711\"") == "2001:db8::7")
        #expect(try client("10.0.0.1", trusted, forwarded: "for=1.1.1.1, for=198.51.100.4;host=\"a,b\", for=10.3.3.3") == "198.51.100.4")
        #expect(try client("10.0.0.1", trusted, forwarded: "for=_hidden") == "10.0.0.1")
        let lines = ForwardingLines(forwarded: "for=198.51.100.4;proto=HTTPS;host=Api.Example.com")
        let found = try trusted.client(of: address("10.0.0.1"), lines)
        #expect(found.isSecure == true)
        #expect(found.host == "api.example.com")
    }

    @Test("two lists that differ: one of them came from the client, neither is believed") func twoLists() throws {
        let trusted = proxies("10.0.0.0/8")
        #expect(try client("10.0.0.1", trusted, for: "198.51.100.4", forwarded: "for=1.1.1.1") == "10.0.0.1")
        #expect(try client("10.0.0.1", trusted, for: "198.51.100.4", forwarded: "for=198.51.100.4") == "198.51.100.4")
    }

    @Test("several lines of one name are one list") func joined() {
        var lines = ForwardingLines()
        ForwardingLines.join(&lines.addresses, "1.1.1.1")
        ForwardingLines.join(&lines.addresses, "2.2.2.2")
        #expect(lines.addresses == "1.1.1.1,2.2.2.2")
    }
}
