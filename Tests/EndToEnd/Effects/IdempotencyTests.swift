import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Writes with an `Idempotency-Key`.
    @Suite("Effects", .testDatabase) struct Idempotency {
        private func keyed(
            _ host: RunningHost, _ token: String, _ key: String, _ number: Int64, _ answer: String = "short"
        ) async throws -> HTTPAnswer {
            let body: JSONValue = ["number": .integer(number), "answer": .string(answer)]
            return try await host.request(
                "POST", "/probe/keyed", token: token, headers: [("content-type", "application/json"), ("Idempotency-Key", key)],
                body: Array(body.description.utf8))
        }

        private func entries(_ member: Member) async throws -> [Int64] {
            try await TestDatabase.current.query(
                "select number from probe.entries where tenant_id = $1 order by number", [.id(member.tenant)]
            ).map { try $0.int64(0) }
        }

        @Test("pitfall 45, auth-12: 20 parallel calls with one key have one effect and one answer") func parallel() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                let answers = try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
                    for _ in 0..<20 { group.addTask { try await keyed(host, token, "one", 1) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers.allSatisfy { $0.status == 201 && $0.body == answers[0].body && $0["content-type"] == "application/json" })
                #expect(answers.filter { $0["idempotency-replayed"] == nil }.count == 1)
                #expect(try await entries(member) == [1])
                #expect(try await keyed(host, token, "two", 2).body != answers[0].body)
            }
        }

        @Test("pitfall 45: also through two gateways on one database") func gateways() async throws {
            let member = try await Member.make()
            try await RunningHost.run { first in
                try await RunningHost.run { second in
                    for round in Int64(1)...5 {
                        let answers = try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
                            for number in 0..<20 {
                                let host = number % 2 == 0 ? first : second
                                group.addTask { try await keyed(host, try host.token(member), "key-\(round)", round) }
                            }
                            return try await group.reduce(into: []) { $0.append($1) }
                        }
                        #expect(answers.allSatisfy { $0.status == 201 && $0.body == answers[0].body }, "\(answers.map(\.text))")
                        #expect(answers.filter { $0["idempotency-replayed"] == nil }.count == 1)
                    }
                    #expect(try await entries(member) == [1, 2, 3, 4, 5])
                }
            }
        }

        @Test("all that a handler asks of its database is one transaction with the answer; a step that fails is left out alone") func steps()
            async throws
        {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                let first = try await keyed(host, token, "steps", 10, "steps")
                #expect(first.status == 201, "\(first.text)")
                #expect(try await entries(member) == [10, 11, 12, 19])
                #expect(try await keyed(host, token, "steps", 10, "steps").body == first.body)
                // Without a key the same route does the same.
                let plain = try await host.post("/probe/keyed", token: token, json: ["number": 100, "answer": "steps"])
                #expect(plain.status == 201, "\(plain.text)")
                #expect(try await entries(member) == [10, 11, 12, 19, 100, 101, 102, 109])
            }
        }

        @Test("a key of another request is refused; one of another user, or behind an error, is free") func reuse() async throws {
            let member = try await Member.make()
            let other = try await Member.join(member.tenant, number: 2, role: .owner)
            try await RunningHost.run { host in
                let token = try host.token(member)
                #expect(try await keyed(host, token, "k", 1).status == 201)
                let reused = try await keyed(host, token, "k", 2)
                #expect(reused.status == 422 && reused.errorCode == "IDEMPOTENCY_KEY_REUSED", "\(reused.text)")
                #expect(try await keyed(host, try host.token(other), "k", 3).status == 201)
                // What the handler refuses is not kept: the next call runs.
                for _ in 0..<2 {
                    let failed = try await keyed(host, token, "failing", 4, "fail")
                    #expect(failed.status == 409 && failed.errorCode == "CONFLICT" && failed["idempotency-replayed"] == nil)
                }
                #expect(try await entries(member) == [1, 3])
            }
        }

        @Test("an answer that is too long or streamed is told as done; behind its commit nothing is written") func notKept() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                for (number, answer) in [(Int64(1), "long"), (2, "stream")] {
                    let first = try await keyed(host, token, answer, number, answer)
                    #expect(first.status == 201 && (answer == "long" ? first.body.count == 70_000 : first.text == "2\n"), "\(first.text.prefix(300))")
                    let second = try await keyed(host, token, answer, number, answer)
                    #expect(second.status == 409 && second.errorCode == "IDEMPOTENCY_ANSWER_NOT_KEPT", "\(second.text)")
                }
                _ = try await keyed(host, token, "late", 3, "late")
                #expect(try await entries(member) == [1, 2, 3])
            }
        }

        @Test("a key is 1 to 255 visible characters, stands once, and needs somebody who is signed in; where nothing is written it is not read")
        func keys()
            async throws
        {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                for bad in ["", "a b", "é", String(repeating: "x", count: 256)] {
                    let refused = try await keyed(host, token, bad, 1)
                    #expect(refused.status == 400 && refused.errorCode == "BAD_REQUEST", "\(bad)")
                }
                let twice = try await host.request(
                    "POST", "/probe/keyed", token: token, headers: [("Idempotency-Key", "a"), ("idempotency-key", "a")])
                #expect(twice.status == 400)
                let anonymous = try await host.request(
                    "POST", "/auth/login", headers: [("content-type", "application/json"), ("Idempotency-Key", "a")],
                    body: Array(#"{"email":"a@b.example","password":"x"}"#.utf8))
                #expect(anonymous.status == 400 && anonymous.errorCode == "BAD_REQUEST")
                #expect(try await host.get("/probe/caller", token: token, headers: [("Idempotency-Key", "a b")]).status == 200)
                #expect(try await keyed(host, token, String(repeating: "x", count: 255), 1).status == 201)
            }
        }

        @Test("after a day a key is new again, and old answers go") func expiry() async throws {
            let member = try await Member.make()
            let database = try TestDatabase.current
            try await RunningHost.run { host in
                let token = try host.token(member)
                for number in Int64(1)...3 { #expect(try await keyed(host, token, "k\(number)", number).status == 201) }
                func age(_ interval: String) async throws {
                    _ = try await database.query("update tenancy.answers set created_at = now() - $1::text::interval", [.text(interval)])
                }
                try await age("23 hours 59 minutes")
                #expect(try await keyed(host, token, "k1", 1)["idempotency-replayed"] == "true")
                try await age("24 hours 1 second")
                _ = try await database.query("delete from probe.entries where number = 1")
                let again = try await keyed(host, token, "k1", 1)
                #expect(again.status == 201 && again["idempotency-replayed"] == nil)
                #expect(try await database.query("select string_agg(key, ',') from tenancy.answers")[0].text(0) == "k1")
            }
        }

        @Test("pitfall 45: kill -9 of handlers at random moments: each key has its effect once, and the answer stays") func killed() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                var answers: [Int64: HTTPAnswer] = [:]
                // A call that meets two deaths would count as their cause, so each round has one.
                for round in Int64(0)..<4 {
                    answers.merge(
                        try await withThrowingTaskGroup(of: (Int64, HTTPAnswer)?.self) { group in
                            for number in round * 6 + 1...round * 6 + 6 {
                                group.addTask {
                                    let end = ContinuousClock.now.advanced(by: .seconds(40))
                                    while ContinuousClock.now < end {
                                        let answer = try await keyed(host, token, "key-\(number)", number)
                                        if answer.status == 201 { return (number, answer) }
                                        try #require([502, 503, 409].contains(answer.status), "\(answer.status) \(answer.text)")
                                        try await Task.sleep(for: .milliseconds(5))
                                    }
                                    return nil
                                }
                            }
                            try await host.eventually("one is stored") { try await entries(member).last ?? 0 > round * 6 }
                            // One alone: what another one took over from it would meet a second death there.
                            if let process = try host.processes().first { kill(process, SIGKILL) }
                            var answers: [Int64: HTTPAnswer] = [:]
                            while let next = try await group.next() {
                                let (number, answer) = try #require(next)
                                answers[number] = answer
                            }
                            return answers
                        }
                    ) { first, _ in first }
                }
                #expect(try await entries(member) == Array(1...24))
                try await host.eventually("the handler is back") { try await host.get("/probe/caller", token: token).status == 200 }
                for (number, answer) in answers {
                    let again = try await keyed(host, token, "key-\(number)", number)
                    #expect(again.status == 201 && again.body == answer.body, "\(again.text)")
                }
                #expect(try await entries(member) == Array(1...24))
            }
        }

        @Test("a process that dies behind the commit: the effect is there, and a retry is told so") func dying() async throws {
            let member = try await Member.make()
            let database = try TestDatabase.current
            try await RunningHost.run { host in
                let token = try host.token(member)
                // Its commit waits for the lock of a deferred trigger until the process is gone.
                try await database.execute(
                    """
                    create function public.wait() returns trigger language plpgsql as $$ begin perform pg_sleep(0.7); return null; end $$;
                    create constraint trigger slow after insert on probe.entries deferrable initially deferred
                        for each row execute function public.wait();
                    """)
                async let first = keyed(host, token, "k", 1)
                try await host.eventually("it commits") {
                    try await database.query(
                        "select count(*) from pg_stat_activity where datname = current_database() and state = 'active' and query = 'COMMIT'")[0]
                        .int64(0) == 1
                }
                for child in try ChildProgram.children(of: host.program.pid) { kill(child, SIGKILL) }
                // Moved to another process it waits for the commit and is told its answer; or it is told that it may come again.
                let told = try await first
                #expect(told.status == 201 || told.status == 502, "\(told.text)")
                try await database.execute("alter table probe.entries disable trigger slow")
                let again = try await keyed(host, token, "k", 1)
                #expect(again.status == 201 && (told.status == 502 || told.body == again.body), "\(again.text)")
                #expect(try await entries(member) == [1])
                #expect(try await keyed(host, token, "k", 1).body == again.body)
            }
        }

        @Test("an upload with a key is stored once, also where its body waits on disk") func upload() async throws {
            let member = try await Member.make()
            let business = try await member.business(1)
            try await RunningHost.run { host in
                let token = try host.token(member)
                var csv = "date,sales\n"
                for hour in 0..<70_000 { csv += "\(Timestamp(seconds: 1_600_000_000 + Int64(hour) * 3600)),\(hour)\n" }
                let body = Array(csv.utf8)
                #expect(body.count > 1 << 20)
                func upload(_ bytes: [UInt8]) async throws -> HTTPAnswer {
                    try await host.request(
                        "POST", "/data/upload?business_id=\(business)", token: token,
                        headers: [("content-type", "text/csv"), ("Idempotency-Key", "u")],
                        body: bytes)
                }
                let first = try await upload(body)
                #expect(first.status == 201, "\(first.text)")
                let second = try await upload(body)
                #expect(second.body == first.body && second["idempotency-replayed"] == "true")
                #expect(try await upload(body.dropLast() + [10, 10]).status == 422)
                #expect(try await TestDatabase.current.query("select count(*) from app.kpi_data")[0].int64(0) == 70_000)
            }
        }
    }
}
