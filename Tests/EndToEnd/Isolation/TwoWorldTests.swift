import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// As a tenant, in two databases that differ only in another tenant's rows: every answer must be the same, byte for byte.
    ///
    /// The routes come from `tenantry handler list --json`, so that new ones join by themselves. What an answer makes anew (ids, the time) is
    /// replaced by its place of first appearance, since it differs between any two runs.
    @Suite("Two worlds") struct TwoWorlds {
        struct Handler: Decodable {
            var routes: [ListedRoute]
        }

        /// Routes that never end by themselves, or end their process.
        private static let unsuitable: Set = [
            "/probe/trap", "/probe/write/trap", "/probe/mark", "/probe/burn", "/probe/write/slow", "/probe/loop", "/probe/block", "/probe/allocate",
            "/probe/hold",
            "/probe/counter/live",
        ]

        private static let ours = UUID(high: 0x0190_0000_0000_7002, low: 0x8000_0000_0000_0001)
        private static let theirs = UUID(high: 0x0190_0000_0000_7002, low: 0x8000_0000_0000_0064)
        /// Ours, one that is the neighbour's in one of the worlds, one that is nobody's, and no id at all.
        private static let ids = ["\(ours)", "\(theirs)", "\(UUID.zero)", "not-an-id"]

        @Test("no answer tells one from the other") func alike() async throws {
            let plain = try await world(crowded: false)
            let crowded = try await world(crowded: true)
            #expect(plain.count == crowded.count)
            #expect(plain.count > 60)
            for (first, second) in zip(plain, crowded) where first != second {
                Issue.record("the worlds differ:\n\(first)\n\(second)")
            }
        }

        private func world(crowded: Bool) async throws -> [String] {
            try await TestDatabase.withFresh { database in
                let member = try await Member.make(1)
                try await seed(database, tenant: 1, businesses: [1, 2], points: 40)
                _ = try await Member.make(2)
                try await seed(database, tenant: 2, businesses: crowded ? [100, 101, 102] : [], points: crowded ? 500 : 0)
                return try await RunningHost.run { host in
                    var seen = Normalizer()
                    var answers: [String] = []
                    let token = try host.token(member)
                    for request in try await routes(database).filter({ !Self.unsuitable.contains($0.path) }).flatMap({ $0.requests(Self.ids) }) {
                        let answer = try await host.request(
                            request.method, request.path, token: token, headers: [("x-request-id", "two-worlds"), ("content-type", request.type)],
                            body: request.body)
                        let headers = answer.headers.filter { !["date", "server-timing", "x-process-time"].contains($0.name) }
                        answers.append(
                            seen.normalize(
                                "\(request.method) \(request.path) \(String(decoding: request.body ?? [], as: UTF8.self)) → \(answer.status) "
                                    + "\(headers.map { "\($0.name): \($0.value)" }) \(answer.text)"))
                    }
                    #expect(answers.count { $0.contains(" → 20") } > 25)
                    return answers
                }
            }
        }

        private func routes(_ database: TestDatabase) async throws -> [ListedRoute] {
            let listed = try await Blocking.run {
                let program = try ChildProgram("tenantry", ["handler", "list", "--json"], environment: try RunningHost.environment(database))
                let (status, printed) = program.finish()
                guard status == 0 else { throw AppError(.internalError, printed) }
                return printed
            }
            // What removes comes last, so that there is something to read before.
            let order = ["GET", "POST", "PUT", "PATCH", "DELETE"]
            return try JSON.decode([Handler].self, from: try JSON.read(Array(listed.utf8))).flatMap(\.routes)
                .sorted { (order.firstIndex(of: $0.method) ?? 0, $0.path) < (order.firstIndex(of: $1.method) ?? 0, $1.path) }
        }

        private func seed(_ database: TestDatabase, tenant: Int, businesses: [Int], points: Int) async throws {
            let tenant = TenantID(UUID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0000 | UInt64(tenant)))
            for number in businesses {
                let business = UUID(high: 0x0190_0000_0000_7002, low: 0x8000_0000_0000_0000 | UInt64(number))
                let source = UUID(high: 0x0190_0000_0000_7003, low: 0x8000_0000_0000_0000 | UInt64(number))
                _ = try await database.query(
                    "insert into app.businesses (tenant_id, id, name, created_at, updated_at) values ($1, $2, $3, '2024-01-01Z', '2024-01-01Z')",
                    [.id(tenant), .uuid(business), .text("Business \(number)")])
                _ = try await database.query(
                    """
                    insert into app.kpi_sources (tenant_id, id, business_id, name, type, config, created_at)
                    values ($1, $2, $3, 'sales', 'upload', '{}', '2024-01-01Z')
                    """, [.id(tenant), .uuid(source), .uuid(business)])
                _ = try await database.query(
                    """
                    insert into app.kpi_data (tenant_id, source_id, "timestamp", value)
                    select $1, $2, '2024-01-01Z'::timestamptz + n * interval '1 day', n from generate_series(0, $3::int8 - 1) n
                    """, [.id(tenant), .uuid(source), .int64(Int64(points))])
                _ = try await database.query(
                    "insert into probe.entries (tenant_id, number, text) values ($1, $2, 'kept')", [.id(tenant), .int64(Int64(number))])
            }
        }
    }
}

/// Replaces ids and times that a run made anew by the order in which they first appeared.
struct Normalizer {
    private var ids: [UUID: Int] = [:]
    private let start = TimeSource.system.now() - .seconds(3600)

    mutating func normalize(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var position = 0
        while position < bytes.count {
            if let id = UUID(String(decoding: bytes[position..<min(position + 36, bytes.count)], as: UTF8.self)), isNew(id) {
                let number = ids[id] ?? ids.count
                ids[id] = number
                result += "<id \(number)>".utf8
                position += 36
            } else if bytes[position] == UInt8(ascii: "\""), let end = bytes[(position + 1)...].firstIndex(of: UInt8(ascii: "\"")),
                end - position < 40,
                let time = Timestamp(String(decoding: bytes[(position + 1)..<end], as: UTF8.self)), time > start
            {
                result += "\"<now>\"".utf8
                position = end + 1
            } else {
                result.append(bytes[position])
                position += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The ids of the seeded rows stay as they are, whoever's they are.
    private func isNew(_ id: UUID) -> Bool { id != .zero && id.high >> 16 != 0x0190_0000_0000 }
}
