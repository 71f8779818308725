import Kernel
import ServerPrograms
import Synchronization
import Testing

@testable import Addresses
@testable import Outbound

@Suite struct TransferTests {
    @Test func `a connection is kept and used again for the same address, not for the name alone`() async throws {
        let asked = Atomic(0)
        let server = try ServerProgram("provider_server.py")
        var rules = OutboundRules()
        rules.allow = ["127.0.0.0/8"]
        rules.ports = [server.port]
        // From the third time on the name leads elsewhere, where nobody listens.
        let client = try HTTPClient(rules) { _ in [InternetAddress(asked.add(1, ordering: .relaxed).oldValue < 2 ? "127.0.0.1" : "127.0.0.9")!] }
        var request = HTTPRequest("GET", try WebAddress("http://moving.test:\(server.port)/echo"))
        request.timeout = .seconds(900)
        _ = try await client.send(request)
        _ = try await client.send(request)
        await #expect(throws: OutboundError.self) { try await client.send(request) }
        let control = try HTTPClient(rules) { _ in [InternetAddress("127.0.0.1")!] }
        request.url = try WebAddress("http://provider.test:\(server.port)/_control/requests")
        guard case .array(let rows)? = try JSON.read(try await control.send(request).body)["requests"] else { throw OutboundError.timedOut }
        #expect(rows.count == 2 && Set(rows.compactMap { $0["client"]?.integer }).count == 1)
    }

    @Test func `many transfers run side by side on one thread`() async throws {
        let provider = try Provider()
        let bodies = try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<60 { group.addTask { try await provider.get("/json/items?page=\(index)", host: "host\(index % 6).test").status } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(bodies.count == 60 && bodies.allSatisfy { $0 == 200 })
    }

    @Test func `a host that says nothing holds up no other`() async throws {
        let provider = try Provider()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { _ = try? await provider.get("/fault/silent", host: "dead.test") } }
            for index in 0..<20 {
                let status = try await provider.get("/echo", host: "alive\(index).test").status
                #expect(status == 200)
            }
            group.cancelAll()
        }
    }

    @Test func `a transfer ends with its task`() async throws {
        let provider = try Provider()
        await withTaskGroup(of: OutboundError?.self) { group in
            group.addTask {
                do { _ = try await provider.get("/fault/stalled") } catch { return error as? OutboundError }
                return nil
            }
            try? await provider.wasAsked("/fault/stalled")
            group.cancelAll()
            #expect(await group.next() == OutboundError.cancelled)
        }
    }

    @Test func `the next address is tried where nobody answers at the first`() async throws {
        let provider = try Provider(["two.test": ["127.0.0.9", "127.0.0.1"]])
        #expect(try await provider.get("/echo", host: "two.test").status == 200)
        #expect(try await provider.client.stream(try provider.request("/echo", host: "two.test")) { answer, _ in answer.status } == 200)
        let nowhere = try Provider(["gone.test": ["127.0.0.9", "127.0.0.8"]])
        do {
            _ = try await nowhere.get("/echo", host: "gone.test")
            Issue.record("somebody answered")
        } catch OutboundError.unreachable {}
    }

    @Test func `a packed body is unpacked where that is wanted, and its limit is on what comes out`() async throws {
        let provider = try Provider()
        var request = try provider.request("/fault/gzip")
        request.isUnpacking = true
        let answer = try await provider.client.send(request)
        #expect(String(decoding: answer.body, as: UTF8.self) == #"{"ok": true}"# && answer.header("content-encoding") == nil)
        request.url = try provider.request("/fault/bomb").url
        await #expect(throws: OutboundError.tooLarge) { try await provider.client.send(request) }
        request.url = try provider.request("/fault/bad_gzip").url
        do {
            _ = try await provider.client.send(request)
            Issue.record("what is no gzip was unpacked")
        } catch OutboundError.malformed {}
    }

    @Test(arguments: [("cut", "connection lost"), ("reset", "connection lost"), ("long_head", "too large"), ("endless", "too large")])
    func `an answer that breaks off or never ends is none`(fault: String, said: String) async throws {
        let provider = try Provider()
        do {
            _ = try await provider.get("/fault/\(fault)")
            Issue.record("an answer")
        } catch let error as OutboundError { #expect(error.description.contains(said), "\(error)") }
    }

    @Test func `an answer that comes too slowly is given up`() async throws {
        let provider = try Provider()
        var request = try provider.request("/fault/slow")
        request.pace = AnswerPace(firstByte: .seconds(900), bytes: 1024, window: .milliseconds(400))
        await #expect(throws: OutboundError.tooSlow) { try await provider.client.send(request) }
        request = try provider.request("/fault/silent")
        request.pace = AnswerPace(firstByte: .milliseconds(300))
        await #expect(throws: OutboundError.timedOut) { try await provider.client.send(request) }
    }

    @Test func `a body is handed over while it comes`() async throws {
        let provider = try Provider()
        var request = try provider.request("/fault/endless")
        request.limit = 16 << 20
        let (status, bytes) = try await provider.client.stream(request) { answer, body in
            var bytes = 0
            while bytes < 4 << 20, let part = try await body.next() { bytes += part.count }
            return (answer.status, bytes)
        }
        #expect(status == 200 && bytes >= 4 << 20)
        await #expect(throws: OutboundError.tooLarge) {
            try await provider.client.stream(request) { _, body in for try await _ in body {} }
        }
        request = try provider.request("/csv/sales.csv")
        let text = try await provider.client.stream(request) { _, body in
            var bytes: [UInt8] = []
            for try await part in body { bytes += part }
            return String(decoding: bytes, as: UTF8.self)
        }
        #expect(text.hasPrefix("day,store,amount\n") && text.hasSuffix("11\n"))
    }

    @Test func `a body that breaks off throws where it is read`() async throws {
        let provider = try Provider()
        let request = try provider.request("/fault/cut")
        do {
            try await provider.client.stream(request) { answer, body in
                #expect(answer.status == 200)
                #expect(try await body.next() == Array(#"{"rows": ["#.utf8))
                _ = try await body.next()
                Issue.record("the body went on")
            }
        } catch OutboundError.connectionLost {}
    }

    @Test func `redirects are followed before a body is handed over`() async throws {
        let provider = try Provider()
        var request = try provider.request("/spreadsheets/d/x/export?format=csv&gid=0")
        request.redirects = 3
        let (text, path) = try await provider.client.stream(request) { answer, body in
            var bytes: [UInt8] = []
            for try await part in body { bytes += part }
            return (String(decoding: bytes, as: UTF8.self), answer.url.target)
        }
        #expect(text.hasPrefix("Day,Amount") && path == "/sheets/file")
    }

    @Test func `a proxy is asked for tunnels to checked addresses, and looks no name up`() async throws {
        let proxy = try ServerProgram("proxy_server.py")
        let provider = try Provider(proxy: "http://127.0.0.1:\(proxy.port)")
        let answer = try await provider.get("/echo", host: "behind.test")
        let echo = try JSON.read(answer.body)
        #expect(echo["headers"]?["host"]?.string == "behind.test:\(provider.server.port)")
        #expect(answer.header("via") == nil)
        #expect(try proxy.next()["line"]?.string == "CONNECT 127.0.0.1:\(provider.server.port) HTTP/1.1")
        let forbidden = try Provider(["inside.test": ["10.0.0.1"]], proxy: "http://127.0.0.1:\(proxy.port)")
        await #expect(throws: OutboundError.refused("an address that this installation does not connect to")) {
            try await forbidden.get("/echo", host: "inside.test")
        }
    }

    @Test func `through a proxy, too, it is the host's own certificate that counts`() async throws {
        let certificate = try Certificate(names: "DNS:api.test")
        let proxy = try ServerProgram("proxy_server.py")
        let provider = try Provider(certificate: certificate, believing: certificate, proxy: "http://127.0.0.1:\(proxy.port)")
        #expect(try await provider.client.send(try provider.request("/echo", host: "api.test", scheme: "https")).status == 200)
        do {
            _ = try await provider.client.send(try provider.request("/echo", host: "other.test", scheme: "https"))
            Issue.record("a certificate of another name was believed")
        } catch OutboundError.insecure {}
    }

    @Test func `a proxy over TLS is believed by its own certificate, and the host behind it by its own`() async throws {
        let (host, own) = (try Certificate(names: "DNS:api.test"), try Certificate(names: "IP:127.0.0.1"))
        let proxy = try ServerProgram("proxy_server.py", [own.path, own.keyPath])
        let address = "https://127.0.0.1:\(proxy.port)"
        func status(_ name: String, believing authorities: String) async throws -> Int {
            let provider = try Provider(certificate: host, authorities: authorities, proxy: address)
            return try await provider.client.send(try provider.request("/echo", host: name, scheme: "https")).status
        }
        #expect(try await status("api.test", believing: host.pem + own.pem) == 200)
        #expect(try proxy.next()["line"]?.string?.hasPrefix("CONNECT 127.0.0.1:") == true)
        for (name, authorities) in [("api.test", host.pem), ("api.test", own.pem), ("other.test", host.pem + own.pem)] {
            do {
                _ = try await status(name, believing: authorities)
                Issue.record("\(name) was believed")
            } catch OutboundError.insecure {}
        }
    }

    @Test func `HTTP2 is spoken where the host knows it, one connection for one request behind the other`() async throws {
        let certificate = try Certificate(names: "DNS:api.test")
        let server = try ServerProgram("http2_server.py", [certificate.path, certificate.keyPath])
        var rules = OutboundRules()
        rules.allow = ["127.0.0.1/32"]
        rules.ports = [server.port]
        rules.authorities = certificate.pem
        let client = try HTTPClient(rules) { _ in [InternetAddress("127.0.0.1")!] }
        var request = HTTPRequest("GET", try WebAddress("https://api.test:\(server.port)/a?b=c"))
        request.timeout = .seconds(900)
        for stream in [1, 3] {
            let answer = try await client.send(request)
            #expect(answer.status == 200 && answer.header("content-type") == "text/plain")
            #expect(String(decoding: answer.body.prefix(26), as: UTF8.self) == "connection 1 stream \(stream)    \n" && answer.body.count == 50_000)
        }
        // What is taken bit by bit has a connection for itself, and speaks HTTP/1.1 there, which this host does not.
        await #expect(throws: OutboundError.self) { try await client.stream(request) { answer, _ in answer.status } }
    }

    @Test(arguments: ["http://proxy.test:3128/x", "http://user@proxy.test:3128", "socks5://proxy.test:1080", "proxy.test", ""])
    func `a proxy is a host and a port`(text: String) {
        var rules = OutboundRules()
        rules.proxy = text
        #expect(throws: AppError.self) { try HTTPClient(rules) }
    }
}
