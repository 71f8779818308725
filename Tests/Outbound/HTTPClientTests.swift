import Kernel
import Synchronization
import Testing

@testable import Addresses
@testable import Outbound

@Suite struct HTTPClientTests {
    private static let hello = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-One: 1\r\nContent-Length: 5\r\n\r\nhello"

    /// A client that may reach 127.0.0.1 by these servers' ports, and believes `names`.
    private static func client(_ servers: [CannedServer], _ names: [String: [String]] = [:]) throws -> HTTPClient {
        var rules = OutboundRules()
        rules.allow = ["127.0.0.1/32"]
        rules.ports = servers.map(\.port)
        return try HTTPClient(rules) { names[$0, default: []].compactMap { InternetAddress($0) } }
    }

    /// The time of an answer counts from the call: other tests hold the machine for minutes before a task goes on.
    private static let patience: Duration = .seconds(900)

    /// With patience.
    private static func get(_ address: WebAddress, headers: [(String, String)] = []) -> HTTPRequest {
        var request = HTTPRequest("GET", address, headers: headers)
        request.timeout = patience
        return request
    }

    @Test func `an answer with its head and body`() async throws {
        let server = try CannedServer(Self.hello)
        let client = try Self.client([server])
        var request = HTTPRequest(
            "POST", try WebAddress("http://127.0.0.1:\(server.port)/a?b=c"), headers: [("x-two", "2")], body: Array("body".utf8))
        request.timeout = Self.patience
        let answer = try await client.send(request)
        #expect(answer.status == 200 && answer.header("x-one") == "1" && answer.body == Array("hello".utf8))
        let head = try #require(server.requests.first)
        #expect(head.hasPrefix("POST /a?b=c HTTP/1.1\r\n") && head.contains("x-two: 2\r\n") && head.contains("Content-Length: 4\r\n"))
        #expect(!head.contains("Expect") && !head.contains("Cookie") && !head.contains("Authorization"))
    }

    @Test func `the resolver is asked once, and its answer is connected to; a name that changes is refused the next time`() async throws {
        let server = try CannedServer(Self.hello)
        let asked = Atomic(0)
        var rules = OutboundRules()
        rules.allow = ["127.0.0.1/32"]
        rules.ports = [server.port]
        // The second answer is what an attacker's name server would say once the first was found harmless.
        let client = try HTTPClient(rules) { _ in
            [InternetAddress(asked.add(1, ordering: .relaxed).oldValue == 0 ? "127.0.0.1" : "127.0.0.2")!]
        }
        let answer = try await client.send(Self.get(try WebAddress("http://rebind.test:\(server.port)/")))
        #expect(answer.status == 200 && asked.load(ordering: .relaxed) == 1)
        #expect(server.requests.first?.contains("Host: rebind.test:\(server.port)\r\n") == true)
        // Whatever connection is kept.
        await #expect(throws: OutboundError.refused("an address that this installation does not connect to")) {
            try await client.send(Self.get(try WebAddress("http://rebind.test:\(server.port)/again")))
        }
        #expect(server.requests.count == 1)
    }

    @Test(arguments: [["127.0.0.2"], ["10.0.0.1"], ["8.8.8.8", "127.0.0.2"], ["127.0.0.1", "169.254.169.254"], ["::1"], ["::ffff:127.0.0.2"]])
    func `one forbidden address is enough to refuse a name`(addresses: [String]) async throws {
        let server = try CannedServer(Self.hello)
        let client = try Self.client([server], ["name.test": addresses])
        await #expect(throws: OutboundError.refused("an address that this installation does not connect to")) {
            try await client.send(Self.get(try WebAddress("http://name.test:\(server.port)/")))
        }
        #expect(server.requests.isEmpty)
    }

    @Test func `a name without an address is not reached`() async throws {
        let server = try CannedServer(Self.hello)
        let client = try Self.client([server])
        await #expect(throws: OutboundError.nameUnknown("the host has no address")) {
            try await client.send(Self.get(try WebAddress("http://nobody.test:\(server.port)/")))
        }
    }

    @Test func `redirects are answers, unless they are asked for`() async throws {
        let target = try CannedServer(Self.hello)
        let server = try CannedServer("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:\(target.port)/there\r\nContent-Length: 0\r\n\r\n")
        let client = try Self.client([server, target])
        var request = Self.get(try WebAddress("http://127.0.0.1:\(server.port)/"), headers: [("authorization", "Bearer x")])
        #expect(try await client.send(request).status == 302)
        #expect(target.requests.isEmpty)
        request.redirects = 3
        #expect(try await client.send(request).status == 200)
        #expect(target.requests.count == 1 && target.requests.allSatisfy { !$0.contains("Bearer") })
    }

    @Test(arguments: [
        "http://127.0.0.2:PORT/canary", "http://2130706433:PORT/canary", "//127.0.0.2:PORT/", "file:///etc/passwd", "gopher://127.0.0.1:PORT/_x",
    ])
    func `a redirect to a forbidden place is not followed`(location: String) async throws {
        let canary = try CannedServer(Self.hello, address: "127.0.0.2")
        let location = location.split(separator: "PORT", omittingEmptySubsequences: false).joined(separator: "\(canary.port)")
        let server = try CannedServer("HTTP/1.1 301 Moved\r\nLocation: \(location)\r\nContent-Length: 0\r\n\r\n")
        let client = try Self.client([server, canary])
        var request = Self.get(try WebAddress("http://127.0.0.1:\(server.port)/"))
        request.redirects = 5
        await #expect(throws: OutboundError.self) { try await client.send(request) }
        #expect(canary.requests.isEmpty)
    }

    @Test func `an endless chain of redirects ends`() async throws {
        let server = try CannedServer("HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n")
        let client = try Self.client([server])
        var request = Self.get(try WebAddress("http://127.0.0.1:\(server.port)/"))
        request.redirects = 4
        #expect(try await client.send(request).status == 302)
        #expect(server.requests.count == 5)
    }

    @Test func `from https to http no redirect leads`() throws {
        let request = Self.get(try WebAddress("https://example.com/"))
        #expect(throws: OutboundError.refused("a redirect from https to http")) {
            try HTTPClient.redirected(request, to: "http://example.com/", status: 302)
        }
    }

    @Test func `an answer that is too large is cut off`() async throws {
        let server = try CannedServer("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + String(repeating: "x", count: 200_000))
        let client = try Self.client([server])
        var request = Self.get(try WebAddress("http://127.0.0.1:\(server.port)/"))
        request.limit = 100_000
        await #expect(throws: OutboundError.tooLarge) { try await client.send(request) }
        let heads = try CannedServer("HTTP/1.1 200 OK\r\n" + String(repeating: "x-line: y\r\n", count: 10_000) + "\r\n")
        let other = try Self.client([heads])
        await #expect(throws: OutboundError.tooLarge) { try await other.send(Self.get(try WebAddress("http://127.0.0.1:\(heads.port)/"))) }
    }

    @Test func `compressed bodies are taken as they are`() async throws {
        let server = try CannedServer("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc")
        let answer = try await Self.client([server]).send(Self.get(try WebAddress("http://127.0.0.1:\(server.port)/")))
        #expect(answer.body == Array("abc".utf8))
        #expect(server.requests.allSatisfy { !$0.contains("Accept-Encoding") })
    }

    @Test func `a server that says nothing is left after the deadline`() async throws {
        let server = try CannedServer("", hangs: true)
        let client = try Self.client([server])
        var request = Self.get(try WebAddress("http://127.0.0.1:\(server.port)/"))
        request.timeout = .milliseconds(50)
        await #expect(throws: OutboundError.timedOut) { try await client.send(request) }
    }

    @Test func `what is no HTTP is no answer`() async throws {
        let server = try CannedServer("SSH-2.0-OpenSSH\r\n\r\n")
        let client = try Self.client([server])
        await #expect(throws: OutboundError.self) { try await client.send(Self.get(try WebAddress("http://127.0.0.1:\(server.port)/"))) }
    }

    @Test func `a header cannot bring a second one`() async throws {
        let server = try CannedServer(Self.hello)
        let client = try Self.client([server])
        await #expect(throws: OutboundError.refused("a header with control characters")) {
            try await client.send(Self.get(try WebAddress("http://127.0.0.1:\(server.port)/"), headers: [("x", "1\r\ny: 2")]))
        }
        #expect(server.requests.isEmpty)
    }
}
