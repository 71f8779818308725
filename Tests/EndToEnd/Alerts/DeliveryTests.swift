import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Many messages, slow receivers and processes that die in between.
    @Suite("Deliveries", .testDatabase) struct Deliveries {
        /// So many messages wait for a channel; those that were tried before go one by one.
        private func fill(_ world: AlertWorld, _ channel: String, _ count: Int, attempts: Int = 0) async throws {
            _ = try await TestDatabase.current.query(
                """
                insert into app.notification_outbox (tenant_id, id, channel_id, key, severity, notice, attempts, due_at)
                select $1, gen_random_uuid(), $2, 'n' || n, 'warning', jsonb_build_object('type', 'message', 'severity', 'warning', 'title', 'Number ' || n,
                    'text', 't', 'facts', '[]'::jsonb, 'data', jsonb_build_object('n', n), 'occurred_at',
                    to_char(timestamp '2026-01-01' + n * interval '1 second', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')), $3, now()
                from generate_series(1, $4) n
                """, [.id(world.member.tenant), .uuid(try #require(UUID(channel))), .int32(Int32(attempts)), .int32(Int32(count))])
        }

        /// Has a job made that delivers, by a message to a channel.
        private func start(_ world: AlertWorld, _ channel: String) async throws {
            let answer = try await world.post("/system/notifications/send", ["message": "go", "channel_ids": [.string(channel)]])
            #expect(answer.status == 202, "\(answer.text)")
        }

        private func waiting() async throws -> Int64 {
            try await TestDatabase.current.query("select count(*) from app.notification_outbox where status = 'waiting'")[0].int64(0)
        }

        @Test("notify-06: killed again and again during 1,000 deliveries, each message arrives, under its own id") func killed() async throws {
            try await AlertWorld.run { world in
                let (channel, _) = try await world.channel("/ok", more: ["per_hour": 3600])
                let (other, _) = try await world.channel("/other", name: "other")
                try await fill(world, channel, 1000, attempts: 1)
                var kills = 0
                try await start(world, other)
                try await world.eventually("all have arrived", within: .seconds(150)) {
                    let ids = Set(try world.received().filter { $0["path"] == "/ok" }.map { $0["webhook-id"]?.string ?? "" })
                    if kills < 5, ids.count > kills * 180 {
                        for pid in try world.host.processes(of: "notifications-handler") where kill(pid, SIGKILL) == 0 { kills += 1 }
                        // What was under way belongs to the dead one for half a minute: it passes.
                        try await TestDatabase.current.execute(
                            "update app.notification_outbox set claimed_until = '-infinity' where status = 'waiting' and claimed_until > now()")
                        try await start(world, other)
                    }
                    return ids.count == 1000
                }
                #expect(kills >= 5)
                try await TestDatabase.current.execute(
                    "update app.notification_outbox set claimed_until = '-infinity' where status = 'waiting' and claimed_until > now()")
                try await start(world, other)
                try await world.eventually("nothing waits") { try await waiting() == 0 }
                let lines = try world.received().filter { $0["path"] == "/ok" }
                for (id, same) in Dictionary(grouping: lines, by: { $0["webhook-id"]?.string ?? "" }) {
                    #expect(Set(same.map { $0["body"]?.string ?? "" }).count == 1, "\(id)")
                }
            }
        }

        @Test("notify-06, notify-11: a digest that was not taken goes again under its id with its words; what came since goes on its own")
        func foldedClaim() async throws {
            try await AlertWorld.run { world in
                let (channel, _) = try await world.channel("/flaky")
                try await fill(world, channel, 40)
                try await start(world, channel)
                try await world.eventually("the digest was refused once") {
                    try await world.get("/notifications/deliveries?channel_id=\(channel)")["deliveries"]?.array?.contains {
                        $0["outcome"] == "again" && ($0["messages"]?.integer ?? 0) > 30
                    } == true
                }
                let folded = try await TestDatabase.current.query(
                    "select count(*), count(distinct folded_into) from app.notification_outbox where folded_into is not null")[0]
                #expect(try folded.int64(0) >= 39 && folded.int64(1) == 1)
                try await start(world, channel)
                try await world.eventually("all was taken", within: .seconds(90)) { try await waiting() == 0 }
                let bodies = Dictionary(grouping: try world.received()) { $0["webhook-id"]?.string ?? "" }.mapValues { lines in
                    Set(lines.map { $0["body"]?.string ?? "" })
                }
                // Each id was tried twice, with the same words.
                #expect(bodies.values.allSatisfy { $0.count == 1 } && bodies.count <= 3, "\(bodies)")
                let digest = try #require(bodies.values.compactMap(\.first).first { $0.contains("\"digest\"") })
                let data = try JSON.read(Array(digest.utf8))["data"]
                #expect((data?["details"]?["count"]?.integer ?? 0) >= 40 && data?["text"]?.string?.contains("Number 40") == true)
            }
        }

        @Test("notify-05: a receiver that drips holds up no other channel, however much waits for it") func slowChannel() async throws {
            try await AlertWorld.run { world in
                let (slow, _) = try await world.channel("/drip", name: "slow")
                let (quick, _) = try await world.channel("/ok", name: "quick")
                try await fill(world, slow, 30, attempts: 1)
                try await start(world, quick)
                try await world.eventually("the quick one got its message") { try world.received().contains { $0["path"] == "/ok" } }
                let tried = try await world.get("/notifications/deliveries?channel_id=\(slow)")["deliveries"]?.array ?? []
                #expect(tried.count <= 1, "\(tried.count)")
                try await world.eventually("the slow one was tried") { try world.received().contains { $0["path"] == "/drip" } }
                // One call at a time, so that the sender's own time is not used up by one of its receivers.
                let claimed = try await TestDatabase.current.query(
                    "select count(*) from app.notification_outbox where channel_id = $1 and claimed_until > now()",
                    [.uuid(try #require(UUID(slow)))])[0]
                #expect(try (0...10).contains(claimed.int64(0)))
            }
        }

        @Test("a message that cannot be read any more is left out, and holds nothing up") func unreadable() async throws {
            try await AlertWorld.run { world in
                let (channel, _) = try await world.channel("/ok")
                try await fill(world, channel, 3)
                try await TestDatabase.current.execute("update app.notification_outbox set notice = '{\"type\": 7}' where key = 'n2'")
                try await start(world, channel)
                try await world.eventually("nothing waits") { try await waiting() == 0 }
                let titles = try world.received().compactMap { try JSON.read(Array(($0["body"]?.string ?? "").utf8))["data"]?["title"]?.string }
                #expect(Set(titles).isSuperset(of: ["Number 1", "Number 3"]) && !titles.contains("Number 2"), "\(titles)")
                let left = try await TestDatabase.current.query("select status, reason from app.notification_outbox where key = 'n2'")[0]
                #expect(try left.text(0) == "dropped" && left.text(1) == "it cannot be read any more")
            }
        }
    }
}
