import Testing
import Wire

@testable import Host

@Suite("Hosts, origins and what browsers are told") struct OriginTests {
    @Test(
        "hosts",
        arguments: [
            ("api.example.com", true), ("API.example.COM:8443", true), ("api.example.com.", true), ("evil.com", false),
            ("api.example.com.evil.com", false),
            ("a.b.example.org", true), ("example.org", false), (".example.org", false), ("xexample.org", false), ("[::1]:80", true), ("", false),
        ])
    func hosts(host: String, accepted: Bool) {
        let hosts = TrustedHosts(["api.example.com", "*.example.org", "[::1]"])
        #expect(hosts.accept(host) == accepted)
        #expect(!hosts.accept(nil))
        #expect(TrustedHosts([]).accept(host))
    }

    private func value(_ lines: [HeaderField], _ name: String) -> String? { lines.first { $0.name == name }?.value }

    @Test("auth-13: only listed origins are named, never repeated") func cors() {
        let cors = CrossOrigin(["https://app.example.com"])
        let lines = cors.lines("https://app.example.com")
        #expect(value(lines, "access-control-allow-origin") == "https://app.example.com")
        #expect(value(lines, "access-control-allow-credentials") == "true")
        for origin in ["https://evil.com", "https://app.example.com.evil.com", "http://app.example.com", "null", "https://app.example.com:8443", nil]
        {
            #expect(cors.lines(origin).isEmpty)
            #expect(cors.preflight(origin, methods: ["GET"]).isEmpty)
        }
        let preflight = cors.preflight("https://app.example.com", methods: ["GET", "HEAD", "PUT"])
        #expect(value(preflight, "access-control-allow-methods") == "GET, HEAD, PUT")
        #expect(value(preflight, "access-control-max-age") == "600")
    }

    @Test("any origin: without credentials") func anyOrigin() {
        let lines = CrossOrigin(["*"]).lines("https://evil.com")
        #expect(value(lines, "access-control-allow-origin") == "*")
        #expect(value(lines, "access-control-allow-credentials") == nil)
        #expect(CrossOrigin([]).lines("https://evil.com").isEmpty)
    }

    @Test("security headers: whole lines, TLS alone is strict, an answer's own lines are kept") func security() {
        let headers = SecurityHeaders()
        let plain = String(decoding: headers.bytes(beside: [], isSecure: false), as: UTF8.self)
        for line in [
            "x-content-type-options: nosniff\r\n", "referrer-policy: no-referrer\r\n", "cache-control: no-store\r\n", "frame-ancestors 'none'\r\n",
        ] {
            #expect(plain.contains(line))
        }
        #expect(!plain.contains("strict-transport-security") && !plain.contains("vary"))
        #expect(String(decoding: headers.bytes(beside: [], isSecure: true), as: UTF8.self).contains("strict-transport-security: max-age=31536000"))
        let own = [HeaderField(name: "cache-control", value: "max-age=60"), HeaderField(name: "content-type", value: "text/plain")]
        let mixed = String(decoding: headers.bytes(beside: own, isSecure: false), as: UTF8.self)
        #expect(!mixed.contains("cache-control") && mixed.contains("nosniff"))
        #expect(headers.fields(beside: own, isSecure: true).count == headers.secureFields.count - 1)
        #expect(SecurityHeaders(varies: true).fields.contains { $0.name == "vary" && $0.value == "origin" })
    }
}
