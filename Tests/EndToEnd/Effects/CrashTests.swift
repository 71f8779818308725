import Glibc
import Kernel
import Postgres
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    /// Writes with a key while the database dies.
    @Suite("Effects at a crash") struct Crash {
        private static let each = 12

        private final class Progress: Sendable {
            private let count = Atomic(0)
            func add() { count.add(1, ordering: .relaxed) }
            var value: Int { count.load(ordering: .relaxed) }
        }

        @Test(
            "pitfall 45: kill -9 of Postgres among writes with a key, each sent again until it is answered: every effect is there once",
            .timeLimit(.minutes(40)))
        func server() async throws {
            try await TortureWorld.with { world in
                let host = try await world.startGateway()
                let progress = Progress()
                let answers = try await withThrowingTaskGroup(of: [String: [UInt8]].self) { group in
                    for writer in 0..<TortureWorld.writers { group.addTask { try await write(as: writer, world, host, progress) } }
                    for round in 1...3 {
                        try await host.eventually("some are written") { progress.value >= round * 10 }
                        try world.cluster.kill()
                        try await world.cluster.restart()
                    }
                    return try await group.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
                }
                #expect(answers.count == TortureWorld.writers * Self.each)
                let rows = try await world.query("select name, count(*) from app.businesses where name like 'keyed%' group by name")
                #expect(rows.count == answers.count)
                for row in rows { #expect(try row.int64(1) == 1) }
                for writer in 0..<TortureWorld.writers {
                    for number in 0..<Self.each {
                        let again = try await send(number, writer, world, host)
                        #expect(again.status == 201 && again.body == answers["keyed \(writer) \(number)"] && again["idempotency-replayed"] == "true")
                    }
                }
                host.program.signal(SIGKILL)
                _ = try await Blocking.run { host.program.end() }
            }
        }

        private func write(as writer: Int, _ world: TortureWorld, _ host: RunningHost, _ progress: Progress) async throws -> [String: [UInt8]] {
            var answers: [String: [UInt8]] = [:]
            for number in 0..<Self.each {
                let end = ContinuousClock.now.advanced(by: .seconds(60))
                while ContinuousClock.now < end, answers["keyed \(writer) \(number)"] == nil {
                    let answer = try await send(number, writer, world, host)
                    if answer.status == 201 {
                        answers["keyed \(writer) \(number)"] = answer.body
                    } else {
                        try await Task.sleep(for: .milliseconds(5))
                    }
                }
                progress.add()
            }
            return answers
        }

        private func send(_ number: Int, _ writer: Int, _ world: TortureWorld, _ host: RunningHost) async throws -> HTTPAnswer {
            let name = "keyed \(writer) \(number)"
            return try await host.request(
                "POST", "/businesses", token: try host.token(world.members[writer]),
                headers: [("content-type", "application/json"), ("Idempotency-Key", name.replacing(" ", with: "-"))],
                body: Array(#"{"name": "\#(name)"}"#.utf8))
        }
    }
}
