import Glibc
import Kernel
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Refused sign-ins", .testDatabase) struct RefusedSignIns {
        private static let tries = 5

        @Test("pitfall 48, asvs-10: an unknown address gets the same answer as a wrong password, and costs the same work") func alike() async throws {
            let database = try TestDatabase.current
            _ = try await database.tenant(1)
            try await Self.makeUser(database)
            try await RunningHost.run { host in
                // The first sign-in starts the process, which makes its decoy.
                _ = try await Self.refused(host, "nobody@example.test")
                let pid = try #require(try ChildProgram.descendants(of: host.program.pid).first { ChildProgram.name(of: $0) == "auth-handler" })
                var work: [String: Int] = [:]
                var answers: Set<String> = []
                for email in ["ann@example.test", "nobody@example.test"] {
                    let before = try ChildProgram.ticks(of: pid)
                    for _ in 0..<Self.tries { answers.insert(try await Self.refused(host, email)) }
                    work[email] = try ChildProgram.ticks(of: pid) - before
                }
                #expect(answers.count == 1, "\(answers)")
                let known = try #require(work["ann@example.test"])
                let unknown = try #require(work["nobody@example.test"])
                // Processor time, not the clock's: it is the same on a busy machine. Ticks of 10 ms, each try takes several.
                #expect(known >= Self.tries && unknown * 10 >= known * 6 && known * 10 >= unknown * 6, "ticks: known \(known), unknown \(unknown)")
            }
        }

        @Test("pitfall 48: a tenant that nobody has and one of others get the same answer") func tenants() async throws {
            let database = try TestDatabase.current
            _ = try await database.tenant(1)
            _ = try await database.tenant(2)
            try await Self.makeUser(database)
            try await RunningHost.run { host in
                var answers: Set<String> = []
                for tenant in ["tenant-2", "tenant-3", "0190c5a4-7d3b-7c2e-9f00-2b6c1d4e5f60"] {
                    let answer = try await host.post(
                        "/auth/login", json: ["email": "ann@example.test", "password": "a long password", "tenant": .string(tenant)])
                    #expect(answer.status == 404)
                    answers.insert(try Self.withoutID(answer))
                }
                #expect(answers.count == 1, "\(answers)")
            }
        }

        private static func makeUser(_ database: TestDatabase) async throws {
            let created = try await Blocking.run {
                try ChildProgram(
                    "tenantry",
                    [
                        "user", "create", "--email", "ann@example.test", "--name", "Ann", "--tenant", "tenant-1", "--role", "analyst",
                        "--password-stdin",
                    ],
                    environment: try RunningHost.environment(database), input: "a long password\n"
                ).finish()
            }
            #expect(created.status == 0, "\(created.printed)")
        }

        /// The answer to a sign-in with a wrong password, without what is new in each.
        private static func refused(_ host: RunningHost, _ email: String) async throws -> String {
            let answer = try await host.post("/auth/login", json: ["email": .string(email), "password": "another password"])
            #expect(answer.status == 401, "\(answer.text)")
            return try withoutID(answer)
        }

        private static func withoutID(_ answer: HTTPAnswer) throws -> String {
            let id = try #require(answer["x-request-id"])
            let headers = answer.headers.filter { !["date", "server-timing", "x-process-time", "x-request-id"].contains($0.name.lowercased()) }
            return "\(answer.status) \(headers) \(answer.text.replacing(id, with: "id"))"
        }
    }
}

extension ChildProgram {
    /// All processes below a process.
    static func descendants(of pid: pid_t) throws -> [pid_t] {
        let children = (try? children(of: pid)) ?? []
        return try children + children.flatMap { try descendants(of: $0) }
    }

    /// The program's name, of which the kernel keeps 15 letters.
    static func name(of pid: pid_t) -> String? {
        (try? File.read("/proc/\(pid)/comm")).map { String(decoding: $0.dropLast(), as: UTF8.self) }
    }

    /// The processor time that a process has used, in hundredths of a second.
    static func ticks(of pid: pid_t) throws -> Int {
        let stat = String(decoding: try File.read("/proc/\(pid)/stat"), as: UTF8.self)
        guard let fields = stat.split(separator: ")").last?.split(separator: " "), fields.count > 12, let user = Int(fields[11]),
            let system = Int(fields[12])
        else { throw AppError(.internalError, "no times: \(stat)") }
        return user + system
    }
}
