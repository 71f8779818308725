import Kernel
import Tenants
import TestSupport
import Testing

extension EndToEnd {
    /// Whose contexts memory corruption or a hostile dependency in a handler can use, by the manifest's `isolation`.
    @Suite("Contexts in memory", .testDatabase) struct ContextsInMemory {
        @Test("what a process finds in its memory is its own handler's, and for the tenants in flight there", arguments: Walls.sandboxes)
        func contexts(sandbox: String) async throws {
            let database = try TestDatabase.current
            let passwords = try Credentials.load(Credentials.hostFile(home: database.home)).passwords
            try await HostileWorld.run(sandbox) { world in
                let other = try await Member.make(2)
                _ = try await other.business(2)
                let wait = try await world.host.connect()
                let head = RunningHost.head("GET", "/hostile/wait?milliseconds=8000", token: try world.host.token(other))
                try await Blocking.run { _ = try wait.send(head) }
                try await world.host.eventually("both are in one process") {
                    try await world.contexts(world.token).contains { $0.contains("\(other.tenant)") }
                }
                // Memory that was given back holds copies too, some with a byte overwritten: the whole ones count.
                var usable: [String] = []
                // The table of threats says so of `isolation: shared`: usable in this handler's role, while it lives, and in no other one's.
                let role = "\(database.prefix)_h_hostile"
                for context in try await world.contexts(world.token) where context.contains("\(other.tenant)") {
                    if try await world.signIn(role, password: passwords[role], context: context) == "rows 1" { usable.append(context) }
                }
                let found = try #require(usable.first)
                let dashboards = "\(database.prefix)_h_dashboards"
                #expect(try await world.signIn(dashboards, password: passwords[dashboards], context: found).hasPrefix("refused"))
                // A digit of the expiry, then one of the signature.
                for index in [found.count - 110, found.count - 5] {
                    var forged = Array(found.utf8)
                    forged[index] = forged[index] == 49 ? 50 : 49
                    let outcome = try await world.signIn(role, password: passwords[role], context: String(decoding: forged, as: UTF8.self))
                    #expect(outcome.hasPrefix("refused"), "\(outcome)")
                }
            }
        }

        @Test(
            "with `isolation: tenant` and `invocation` a process holds no other tenant's context, or no other invocation's",
            arguments: ["tenant", "invocation"])
        func isolation(isolation: String) async throws {
            try await HostileWorld.run("auto", isolation: isolation) { world in
                let others = [try await Member.make(2), try await Member.join(world.member.tenant, number: 3, role: .owner)]
                for (number, other) in others.enumerated() where isolation == "invocation" || number == 0 {
                    let wait = try await world.host.connect()
                    let head = RunningHost.head("GET", "/hostile/wait?milliseconds=6000", token: try world.host.token(other))
                    try await Blocking.run { _ = try wait.send(head) }
                    try await world.host.eventually("it is in flight") {
                        try await world.host.get("/health/ready").json["handlers"]?["hostile"]?["in_flight"] == 1
                    }
                    let found = try await world.contexts(world.token)
                    #expect(!found.isEmpty)
                    #expect(found.allSatisfy { $0.contains("\(world.member.tenant)") }, "\(found)")
                    if isolation == "invocation" {
                        #expect(Set(found.compactMap { $0.split(separator: ".").last?.prefix(64) }).count == 1, "\(found)")
                    }
                    wait.drop()
                    try await world.host.eventually("it has ended") {
                        try await world.host.get("/health/ready").json["handlers"]?["hostile"]?["in_flight"] == 0
                    }
                }
            }
        }
    }
}
