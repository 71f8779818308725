import Glibc
import Kernel
import Postgres
import TestSupport
import Testing
import Tokens

extension EndToEnd {
    /// Tenants' keys, from the handler that seals to the database that holds them wrapped.
    @Suite("data keys", .testDatabase) struct DataKeyTests {
        private func options(_ environment: [String: String] = [:]) async throws -> RunningHost.Options {
            let database = try TestDatabase.current
            let folder = try await Blocking.run {
                try HandlerFolder.probe(in: database, replacing: ["connections: 4": "connections: 4\nencryption: tenant"])
            }
            return .init(handlers: [folder], environment: environment)
        }

        private func tenantry(_ options: RunningHost.Options, _ arguments: String...) async throws -> (status: Int32, printed: String) {
            let database = try TestDatabase.current
            return try await Blocking.run {
                try ChildProgram("tenantry", arguments, environment: try RunningHost.environment(database, options)).finish()
            }
        }

        private func seal(_ host: RunningHost, _ token: String, _ text: String = "a secret", purpose: String = "test") async throws -> String {
            let answer = try await host.post("/probe/seal", token: token, json: ["text": .string(text), "purpose": .string(purpose)])
            guard answer.status == 200, let sealed = try answer.json["sealed"]?.string else {
                throw AppError(.internalError, "not sealed: \(answer.status) \(answer.text)")
            }
            return sealed
        }

        private func open(_ host: RunningHost, _ token: String, _ sealed: String, purpose: String = "test") async throws -> HTTPAnswer {
            try await host.post("/probe/open", token: token, json: ["sealed": .string(sealed), "purpose": .string(purpose)])
        }

        private struct StoredKey: Sendable {
            let tenant: UUID
            let version: Int64
            let wrapped: [UInt8]
            let master: String
        }

        private func stored() async throws -> [StoredKey] {
            let rows = try await TestDatabase.current.query("select tenant_id, version, wrapped, master_id from tenancy.data_keys order by 1, 2")
            return try rows.map { StoredKey(tenant: try $0.uuid(0), version: try $0.int64(1), wrapped: try $0.bytes(2), master: try $0.text(3)) }
        }

        private func changed(_ member: Member, _ sql: String) async throws {
            _ = try await TestDatabase.current.execute("\(sql); select pg_notify('tenancy_changed', '\(member.tenant)')")
        }

        @Test("what a handler seals opens for its tenant and purpose alone; the first use makes the key, wrapped") func seals() async throws {
            let (one, two) = (try await Member.make(1), try await Member.make(2))
            try await RunningHost.run(try await options()) { host in
                let (first, second) = (try host.token(one), try host.token(two))
                #expect(try await stored().isEmpty)
                let sealed = try await seal(host, first)
                #expect(sealed.hasPrefix("0100000001") && !sealed.contains(Hex.encode(Array("a secret".utf8))))
                #expect(try await open(host, first, sealed).json["text"] == "a secret")
                #expect(try await open(host, first, sealed, purpose: "another").status == 403)
                #expect(try await open(host, second, sealed).status == 403)
                #expect(try await open(host, first, String(sealed.dropLast(2)) + "00").status == 403)
                let keys = try await stored()
                #expect(keys.map(\.tenant) == [one.tenant.uuid, two.tenant.uuid])
                #expect(keys.allSatisfy { $0.version == 1 && $0.master == "file:1" })
                // Another tenant's row in place of one's own opens nothing.
                try await changed(
                    one,
                    "update tenancy.data_keys k set wrapped = o.wrapped from tenancy.data_keys o where k.tenant_id = '\(one.tenant)' and o.tenant_id = '\(two.tenant)'"
                )
                try await host.eventually("the key is another tenant's") { try await open(host, first, sealed).status == 403 }
            }
        }

        @Test("a first use by many at once, at two gateways, makes one key") func race() async throws {
            let member = try await Member.make(1)
            let options = try await options()
            let other = try await RunningHost.start(options)
            try await RunningHost.run(options) { host in
                let token = try host.token(member)
                let sealed = try await withThrowingTaskGroup(of: String.self) { group in
                    for index in 0..<24 { group.addTask { try await seal(index % 2 == 0 ? host : other, token) } }
                    return try await group.reduce(into: [String]()) { $0.append($1) }
                }
                #expect(try await stored().count == 1)
                for (index, text) in sealed.enumerated() {
                    #expect(try await open(index % 2 == 0 ? other : host, token, text).status == 200)
                }
            }
            other.program.signal(SIGKILL)
        }

        @Test("a tenant's key is rotated while it is used; what the one before sealed stays readable") func rotation() async throws {
            let member = try await Member.make(1)
            let options = try await options()
            #expect(try await tenantry(options, "keys", "data", "list", "tenant-1", "--json").printed == "[]\n")
            try await RunningHost.run(options) { host in
                let token = try host.token(member)
                let old = try await seal(host, token)
                let rotated = try await tenantry(options, "keys", "data", "rotate", "tenant-1", "--json")
                #expect(rotated.status == 0, "\(rotated.printed)")
                let states = try #require(try JSON.read(Array(rotated.printed.utf8)).array).map { $0["state"]?.string }
                #expect(states == ["announced", "used"])
                #expect(try await open(host, token, old).status == 200)
                try await changed(member, "update tenancy.data_keys set created_at = now() - interval '61 seconds' where version = 2")
                try await host.eventually("the new one seals") { try await seal(host, token).hasPrefix("0100000002") }
                let new = try await seal(host, token)
                for sealed in [old, new] { #expect(try await open(host, token, sealed).json["text"] == "a secret") }
                #expect(try await tenantry(options, "keys", "data", "rotate", "nobody").status == 66)
            }
        }

        @Test("the master secret is rotated while the gateway runs; data keys are wrapped anew, then the old one may go") func master() async throws {
            let member = try await Member.make(1)
            let options = try await options()
            let sealed = try await RunningHost.run(options) { host in
                let token = try host.token(member)
                let sealed = try await seal(host, token)
                let path = "\(host.home)/keys/master.json"
                var master = try MasterSecret(json: try File.read(path))
                _ = master.rotate(at: TimeSource.system.now() - .seconds(120))
                try File.write(JSON.encode(master), to: path)
                let refused = try await tenantry(options, "keys", "retire", "1", "--kind", "master", "--lose-sealed")
                #expect(refused.status == 73 && refused.printed.contains("1 data keys"), "\(refused.printed)")
                let rewrapped = try await tenantry(options, "keys", "data", "rewrap", "--json")
                #expect(rewrapped.status == 0 && rewrapped.printed.contains("\"rewrapped\":1"), "\(rewrapped.printed)")
                #expect(try await stored().map(\.master) == ["file:2"])
                let retired = try await tenantry(options, "keys", "retire", "1", "--kind", "master", "--lose-sealed")
                #expect(retired.status == 0, "\(retired.printed)")
                #expect(try await open(host, token, sealed).status == 200, "read anew for what it does not know yet")
                return sealed
            }
            try await RunningHost.run(options) { host in
                let token = try host.token(member)
                #expect(try await open(host, token, sealed).status == 200)
            }
        }

        @Test("a command holds the master key: it wraps and unwraps; where it is gone nothing is sealed, and the answer says try again")
        func command()
            async throws
        {
            let member = try await Member.make(1)
            let database = try TestDatabase.current
            let path = "\(database.home)/\(database.name)-master"
            try File.write(
                Array(
                    """
                    #!/usr/bin/python3
                    import json, sys
                    asked = json.load(sys.stdin)
                    mask = lambda text: "".join("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"[63 - "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_".index(c)] for c in text[:-1]) + text[-1]
                    if asked["operation"] == "wrap": print(json.dumps({"wrapped": mask(asked["key"]), "master_id": "vault/1"}))
                    elif asked["operation"] == "unwrap": print(json.dumps({"key": mask(asked["wrapped"])}))
                    else: print(json.dumps({"master_id": "vault/1"}))

                    """.utf8), to: path, mode: 0o700)
            let options = try await options(["TENANTRY_MASTER_KEY_COMMAND": path])
            let sealed = try await RunningHost.run(options) { host in
                let sealed = try await seal(host, try host.token(member))
                let token = try host.token(member)
                #expect(try await open(host, token, sealed).status == 200)
                return sealed
            }
            #expect(try await stored().map(\.master) == ["vault/1"])
            unlink(path)
            try await RunningHost.run(options) { host in
                let answer = try await open(host, try host.token(member), sealed)
                #expect(answer.status == 503 && answer.errorCode == "UNAVAILABLE", "\(answer.text)")
                #expect(try await host.get("/probe/hello").status == 200)
            }
            // Back to the file: what the command wrapped needs the command.
            try await RunningHost.run(try await self.options()) { host in
                let token = try host.token(member)
                #expect(try await open(host, token, sealed).status == 503)
            }
        }

        @Test("destroyed keys open nothing any more, at every gateway at once; recordings go with them") func shredded() async throws {
            let member = try await Member.make(1)
            let options = try await options()
            let other = try await RunningHost.start(options)
            try await RunningHost.run(options) { host in
                let token = try host.token(member)
                let sealed = try await seal(host, token)
                #expect(try await open(other, token, sealed).status == 200)
                let failed = try await host.request(
                    "POST", "/probe/seal_and_fail", token: token,
                    headers: [("content-type", "application/json"), ("x-request-id", "request-sealed")],
                    body: Array(#"{"text": "x", "purpose": "test"}"#.utf8))
                #expect(failed.status == 500)
                try await host.eventually("it is recorded") {
                    try await !TestDatabase.current.query("select 1 from tenancy.recordings where request_id = 'request-sealed'").isEmpty
                }
                // A replay has neither key nor nonce, and is the same all the same.
                let replayed = try await tenantry(options, "invocation", "replay", "request-sealed")
                #expect(replayed.status == 0, "\(replayed.printed)")
                let key = try await stored()[0].wrapped
                let shown = try await tenantry(options, "invocation", "show", "request-sealed", "--json")
                #expect(shown.status == 0 && !shown.printed.contains(Hex.encode(key)))
                try await changed(member, "delete from tenancy.data_keys where tenant_id = '\(member.tenant)'")
                for gateway in [host, other] {
                    try await gateway.eventually("it opens nothing") { try await open(gateway, token, sealed).status == 403 }
                }
                #expect(try await tenantry(options, "invocation", "show", "request-sealed").status == 77)
            }
            other.program.signal(SIGKILL)
        }

        @Test("a handler whose manifest does not ask gets no key") func notAsked() async throws {
            let member = try await Member.make(1)
            try await RunningHost.run { host in
                let answer = try await host.post("/probe/seal", token: try host.token(member), json: ["text": "x", "purpose": "y"])
                #expect(answer.status == 500)
            }
        }
    }
}
