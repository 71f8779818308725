import Glibc
import Kernel
import Postgres
import Tenants
import TestSupport
import Testing

/// A gateway with the hostile handler, a sibling to attack, and a member on whose behalf the attacks run.
struct HostileWorld: Sendable {
    let host: RunningHost
    let token: String
    let member: Member
    /// The sibling's program.
    let sibling: Int32

    /// Runs a body in such a world.
    static func run(
        _ sandbox: String, isolation: String = "shared", egress: Bool = false, _ body: @escaping @Sendable (HostileWorld) async throws -> Void
    ) async throws {
        let member = try await Member.make()
        let folder = try hostileFolder(
            in: try TestDatabase.current,
            more: (isolation == "shared" ? "" : "isolation: \(isolation)\n") + (egress ? "egress: [example.test]\n" : ""))
        try await RunningHost.run(.init(handlers: [folder], environment: ["TENANTRY_SANDBOX": sandbox])) { host in
            let token = try host.token(member)
            guard try await host.get("/probe/caller", token: token).status == 200 else { throw AppError(.internalError, "the sibling does not run") }
            let running = try ChildProgram.descendants(of: host.program.pid)
            guard let sibling = running.first(where: { ChildProgram.program(of: $0).hasSuffix("/probe-handler") }) else {
                throw AppError(.internalError, "no process of the sibling among \(running.map { ChildProgram.program(of: $0) })")
            }
            try await body(HostileWorld(host: host, token: token, member: member, sibling: sibling))
        }
    }

    /// A folder with the hostile handler, whose manifest has more lines, and the sibling.
    private static func hostileFolder(in database: TestDatabase, more: String) throws -> String {
        let folder = "\(database.home)/\(database.name)-hostile"
        try File.makeFolder("\(folder)/hostile")
        let text = try File.read("\(Environment.package)/Tests/HostileHandler/handler.yaml")
        try File.write(text + Array(more.utf8), to: "\(folder)/hostile/handler.yaml")
        symlink("\(Environment.package)/Tests/ProbeHandler", "\(folder)/probe")
        return folder
    }

    /// The folder of the hostile handler itself, the one that it may read.
    var folder: String {
        get throws {
            let database = try TestDatabase.current
            return "\(database.home)/\(database.name)-hostile/hostile"
        }
    }

    /// What came of one attempt.
    func attempt(_ name: String, path: String = "", number: Int = 0) async throws -> String {
        var query = "?number=\(number)"
        if !path.isEmpty { query += "&path=\(Self.encoded(path))" }
        return try await outcome("/hostile/try/\(name)\(query)", token)
    }

    /// Expects that an attempt ended with one of these errors.
    func expect(_ name: String, path: String = "", number: Int = 0, in errors: [String]) async throws {
        let outcome = try await attempt(name, path: path, number: number)
        #expect(errors.contains(outcome), "\(name) \(path) \(number): \(outcome)")
    }

    /// What came of signing in as a role and counting the businesses.
    func signIn(_ role: String, password: String?, context: String? = nil) async throws -> String {
        let database = try TestDatabase.current
        var query = "?host=\(Self.encoded(database.superuser.host))&port=\(database.superuser.port)&database=\(database.name)&role=\(role)"
        query += "&table=app.businesses"
        if let password { query += "&password=\(Self.encoded(password))" }
        if let context { query += "&context=\(context)" }
        return try await outcome("/hostile/sign-in\(query)", token)
    }

    /// The contexts that an invocation of a member finds in its process's memory.
    func contexts(_ token: String) async throws -> [String] {
        let answer = try await host.get("/hostile/contexts", token: token)
        guard answer.status == 200, let found = try answer.json["contexts"]?.array else { throw AppError(.internalError, answer.text) }
        return found.compactMap(\.string)
    }

    private func outcome(_ path: String, _ token: String) async throws -> String {
        let answer = try await host.get(path, token: token)
        guard answer.status == 200, let outcome = try answer.json["outcome"]?.string else {
            throw AppError(.internalError, "\(path): \(answer.status) \(answer.text)")
        }
        return outcome
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(UnicodeScalar(byte))
            return character.isASCII && (character.isLetter || character.isNumber) ? String(character) : "%" + Hex.encode([byte])
        }.joined()
    }
}
