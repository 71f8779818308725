import ArchiveFormat
import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Archives by operators, through the gateway.
    @Suite("Archives of operators", .testDatabase) struct OperatorArchives {
        private static let carried = ArchiveWorld.tables.filter { $0 != "app.audit_log" }

        private func operatorOf(_ owner: UserID, _ tenant: TenantID) async throws -> UserID {
            try await Member(tenant: tenant, user: owner, role: .owner).appoint(.admin)
            return owner
        }

        @Test("export, import and clone: all rows, under a record of who did it, and errors in the one shape") func whole() async throws {
            let world = try await ArchiveWorld.current()
            let (original, owner) = try await world.seed(points: 2000)
            let person = try await operatorOf(owner, original)
            try await RunningHost.run { host in
                let token = try host.operatorToken(person)
                let archive = try await host.get("/api/v1/admin/tenants/\(original)/archive", token: token)
                #expect(archive.status == 200, "\(archive.text.prefix(1000))")
                #expect(archive["content-type"]?.hasPrefix(ArchiveForm.mediaType) == true && archive["tenantry-spooled"] == nil)
                #expect(archive["content-length"].flatMap { Int($0) } == archive.body.count, "gathered before it was sent")
                #expect(archive["content-disposition"]?.contains("attachment") == true)
                let imported = try await host.request("POST", "/admin/archives?slug=copy&name=Copy", token: token, body: archive.body)
                #expect(imported.status == 201, "\(imported.text)")
                let copy = try #require(try imported.json["id"]?.string.flatMap { TenantID($0) })
                #expect(try await world.differences(original, copy, in: Self.carried) == [])
                let keyed = try await host.request(
                    "POST", "/admin/tenants/\(original)/clone", token: token,
                    headers: [("content-type", "application/json"), ("idempotency-key", "once")], body: Array(#"{"slug": "sandbox"}"#.utf8))
                #expect(keyed.errorCode == "BAD_REQUEST", "\(keyed.text)")
                let cloned = try await host.post("/admin/tenants/\(original)/clone", token: token, json: ["slug": "sandbox", "members": false])
                #expect(cloned.status == 201, "\(cloned.text)")
                #expect(try cloned.json["kind"] == "sandbox" && cloned.json["members"] == 0)
                let sandbox = try #require(try cloned.json["id"]?.string.flatMap { TenantID($0) })
                #expect(try await world.differences(original, sandbox, in: Self.carried) == [])
                let log = try await world.query(
                    """
                    select t.slug, l.action, l.user_id from app.audit_log l join tenancy.tenants t on t.id = l.tenant_id
                    where l.action like 'tenant.%' order by 1, 2
                    """, [])
                #expect(
                    try log.map { "\(try $0.text(0)) \(try $0.text(1))" } == [
                        "copy tenant.imported", "sandbox tenant.cloned_from", "tenant-1 tenant.cloned", "tenant-1 tenant.exported",
                    ])
                #expect(try log.allSatisfy { try $0.uuid(2) == person.uuid })
                // The members of the copy use it at once; its chain of the log begins anew and holds.
                let member = Member(tenant: copy, user: owner, role: .owner)
                #expect(try await host.get("/businesses", token: try host.token(member)).status == 200)

                let taken = try await host.request("POST", "/admin/archives?slug=copy", token: token, body: archive.body)
                #expect(taken.status == 409 && taken.errorCode == "CONFLICT")
                let bad = try await host.request("POST", "/admin/archives?slug=NO", token: token, body: archive.body)
                #expect(bad.status == 400 && bad.errorCode == "VALIDATION_ERROR")
                let cut = try await host.request("POST", "/admin/archives?slug=cut", token: token, body: Array(archive.body.dropLast(80)))
                #expect(cut.status == 422 && cut.errorCode == "UNPROCESSABLE_FILE", "\(cut.text)")
                let empty = try await host.request("POST", "/admin/archives?slug=cut", token: token, body: [])
                #expect(empty.status == 422 && empty.errorCode == "UNPROCESSABLE_FILE", "\(empty.text)")
                _ = try await world.query("update tenancy.plans set kpis = 2 where name = 'free'", [])
                let above = try await host.request("POST", "/admin/archives?slug=small&plan=free", token: token, body: archive.body)
                #expect(above.status == 402 && above.errorCode == "QUOTA_EXCEEDED", "\(above.text)")
                let nobody = try await host.get("/admin/tenants/\(UUID.zero)/archive", token: token)
                #expect(nobody.status == 404, "\(nobody.text)")
                #expect(try await world.query("select count(*) from tenancy.tenants", [])[0].int64(0) == 3)
            }
        }

        @Test("pitfall 58: a client that reads an archive a byte at a time holds no transaction, and one that goes away ends its own")
        func slow() async throws {
            let world = try await ArchiveWorld.current()
            let (tenant, owner) = try await world.seed(points: 100_000)
            let person = try await operatorOf(owner, tenant)
            let database = try TestDatabase.current
            try await RunningHost.run { host in
                let token = try host.operatorToken(person)
                let socket = try await host.connect()
                try await Blocking.run {
                    try socket.send(RunningHost.head("GET", "/admin/tenants/\(tenant)/archive", token: token))
                    // The first byte: all of the archive has been read by then, far more than sockets hold.
                    #expect(try socket.receive(1).count == 1)
                }
                try await Blocker.isGone(database)
                var rest = AnswerReader(socket)
                let reader = rest
                let answer = try await Blocking.run { () throws -> Int in
                    var reader = reader
                    let whole = try reader.next()
                    return whole?.body.count ?? 0
                }
                rest = reader
                #expect(answer > 5_000_000)

                try await Blocker.hold("app.kpi_data", "access exclusive", database) { _ in
                    let gone = try await host.connect()
                    try await Blocking.run { _ = try gone.send(RunningHost.head("GET", "/admin/tenants/\(tenant)/archive", token: token)) }
                    try await Blocker.waits(database)
                    gone.drop(abruptly: true)
                    try await Blocker.isGone(database)
                }
            }
        }

        @Test("kill -9 of the handler's process or of the gateway in the middle of an import or clone leaves nothing of it", .timeLimit(.minutes(40)))
        func killed() async throws {
            let world = try await ArchiveWorld.current()
            let (original, owner) = try await world.seed()
            let person = try await operatorOf(owner, original)
            let database = try TestDatabase.current
            var archive: [UInt8] = []
            for table in ["tenancy.memberships", "app.kpi_data", "app.audit_log"] {
                try await RunningHost.run { host in
                    let token = try host.operatorToken(person)
                    if archive.isEmpty { archive = try await host.get("/admin/tenants/\(original)/archive", token: token).body }
                    let body = archive
                    try await Blocker.hold(table, "exclusive", database) { _ in
                        async let answer = host.request("POST", "/admin/archives?slug=copy", token: token, body: body)
                        try await Blocker.waits(database)
                        for pid in try host.processes(of: "archive-handler") { kill(pid, SIGKILL) }
                        #expect(try await answer.errorCode == "HANDLER_FAILED")
                    }
                    try await Blocker.isGone(database)
                    #expect(try await world.holdsOnly([original], users: 3), "the handler was killed at \(table)")
                    try await Blocker.hold(table, "exclusive", database) { _ in
                        async let answer = host.post("/admin/tenants/\(original)/clone", token: token, json: ["slug": "copy"])
                        try await Blocker.waits(database)
                        host.program.signal(SIGKILL)
                        _ = try? await answer
                    }
                    try await Blocker.isGone(database)
                    #expect(try await world.holdsOnly([original], users: 3), "the gateway was killed at \(table)")
                }
            }
        }

        @Test("an archive is closed to members, support may read it and not make one, and an ordinary handler's role reads no other table")
        func closed() async throws {
            let world = try await ArchiveWorld.current()
            let (tenant, owner) = try await world.seed()
            let support = try await Member.join(tenant, number: 77, role: .owner)
            try await support.appoint(.support)
            try await RunningHost.run { host in
                let member = try host.token(Member(tenant: tenant, user: owner, role: .owner))
                let token = try host.operatorToken(support.user)
                for (method, path) in [
                    ("GET", "/admin/tenants/\(tenant)/archive"), ("POST", "/admin/archives"), ("POST", "/admin/tenants/\(tenant)/clone"),
                ] {
                    let answer = try await host.request(
                        method, path, token: member, headers: [("content-type", "application/json")], body: Array("{}".utf8))
                    #expect(answer.status == 401 || answer.status == 403 || answer.status == 404, "\(path): \(answer.status)")
                }
                #expect(try await host.request("POST", "/admin/archives?slug=x", token: token, body: []).errorCode == "FORBIDDEN")
            }
            #expect(try await world.holdsOnly([tenant], users: 4))
        }
    }
}
