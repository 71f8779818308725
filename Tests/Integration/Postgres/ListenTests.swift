import Kernel
import Postgres
import Testing

extension Integration {
    @Suite struct PostgresListening {
        @Test("notifications arrive in order; a lost connection is said, opened again, and said")
        func listen() async throws {
            try await Database.with(change: { $0.applicationName = "listen-test" }) { database in
                let notify = Statement("listen.notify", "select pg_notify('probe \"quoted\"', $1)", access: .write)
                let pid = Statement(
                    "listen.pid", "select pid::bigint from pg_stat_activity where application_name = 'listen-test' and query like 'LISTEN%'")
                var events = database.client.listen(["probe \"quoted\"", "unused"]).makeAsyncIterator()
                #expect(await events.next() == .listening)
                for n in 0..<3 { _ = try await database.run(notify, [.text("\(n)")]) }
                for n in 0..<3 { #expect(await events.next() == .notified(channel: "probe \"quoted\"", payload: "\(n)")) }
                try await Database.with { other in
                    _ = try await other.run(Probe.terminate, [.int64(try await other.run(pid)[0].int64(0))])
                }
                #expect(await events.next() == .lost)
                #expect(await events.next() == .listening)
                _ = try await database.run(notify, [.text("again")])
                #expect(await events.next() == .notified(channel: "probe \"quoted\"", payload: "again"))
            }
        }
    }
}
