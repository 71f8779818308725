import Kernel
import ServerPrograms
import Testing

@testable import Addresses
@testable import Outbound

@Suite struct HTTPSTests {
    /// What `https://HOST/` answers, where every name is this machine.
    private static func get(_ host: String, _ server: ServerProgram, believing certificate: Certificate?) async throws -> HTTPAnswer {
        var rules = OutboundRules()
        rules.allow = ["127.0.0.1/32"]
        rules.ports = [server.port]
        rules.authorities = certificate?.pem
        let client = try HTTPClient(rules) { _ in [InternetAddress("127.0.0.1")!] }
        var request = HTTPRequest("GET", try WebAddress("https://\(host):\(server.port)/"))
        request.timeout = .seconds(900)
        return try await client.send(request)
    }

    private static func isInsecure(_ host: String, _ server: ServerProgram, believing certificate: Certificate?) async throws -> Bool {
        do {
            _ = try await get(host, server, believing: certificate)
            return false
        } catch OutboundError.insecure { return true }
    }

    @Test func `a certificate is believed for its name, from its authority, and for nothing else`() async throws {
        let certificate = try Certificate(names: "DNS:api.test")
        let server = try ServerProgram("tls_server.py", [certificate.path, certificate.keyPath])
        let answer = try await Self.get("api.test", server, believing: certificate)
        #expect(answer.status == 200 && String(decoding: answer.body, as: UTF8.self) == "api.test")
        #expect(try await Self.isInsecure("other.test", server, believing: certificate))
        #expect(try await Self.isInsecure("127.0.0.1", server, believing: certificate))
        #expect(try await Self.isInsecure("api.test", server, believing: nil))
        #expect(try await Self.isInsecure("api.test", server, believing: try Certificate(names: "DNS:api.test")))
    }

    @Test func `TLS before 1.2 is refused`() async throws {
        let certificate = try Certificate(names: "DNS:api.test")
        let files = [certificate.path, certificate.keyPath]
        let old = try ServerProgram("tls_server.py", files + ["TLSv1_1", "TLSv1_1"])
        #expect(try await Self.isInsecure("api.test", old, believing: certificate))
        let modern = try ServerProgram("tls_server.py", files + ["TLSv1_2", "TLSv1_2"])
        #expect(try await Self.get("api.test", modern, believing: certificate).status == 200)
    }
}
