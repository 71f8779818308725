import Addresses
import Kernel
import ServerPrograms

@testable import Outbound

/// The stand-in of all providers, and a client that may reach it by the names of `localhosts`.
struct Provider {
    let server: ServerProgram
    let client: HTTPClient

    /// Every name is this machine unless `addresses` says otherwise.
    init(
        _ addresses: [String: [String]] = [:], certificate: Certificate? = nil, believing: Certificate? = nil, authorities: String? = nil,
        proxy: String? = nil, ports: [Int] = []
    ) throws {
        server = try ServerProgram("provider_server.py", certificate.map { [$0.path, $0.keyPath] } ?? [])
        var rules = OutboundRules()
        rules.allow = ["127.0.0.0/8"]
        rules.ports = [server.port] + ports
        rules.authorities = authorities ?? believing?.pem
        rules.proxy = proxy
        client = try HTTPClient(rules) { (addresses[$0] ?? ["127.0.0.1"]).compactMap { InternetAddress($0) } }
    }

    /// A GET with patience: other tests hold the machine for minutes.
    func request(_ path: String, host: String = "provider.test", scheme: String = "http") throws -> HTTPRequest {
        var request = HTTPRequest("GET", try WebAddress("\(scheme)://\(host):\(server.port)\(path)"))
        request.timeout = .seconds(900)
        return request
    }

    /// The same as a fetch, which waits as long at each of its steps.
    func fetch(_ path: String, host: String = "provider.test", scheme: String = "http") throws -> Fetch {
        var fetch = Fetch(try request(path, host: host, scheme: scheme))
        fetch.patience = .seconds(900)
        fetch.request.pace = AnswerPace(firstByte: .seconds(900), bytes: 1, window: .seconds(900))
        return fetch
    }

    func get(_ path: String, host: String = "provider.test") async throws -> HTTPAnswer { try await client.send(try request(path, host: host)) }

    /// What it was asked so far.
    func requests() async throws -> [JSONValue] {
        guard case .array(let rows)? = try JSON.read(try await get("/_control/requests").body)["requests"] else { return [] }
        return rows
    }

    /// Comes back once it was asked for that path.
    func wasAsked(_ path: String) async throws {
        while !(try await requests()).contains(where: { $0["path"]?.string == path }) { await Task.yield() }
    }

    /// What the next requests get.
    func script(_ name: String, _ fields: String) async throws {
        var order = try request("/_control/\(name)")
        order.method = "POST"
        order.body = Array(fields.utf8)
        _ = try await client.send(order)
    }
}
