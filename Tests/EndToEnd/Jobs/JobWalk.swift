import Glibc
import Kernel
import Postgres
import TestSupport

/// Jobs of a server of its own, which a test holds up where it wants to.
struct JobWalk: Sendable {
    let world: TortureWorld

    init(_ world: TortureWorld) { self.world = world }

    private var tenant: TenantID { world.members[0].tenant }

    /// Makes a job of the kind `walk`, has it come to the step, runs the body, and lets go what held it.
    func reach(_ step: EndToEnd.JobDeaths.Step, _ number: Int64, _ host: RunningHost, _ body: () async throws -> Void) async throws {
        switch step {
        case .claimed:
            let token = try host.token(world.members[0])
            try await until("a process is there") { try await host.get("/probe/entries", token: token).status == 200 }
            let processes = try host.processes(of: "probe-handler")
            for pid in processes { kill(pid, SIGSTOP) }
            try await make("walk", number)
            try await until("it is claimed") { try await state(number).hasPrefix("running/") }
            try await body()
            for pid in processes { kill(pid, SIGCONT) }
        case .started:
            try await make("walk", number)
            try await until("it runs") { try await waits() }
            try await body()
        case .inFirst:
            try await gate(number + 1)
            // Somebody else inserts its entry, and takes that back.
            try await world.holding(["insert into probe.entries values ('\(tenant)', \(number + 11), 'other')"]) {
                try await make("walk", number)
                try await until("it waits in its first transaction") { try await blocked() == 1 }
                try await body()
            }
        case .atFence:
            let id = try await make("walk", number)
            try await until("it runs") { try await waits() }
            try await atRow(of: id, gate: number + 1, body)
        case .between:
            try await gate(number + 1)
            try await make("walk", number)
            try await until("its first transaction is there") { try await entries(number) == ["\(number + 11) first"] }
            try await body()
        case .ending:
            try await gate(number + 1)
            let id = try await make("walk", number)
            try await until("its first transaction is there") { try await entries(number) == ["\(number + 11) first"] }
            try await atRow(of: id, gate: number + 2, body)
        case .committing:
            for gate in [number + 1, number + 2] { try await self.gate(gate) }
            try await world.holding(["select pg_advisory_xact_lock(4711)"]) {
                try await make("walk", number)
                try await until("its last transaction commits") { try await blocked() == 1 }
                try await body()
            }
        }
    }

    private func until(_ what: String, _ holds: () async throws -> Bool) async throws {
        try await RunningHost.eventually(what, within: .seconds(60), holds)
    }

    /// Lets a job go on with its row locked, and runs the body when it waits for that.
    private func atRow(of id: UUID, gate: Int64, _ body: () async throws -> Void) async throws {
        try await world.holding(["select from tenancy.jobs where id = '\(id)' for update"]) {
            try await self.gate(gate)
            try await until("it waits for its row") { try await blocked() == 1 }
            try await body()
        }
    }

    /// A job of the first tenant.
    @discardableResult
    func make(_ kind: String, _ number: Int64) async throws -> UUID {
        let id = id(number)
        try await world.execute(
            """
            insert into tenancy.jobs (tenant_id, id, handler, kind, status, due_at, max_attempts)
                values ('\(tenant)', '\(id)', 'probe', '\(kind)', 'paused', clock_timestamp(), 50);
            insert into tenancy.job_data (tenant_id, job_id, handler, arguments)
                values ('\(tenant)', '\(id)', 'tenantry_h_probe', '{"number": \(number)}');
            update tenancy.jobs set status = 'waiting' where id = '\(id)'
            """)
        return id
    }

    /// An entry that a job waits for.
    func gate(_ number: Int64) async throws {
        try await world.execute("insert into probe.entries values ('\(tenant)', \(number), 'gate') on conflict do nothing")
    }

    /// What a job has done.
    func entries(_ number: Int64) async throws -> [String] {
        try await world.query(
            "select number || ' ' || text from probe.entries where number between $1 and $1 + 99 and text <> 'gate' order by number", [.int64(number)]
        ).map { try $0.text(0) }
    }

    /// `status/attempt`.
    func state(_ number: Int64) async throws -> String {
        try await world.query("select status || '/' || attempt from tenancy.jobs where id = $1", [.uuid(id(number))])[0].text(0)
    }

    func settled(_ number: Int64) async throws -> String {
        try await RunningHost.eventually("the job \(number) has ended", within: .seconds(60)) {
            let state = try await state(number)
            return ["completed", "cancelled", "dead"].contains { state.hasPrefix($0) }
        }
        return try await state(number)
    }

    /// How many statements of the handler, or of the host, wait for a lock.
    func blocked(_ role: String = "h_probe") async throws -> Int64 {
        try await world.query(
            "select count(*) from pg_stat_activity where usename = $1 and wait_event_type = 'Lock'", [.text("tenantry_\(role)")])[0].int64(0)
    }

    /// Whether a job waits for its entry.
    func waits() async throws -> Bool {
        try await world.query("select from pg_stat_activity where usename = 'tenantry_h_probe' and query like 'select pg_catalog.pg_sleep%'").count
            > 0
    }

    private func id(_ number: Int64) -> UUID { UUID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0000 | UInt64(number)) }
}

extension TortureWorld {
    /// Runs a body while a transaction of the superuser stands open behind these statements; it is taken back then, and may be lost before.
    func holding(_ statements: [String], _ body: () async throws -> Void) async throws {
        let (held, hold) = AsyncStream<Void>.makeStream()
        let (released, release) = AsyncStream<Void>.makeStream()
        struct TakenBack: Error {}
        async let holder: Void = TestServer.withClient(cluster.configuration()) { client in
            try await client.withConnection(deadline: .after(.seconds(120))) { connection in
                defer { hold.finish() }
                try await connection.transaction {
                    for statement in statements { _ = try await connection.query(statement) }
                    hold.finish()
                    for await _ in released {}
                    throw TakenBack()
                }
            }
        }
        for await _ in held {}
        do {
            try await body()
            release.finish()
        } catch {
            release.finish()
            _ = try? await holder
            throw error
        }
        _ = try? await holder
    }
}
