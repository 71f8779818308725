import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

/// A gateway, the owner of tenant 1, and Stripe's stand-in, if there is one.
struct BillingWorld: Sendable {
    let host: RunningHost
    let owner: Member
    /// Of the stand-in; 0 where payments are taken by hand.
    let stripe: Int
    let environment: [String: String]

    static let returnURL = "https://app.example.com/billing"

    /// The owner of a tenant that pays for nothing.
    static func member(_ number: Int) async throws -> Member {
        try await Member.join(try await TestDatabase.current.tenant(number, plan: "free"), number: number, role: .owner)
    }

    /// A world in which payments are taken by hand.
    static func manual(_ rule: String? = nil, _ body: (BillingWorld) async throws -> Void) async throws {
        let owner = try await BillingWorld.member(1)
        let environment = rule.map { ["TENANTRY_BILLING": $0] } ?? [:]
        try await RunningHost.run(.init(environment: environment)) { host in
            try await body(BillingWorld(host: host, owner: owner, stripe: 0, environment: environment))
        }
    }

    /// One in which the stand-in takes them.
    static func stripe(_ body: (BillingWorld) async throws -> Void) async throws {
        let owner = try await BillingWorld.member(1)
        let (server, port) = try await Blocking.run {
            let server = try ChildProgram(
                "/usr/bin/python3", ["\(Environment.package)/Tests/Servers/stripe_server.py"], environment: ["PATH": "/usr/bin:/bin"])
            guard let port = server.line(containing: "listening on ")?.split(separator: " ").last.flatMap({ Int($0) }) else {
                throw AppError(.internalError, server.printed)
            }
            return (server, port)
        }
        let environment = [
            "TENANTRY_OUTBOUND_ALLOW": "127.0.0.1/32", "TENANTRY_OUTBOUND_PORTS": "\(port)", "TENANTRY_STRIPE_URL": "http://127.0.0.1:\(port)",
            "TENANTRY_STRIPE_KEY": "sk_test_standin", "TENANTRY_STRIPE_WEBHOOK_SECRET": "whsec_standin_secret_0,whsec_standin_secret_1",
            "TENANTRY_BILLING_RETURN_URL": returnURL,
        ]
        try await RunningHost.run(.init(environment: environment)) { host in
            try await body(BillingWorld(host: host, owner: owner, stripe: port, environment: environment))
        }
        server.signal(SIGKILL)
    }

    // MARK: the tenant

    func subscription(_ member: Member? = nil) async throws -> JSONValue {
        let answer = try await host.get("/api/v1/users/subscription", token: try host.token(member ?? owner))
        guard answer.status == 200 else { throw AppError(.internalError, "\(answer.status) \(answer.text)") }
        return try answer.json
    }

    func plan(_ member: Member? = nil) async throws -> String? { try await subscription(member)["plan"]?.string }

    func upgrade(_ plan: String, trial: Bool = false, by member: Member? = nil) async throws -> HTTPAnswer {
        try await host.post(
            "/api/v1/users/upgrade", token: try host.token(member ?? owner), json: ["plan": .string(plan), "trial": .bool(trial)])
    }

    func post(_ path: String, by member: Member? = nil) async throws -> HTTPAnswer {
        try await host.request("POST", "/api/v1/users/subscription/\(path)", token: try host.token(member ?? owner))
    }

    // MARK: the rest of the world

    /// Tells the stand-in to do something; what it answered.
    @discardableResult
    func control(_ command: String, body: [UInt8] = []) async throws -> JSONValue {
        try await Blocking.run { [stripe] in
            let socket = try RawSocket(port: stripe)
            try socket.send(RunningHost.head("POST", "/_control/\(command)", length: body.count) + body)
            var reader = AnswerReader(socket)
            guard let answer = try reader.next(), answer.status == 200 else { throw AppError(.internalError, "the stand-in refuses \(command)") }
            return try answer.json
        }
    }

    /// Has the stand-in send its events; the statuses of the answers.
    @discardableResult
    func deliver(_ how: String = "") async throws -> [Int64] {
        try await control("deliver?port=\(host.port)\(how)")["sent"]?.array?.compactMap { $0["status"]?.integer } ?? []
    }

    /// How many events there are: those behind are sent with `&from=`.
    func eventCount() async throws -> Int { try await control("all")["events"]?.array?.count ?? 0 }

    /// The requests that the stand-in got, by method and path.
    func requests(_ method: String, _ path: String) async throws -> [JSONValue] {
        try await control("all")["requests"]?.array?.filter { $0["method"]?.string == method && $0["path"]?.string?.hasPrefix(path) == true } ?? []
    }

    /// Subscribes and pays; the provider's name of the subscription. All events have been heard.
    @discardableResult
    func subscribe(_ plan: String, by member: Member? = nil) async throws -> String {
        let answer = try await upgrade(plan, by: member)
        guard let url = try answer.json["checkout_url"]?.string, let session = url.split(separator: "/").last else {
            throw AppError(.internalError, "no page: \(answer.status) \(answer.text)")
        }
        let from = try await eventCount()
        let made = try await control("pay?session=\(session)")
        let statuses = try await deliver("&from=\(from)")
        guard let id = made["id"]?.string, !statuses.isEmpty, statuses.allSatisfy({ $0 == 200 }), try await self.plan(member) == plan else {
            throw AppError(.internalError, "not subscribed: \(made) \(statuses)")
        }
        return id
    }

    /// The changes of the tenant's plan, the oldest first.
    func changes(_ member: Member? = nil) async throws -> [String] {
        try await TestDatabase.current.query(
            "select old_plan || '>' || new_plan from tenancy.plan_changes where tenant_id = $1 order by changed_at", [.id((member ?? owner).tenant)]
        ).map { try $0.text(0) }
    }

    /// Moves the subscription's times into the past, and lets the host find it.
    func pass(_ changes: String) async throws {
        _ = try await TestDatabase.current.query(
            "update tenancy.subscriptions set \(changes), revision = revision + 1 where tenant_id = $1", [.id(owner.tenant)])
    }
}
