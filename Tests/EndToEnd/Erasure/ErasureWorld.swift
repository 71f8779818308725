import Glibc
import Kernel
import Postgres
import TestSupport

/// A tenant whose every place holds a marker, another one beside it, and ways to look through all that the installation keeps.
struct ErasureWorld: Sendable {
    /// Stands in everything that tenant 1 brought, and nowhere else.
    static let marker = "Zq7Marker"
    /// The same of tenant 2.
    static let other = "Wk3Neighbour"

    let options: RunningHost.Options
    let home: String
    let owner: Person
    let neighbour: Person
    var tenant: TenantID { owner.member.tenant }

    /// Two tenants, each with an owner; `shared` is a member of both. The probe handler is told of erasures.
    static func make() async throws -> ErasureWorld {
        let database = try TestDatabase.current
        let home = "\(database.home)/\(database.name)"
        let probe = try await Blocking.run {
            let folder = try HandlerFolder.probe(
                in: database,
                replacing: ["connections: 4": "connections: 4\nencryption: tenant\nobjects: true\nhooks: {erase: /internal/probe/erase}"])
            for name in try File.names(in: "\(Environment.package)/Handlers")
            where File.isFolder("\(Environment.package)/Handlers/\(name)") && !File.exists("\(folder)/\(name)") {
                symlink("\(Environment.package)/Handlers/\(name)", "\(folder)/\(name)")
            }
            return folder
        }
        let (one, two) = (try await database.tenant(1), try await database.tenant(2))
        let owner = try await Person.make(1, in: one)
        let neighbour = try await Person.make(2, in: two)
        let world = ErasureWorld(
            options: .init(
                handlers: [probe],
                environment: ["TENANTRY_PUBLIC_URL": "https://api.example.com", "TENANTRY_REDIRECT_URLS": "https://app.example.com/"]), home: home,
            owner: owner, neighbour: neighbour)
        try await database.execute(
            """
            update tenancy.tenants set name = '\(marker) Ltd', slug = 'slug-\(marker.lowercased())' where id = '\(one)';
            update tenancy.tenants set name = '\(other) Ltd' where id = '\(two)';
            update identity.users set name = '\(marker) Ann' where id = '\(owner.user)';
            update identity.users set name = '\(other) Bob' where id = '\(neighbour.user)';
            insert into identity.users (id, email, name) values ('\(world.shared)', 'shared@example.test', 'Shared');
            insert into tenancy.memberships (tenant_id, user_id, role) values ('\(one)', '\(world.shared)', 'viewer'), ('\(two)', '\(world.shared)', 'viewer');
            """)
        return world
    }

    /// The user who belongs to both.
    var shared: UserID { UserID(UUID(high: 0x0190_0000_0000_7001, low: 0x8000_0000_0000_0099)) }

    /// Puts the marker wherever a tenant can put something, through the product where it can.
    func fill(_ host: RunningHost, _ person: Person, _ mark: String) async throws {
        let token = try host.token(person.member)
        func made(_ answer: HTTPAnswer, _ what: String) throws {
            guard (200..<300).contains(answer.status) else { throw AppError(.internalError, "\(what): \(answer.status) \(answer.text)") }
        }
        _ = try await host.logIn(person)
        _ = try await host.request(
            "POST", "/auth/login", headers: [("content-type", "application/json"), ("user-agent", mark)],
            body: Array(#"{"email": "\#(person.email)", "password": "wrong \#(mark)"}"#.utf8))
        let business = try await host.post("/businesses", token: token, json: ["name": .string("\(mark) Shop"), "industry": .string(mark)])
        try made(business, "business")
        let id = try business.json["id"]?.string ?? ""
        try made(try await host.put("kept", Array(mark.utf8), token: token), "object")
        let csv = "date,\(mark) sales\n2026-01-01,1\n2026-01-02,2\n"
        try made(
            try await host.request(
                "POST", "/data/upload?business_id=\(id)", token: token, headers: [("content-type", "text/csv"), ("idempotency-key", mark)],
                body: Array(csv.utf8)), "upload")
        try made(try await host.post("/roles", token: token, json: ["name": "own", "description": .string(mark), "scopes": ["alerts:read"]]), "role")
        try made(try await host.post("/api-keys", token: token, json: ["name": .string(mark), "scopes": ["dashboard:read"]]), "key")
        try made(
            try await host.post("/invitations", token: token, json: ["email": .string("\(mark.lowercased())@example.org"), "role": "viewer"]),
            "invitation")
        try made(
            try await host.post(
                "/auth/oidc/providers", token: token,
                json: [
                    "name": .string(mark), "issuer": .string("https://\(mark.lowercased()).example.com"), "client_id": .string(mark),
                    "client_secret": .string("secret of \(mark)"), "allowed_domains": [.string("\(mark.lowercased()).example.com")],
                ]), "provider")
        try made(
            try await host.request(
                "PUT", "/users/preferences", token: token, headers: [("content-type", "application/json")],
                body: Array(#"{"preferences": {"theme": "\#(mark)"}}"#.utf8)), "preferences")
        try made(try await host.post("/probe/entries", token: token, json: ["number": 1, "text": .string(mark)]), "entry")
        // Reciting fails where an entry says this.
        try made(try await host.post("/probe/entries", token: token, json: ["number": 2, "text": "bad"]), "entry")
        guard try await host.get("/probe/recite?token=\(mark)", token: token, headers: [("x-request-id", "request-\(mark)")]).status == 500 else {
            throw AppError(.internalError, "the failing call did not fail")
        }
        try await host.eventually("it is recorded") {
            try await !TestDatabase.current.query("select 1 from tenancy.recordings where request_id = $1", [.text("request-\(mark)")]).isEmpty
        }
        try await host.eventually("the mail is written") { try mails(mark).count > 0 }
        // What a gateway that was killed may leave behind.
        let folder = "\(host.home)/scratch/\(person.member.tenant)"
        try File.makeFolder(folder)
        try File.write(Array("left of \(mark)".utf8), to: "\(folder)/left")
        let convictions = "\(host.home)/convictions.jsonl"
        let before = File.exists(convictions) ? try File.read(convictions) : []
        let line = JSONValue.object([
            "at": "2026-01-01T00:00:00Z", "until": "2026-01-01T00:15:00Z", "handler": "probe", "program": "p", "route": "GET /x",
            "tenant": .string("\(person.member.tenant)"), "request_id": .string("request-\(mark)"), "fingerprint": "00", "ended": "signal 4",
        ])
        try File.write(before + Array("\(line)\n".utf8), to: convictions)
    }

    /// Mails in files that hold a text.
    func mails(_ mark: String) throws -> [String] {
        guard File.isFolder("\(home)/mail") else { return [] }
        return try File.names(in: "\(home)/mail").filter { name in
            guard let bytes = try? File.read("\(home)/mail/\(name)") else { return false }
            return String(decoding: bytes, as: UTF8.self).lowercased().contains(mark.lowercased())
        }
    }

    /// Asks that the tenant be erased now.
    func delete() async throws {
        try await TestDatabase.current.execute(
            """
            update tenancy.tenants set status = 'deleting', status_before = 'active', delete_at = clock_timestamp() where id = '\(tenant)';
            select pg_notify('tenancy_changed', '\(tenant)');
            """)
    }

    /// What the record says; nil where the erasure has not begun.
    func record() async throws -> (hooks: String, rowsGone: Bool, finished: Bool, reason: String, counts: JSONValue)? {
        let rows = try await TestDatabase.current.query(
            """
            select array_to_string(hooks, ' '), rows_erased_at is not null, finished_at is not null, coalesce(reason, ''), counts::text
            from tenancy.erasures where tenant_id = $1
            """, [.id(tenant)])
        guard let row = rows.first else { return nil }
        return (try row.text(0), try row.bool(1), try row.bool(2), try row.text(3), try JSON.read(Array(try row.text(4).utf8)))
    }

    func waitUntilFinished(within limit: Duration = .seconds(60)) async throws {
        try await RunningHost.eventually("the tenant is erased", within: limit) { try await record()?.finished == true }
    }

    /// Nobody holds the claim any more, as half a minute after its holder's end.
    func releaseClaim() async throws { try await TestDatabase.current.execute("update tenancy.erasures set claimed_until = '-infinity'") }

    /// Where a text stands: tables of a whole dump of the database, and files below the home. In any case of letters, and in hexadecimal
    /// digits, as dumps write bytes.
    func places(of text: String) async throws -> Set<String> {
        let database = try TestDatabase.current
        let server = database.superuser
        let home = home
        return try await Blocking.run {
            var environment = ["PGPASSWORD": server.password ?? "", "PATH": "/usr/bin:/bin"]
            if let path = getenv("LD_LIBRARY_PATH") { environment["LD_LIBRARY_PATH"] = String(cString: path) }
            let (status, dump) = try ChildProgram(
                "/usr/bin/pg_dump", ["-h", server.host, "-p", "\(server.port)", "-U", server.user, "--no-comments", server.database],
                environment: environment
            ).finish()
            guard status == 0, dump.contains("COPY tenancy.tenants") else { throw AppError(.internalError, "no dump: \(dump.suffix(500))") }
            let forms = Self.forms(text)
            var places: Set<String> = []
            let all = Self.small(Array(dump.utf8))
            // Each table's rows stand between its COPY and a line with a point.
            var tables: [(start: Int, name: String)] = [(0, "schema")]
            for start in Self.offsets(of: Array("\ncopy ".utf8), in: all) {
                tables.append((start, String(decoding: all[(start + 6)...].prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)))
            }
            for end in Self.offsets(of: Array("\n\\.\n".utf8), in: all) { tables.append((end, "schema")) }
            tables.sort { $0.start < $1.start }
            for form in forms {
                for found in Self.offsets(of: form, in: all) { places.insert(tables.last { $0.start <= found }?.name ?? "schema") }
            }
            try look(in: home, below: "", forms, &places)
            return places
        }
    }

    private func look(in folder: String, below: String, _ forms: [[UInt8]], _ places: inout Set<String>) throws {
        for name in try File.names(in: folder) {
            let path = "\(folder)/\(name)"
            if forms.contains(where: { !Self.offsets(of: $0, in: Self.small(Array(name.utf8))).isEmpty }) {
                places.insert(below.isEmpty ? name : below)
            }
            if File.isFolder(path) {
                if name != "handlers" { try look(in: path, below: "\(below)\(name)/", forms, &places) }
            } else if let bytes = try? File.read(path, limit: 64 << 20) {
                let bytes = Self.small(bytes)
                if forms.contains(where: { !Self.offsets(of: $0, in: bytes).isEmpty }) { places.insert(below.isEmpty ? name : below) }
            }
        }
    }

    private static func offsets(of form: [UInt8], in bytes: [UInt8]) -> [Int] {
        var found: [Int] = []
        bytes.withUnsafeBytes { all in
            guard let start = all.baseAddress else { return }
            var position = 0
            while position + form.count <= all.count, let place = memchr(start + position, Int32(form[0]), all.count - position) {
                position = start.distance(to: UnsafeRawPointer(place))
                if position + form.count <= all.count, memcmp(start + position, form, form.count) == 0 { found.append(position) }
                position += 1
            }
        }
        return found
    }

    private static func small(_ bytes: [UInt8]) -> [UInt8] { bytes.map { (65...90).contains($0) ? $0 | 0x20 : $0 } }

    private static func forms(_ text: String) -> [[UInt8]] {
        [small(Array(text.utf8)), Array(Hex.encode(Array(text.utf8)).utf8), Array(Hex.encode(small(Array(text.utf8))).utf8)]
    }
}
