import Kernel
import Testing

@testable import Addresses
@testable import Outbound

@Suite struct AddressGuardTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let id: Int
        let cls: String
        let url: String
        let expect: String
        let when: String
        var testDescription: String { "\(id) \(url)" }
    }

    static let cases: [Case] = {
        guard let value = try? JSON.read(PackageResources.ssrf_cases_json), let cases = try? JSON.decode([Case].self, from: value) else { return [] }
        return cases
    }()

    @Test func `the cases are there`() {
        #expect(Self.cases.count == 97)
        #expect(Self.cases.filter { $0.when == "save" }.count > 80)
    }

    @Test("what may not be saved", arguments: cases.filter { $0.when == "save" && $0.expect == "block" })
    func saving(row: Case) {
        #expect(throws: AppError.self) { try OutboundRules().check(try WebAddress(row.url)) }
        #expect(throws: AppError.self) { try OutboundRules().check(try WebAddress(normalizing: row.url)) }
    }

    @Test(
        "what only its addresses tell may be saved", arguments: cases.filter { $0.when == "fetch" && ($0.cls != "response" || $0.expect == "allow") })
    func fetching(row: Case) throws {
        try OutboundRules().check(try WebAddress(row.url))
        #expect(try WebAddress(normalizing: row.url).text == row.url)
    }

    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.255.255.255", "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9",
        "224.0.0.1",
        "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:0:127.0.0.1",
        "64:ff9b::10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1",
        "fc00::1",
        "fd12:3456::1", "168.63.129.16", "2a01::5efe:10.0.0.1", "2a01::200:5efe:7f00:1", "fe80::1", "fec0::1", "ff02::1", "4000::1",
    ])
    func `addresses outside the public internet are refused`(text: String) throws {
        #expect(!AddressGuard().allows(try #require(InternetAddress(text))))
    }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1", "192.0.1.1", "192.167.1.1", "198.17.0.1", "198.20.0.1",
        "223.255.255.255",
        "2606:4700::1111", "2a00:1450:4001::200e", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2a01::5efe:8.8.8.8", "2001:4860:4860::8888",
    ])
    func `addresses of the public internet are let through`(text: String) throws {
        #expect(AddressGuard().allows(try #require(InternetAddress(text))))
    }

    @Test func `an administrator opens ranges, and nothing beside them`() throws {
        let rules = AddressGuard(allowed: [try #require(AddressRange("10.1.0.0/16")), try #require(AddressRange("fd00:1::/32"))])
        for text in ["10.1.2.3", "fd00:1::7", "8.8.8.8"] { #expect(rules.allows(try #require(InternetAddress(text)))) }
        for text in ["10.2.0.1", "127.0.0.1", "fd00:2::7"] { #expect(!rules.allows(try #require(InternetAddress(text)))) }
    }

    @Test(arguments: [
        ("https://Example.COM", "https://example.com/"), ("http://example.com:80/a?b=c", "http://example.com/a?b=c"),
        ("https://example.com:8443/", "https://example.com:8443/"), ("https://[2606:4700::1111]/x", "https://[2606:4700::1111]/x"),
        ("HTTPS://a.b?x", "https://a.b/?x"),
    ])
    func `a URL has one form`(text: String, form: String) throws {
        #expect(try WebAddress(text).text == form)
    }

    @Test func `other ports are refused unless they were opened`() throws {
        var rules = OutboundRules()
        let url = try WebAddress("https://example.com:9443/")
        #expect(throws: AppError.self) { try rules.check(url) }
        rules.ports.append(9443)
        try rules.check(url)
    }
}
