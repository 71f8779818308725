import Glibc
import HandlerKit

/// Jobs of every kind: that do nothing, that write, that fail, that end their process, and that go in steps which a test can hold up.
enum Working {
    struct Ask: Decodable, Sendable {
        var kind: String
        /// How many jobs, each in the same transaction; 1 unless given.
        var count: Int?
        var number: Int64?
        var delayMilliseconds: Int?
        var uniqueKey: String?
        var maxAttempts: Int?
        var priority: Int?
        /// An entry that the same transaction inserts; where it is there already nothing is made.
        var entry: Int64?

        enum CodingKeys: String, CodingKey {
            case kind, count, number, priority, entry
            case delayMilliseconds = "delay_milliseconds"
            case uniqueKey = "unique_key"
            case maxAttempts = "max_attempts"
        }
    }

    struct Made: Encodable, Sendable {
        let ids: [String]
        let isNew: Bool

        enum CodingKeys: String, CodingKey {
            case ids
            case isNew = "is_new"
        }
    }

    struct Number: Codable, Sendable {
        var number: Int64
    }

    @RoutesBuilder static var routes: [Route] {
        Route.post("/probe/jobs", access: .write, summary: "Makes jobs") { (input: Ask, invocation) async throws -> Made in
            let options = JobQueue.Options(
                delay: .milliseconds(input.delayMilliseconds ?? 0), priority: input.priority ?? 5, maxAttempts: input.maxAttempts ?? 5,
                uniqueKey: input.uniqueKey)
            guard let kind = kinds[input.kind] else { throw AppError.invalid("kind", "expected one of \(kinds.keys.sorted())") }
            var calls: [Call] = []
            for place in 0..<Int64(input.count ?? 1) {
                calls.append(
                    try input.number.map { try invocation.jobs.call(kind, Number(number: $0 + place), options) }
                        ?? invocation.jobs.call(kind, options))
            }
            if let entry = input.entry { calls.append(Call(ProbeSQL.insert, [.int64(entry), .text("beside a job")])) }
            let rows = try await invocation.database.transaction(calls).prefix(input.count ?? 1)
            return Made(ids: try rows.map { try $0[0].uuid(0).description }, isNew: try rows.allSatisfy { try $0[0].bool(1) })
        }
    }

    private static let kinds: [String: StaticString] = [
        "nothing": "nothing", "insert": "insert", "flaky": "flaky", "refused": "refused", "trap": "trap", "steps": "steps", "resumed": "resumed",
        "sleepy": "sleepy", "chained": "chained", "walk": "walk", "plain": "plain", "asking": "asking",
        "compute": "compute",
    ]

    @JobsBuilder static var jobs: [Job] {
        Job("nothing") { (_: NoInput, _) in }
        Job("insert") { (input: Number, job) in
            try await job.finish([Call(ProbeSQL.insert, [.int64(input.number), .text("attempt \(job.attempt)")])])
        }
        Job("flaky", retry: RetryPolicy(maxAttempts: 4, firstWait: 0.01, longestWait: 0.05)) { (input: Number, job) in
            guard job.attempt > input.number else { throw AppError(.unavailable, "not yet") }
            try await job.finish([Call(ProbeSQL.insert, [.int64(input.number), .text("attempt \(job.attempt)")])])
        }
        Job("refused") { (_: NoInput, _) in throw AppError.invalid("number", "expected another one") }
        Job("trap", retry: RetryPolicy(maxAttempts: 2, firstWait: 0.01, longestWait: 0.01)) { (input: Number, _) in
            let nothing: [Int64] = []
            _ = nothing[Int(input.number)]
        }
        // Three transactions; between the first and the second the first attempt waits for an entry that the test makes.
        Job("steps", retry: RetryPolicy(maxAttempts: 4, firstWait: 0.01, longestWait: 0.05)) { (input: Number, job) in
            let database = try job.database
            let first = input.number + Int64(job.attempt) * 100
            _ = try await database.rows(ProbeSQL.insert, .int64(first), .text("first"))
            if job.attempt == 1 { try await wait(for: input.number, database) }
            _ = try await database.interactive { try await $0.rows(ProbeSQL.insert, .int64(first + 1), .text("second")) }
            try await job.finish { _ = try await $0.rows(ProbeSQL.insert, .int64(first + 2), .text("third")) }
        }
        // Goes on where the attempt before stood.
        Job("resumed", retry: RetryPolicy(maxAttempts: 4, firstWait: 0.01, longestWait: 0.05)) { (input: Number, job) in
            let database = try job.database
            let done = try await job.checkpoint()?.integer ?? 0
            for step in done..<3 {
                let next = step + 1
                _ = try await database.transaction([
                    Call(ProbeSQL.insert, [.int64(input.number + step), .text("attempt \(job.attempt)")]),
                    job.advance(Double(next) / 3, checkpoint: .integer(next)),
                ])
                if job.attempt <= next { throw AppError(.unavailable, "interrupted") }
            }
        }
        Job("sleepy") { (input: Number, job) in try await wait(for: input.number, try job.database) }
        // Two transactions, of which the first leaves a checkpoint. A test lets it go on at each of both by an entry.
        Job("walk", retry: RetryPolicy(maxAttempts: 50, firstWait: 0.01, longestWait: 0.05)) { (input: Number, job) in
            let database = try job.database
            if try await job.checkpoint() == nil {
                try await wait(for: input.number + 1, database)
                _ = try await database.transaction([
                    Call(ProbeSQL.insert, [.int64(input.number + 11), .text("first")]), job.advance(0.5, checkpoint: 1),
                ])
            }
            try await wait(for: input.number + 2, database)
            try await job.finish([Call(ProbeSQL.insert, [.int64(input.number + 12), .text("last")])])
        }
        // Computes for so many milliseconds of processor time, and commits that it has.
        Job("compute") { (input: Number, job) in
            try await job.offload {
                let start = processorTime()
                var sum = 0.0
                while processorTime() - start < input.number * 1_000_000 { for step in 1...10_000 { sum += 1 / Double(step) } }
                precondition(sum >= 0)
            }
            try await job.finish([Call(ProbeSQL.insert, [.int64(input.number), .text("computed")])])
        }
        // Commits what it does, and leaves its end to the gateway.
        Job("plain", retry: RetryPolicy(maxAttempts: 50, firstWait: 0.01, longestWait: 0.05)) { (input: Number, job) in
            let database = try job.database
            try await wait(for: input.number, database)
            _ = try await database.rows(ProbeSQL.insert, .int64(input.number + Int64(job.attempt)), .text("plain"))
        }
        // Has a route add an entry, then fails once.
        Job("asking", retry: RetryPolicy(maxAttempts: 4, firstWait: 0.01, longestWait: 0.05)) { (input: Number, job) in
            let body = Array(#"{"number": \#(input.number), "text": "asked by a job"}"#.utf8)
            _ = try await job.answer(of: "POST /probe/entries", body: body)
            if job.attempt == 1 { throw AppError(.unavailable, "once more") }
        }
        Job("chained") { (input: Number, job) in
            try await job.finish([
                Call(ProbeSQL.insert, [.int64(input.number), .text("chained")]), try job.jobs.call("insert", Number(number: input.number + 1)),
            ])
        }
    }

    /// Of the calling thread, in nanoseconds.
    @Sendable private static func processorTime() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Until a test has made an entry.
    private static func wait(for number: Int64, _ database: TenantDatabase) async throws {
        while try await !database.rows(ProbeSQL.entries).contains(where: { try $0.int64(0) == number }) {
            _ = try await database.rows(ProbeSQL.sleep, .float8(0.02))
        }
    }
}
