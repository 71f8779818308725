import Glibc
import Kernel
import Manifest
import Postgres
import TestSupport

/// PgBouncer in front of the tests' server. Stopped when the test lets go of it.
final class Pooler: Sendable {
    /// Debian's, or the program that `TENANTRY_TEST_PGBOUNCER` names; nil where there is none.
    static let program: String? = [Environment["TENANTRY_TEST_PGBOUNCER"] ?? "/usr/sbin/pgbouncer"].first { (path: String) in access(path, X_OK) == 0
    }

    private let folder: String
    private let database: String

    /// Starts it for one database, whose users it lets in unasked. `sessionSettings` is SQL that each of its connections begins with. Blocks.
    init(_ database: TestDatabase, sessionSettings: String) throws {
        var template = Array("/tmp/tenantry-pooler-XXXXXX".utf8CString)
        guard let program = Self.program, mkdtemp(&template) != nil else { throw AppError(.internalError, "no pooler") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        self.database = database.name
        let server = database.superuser
        var users = [(server.user, server.password ?? "")]
        for role in ["host"] + database.manifests.map(\.name) {
            let configuration = try database.configuration(role: role)
            users.append((configuration.user, configuration.password ?? ""))
        }
        let query = sessionSettings.isEmpty ? "" : " connect_query='\(sessionSettings)'"
        try Self.write(users.map { "\"\($0.0)\" \"\($0.1)\"\n" }.joined(), "\(folder)/users.txt")
        try Self.write(
            """
            [databases]
            \(database.name) = host=\(server.host) port=\(server.port) dbname=\(database.name)\(query)
            [pgbouncer]
            listen_addr =
            listen_port = 6432
            unix_socket_dir = \(folder)
            auth_type = trust
            auth_file = \(folder)/users.txt
            pool_mode = transaction
            ignore_startup_parameters = options,extra_float_digits
            pidfile = \(folder)/pid
            logfile = \(folder)/log

            """, "\(folder)/pgbouncer.ini")
        if getuid() == 0, let user = getpwnam("postgres") {
            for path in ["", "/users.txt", "/pgbouncer.ini"] { chown(folder + path, user.pointee.pw_uid, user.pointee.pw_gid) }
        }
        let identity = getuid() == 0 ? "-u postgres" : ""
        guard system("\(program) -q -d \(identity) \(folder)/pgbouncer.ini") == 0 else { throw AppError(.internalError, "the pooler did not start") }
    }

    deinit {
        if let text = try? File.read("\(folder)/pid"), let pid = pid_t(String(decoding: text, as: UTF8.self).split(separator: "\n").first ?? "") {
            kill(pid, SIGKILL)
        }
        for name in (try? File.names(in: folder)) ?? [] { unlink("\(folder)/\(name)") }
        rmdir(folder)
    }

    /// Where it listens, for the installer.
    func url(user: String) -> String { "postgres://\(user)@/\(database)?host=\(folder)&port=6432" }

    private static func write(_ text: String, _ path: String) throws { try File.write(Array(text.utf8), to: path) }
}
