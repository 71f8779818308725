import Postgres
import Reactor

/// The one transaction of an invocation with an `Idempotency-Key`. All that the handler asks of the database runs in it, step after step, and it is
/// committed with the answer. Each step is all or nothing, as it is without a key.
///
/// Touched on the reactor's thread alone.
final class KeyedWrite: @unchecked Sendable {
    private let own: OwnConnection
    /// The answer that was committed with the effect; nil while the transaction is open.
    private(set) var answer: Response?
    private var isBusy = false
    private var waiters: [UnsafeContinuation<Void, Never>] = []

    init(_ own: OwnConnection) { self.own = own }

    /// Runs calls as one step; their rows, and how many bytes these are.
    func run(_ calls: [Call], for exchange: Exchange) async throws -> (rows: [Rows], bytes: Int) {
        try await alone {
            try await exchange.timed {
                do {
                    let customPlan = calls.contains { $0.statement.plan == .custom }
                    let step = [Call(KeyedSQL.savepoint), exchange.openPreamble(customPlan: customPlan)]
                    var results = try await own.run(Segment(preamble: step, calls + [Call(KeyedSQL.release)], preambleSetsPlan: true))
                    results.removeLast()
                    return (results, exchange.count(results))
                } catch {
                    await takeBack()
                    throw error
                }
            }
        }
    }

    /// Runs a body as one step, in which nothing else of the invocation reaches the database.
    func step<R>(for exchange: Exchange, _ body: (OwnConnection) async throws -> R) async throws -> R {
        try await alone {
            exchange.isInteractive = true
            defer { exchange.isInteractive = false }
            return try await exchange.timed {
                do {
                    _ = try await own.run(Segment([Call(KeyedSQL.savepoint)]))
                    let result = try await body(own)
                    _ = try await own.run(Segment([Call(KeyedSQL.release)]))
                    return result
                } catch {
                    await takeBack()
                    throw error
                }
            }
        }
    }

    /// Stores the answer and commits it with the effect.
    func commit(_ response: Response, for exchange: Exchange, _ keep: ([Bind]) -> Call) async throws {
        try await alone {
            try await exchange.timed {
                let kept = try KeptAnswer(response)
                let binds: [Bind] = [
                    .optional(kept?.status, Bind.int32), .optional(kept?.headers, Bind.json), .optional(kept?.body, Bind.bytes),
                ]
                let results = try await own.run(Segment(preamble: [exchange.openPreamble()], [keep(binds)]))
                guard try results[0].first?.bool(0) == true else {
                    throw AppError(.internalError, detail: "the claim of the idempotency key is gone: the handler ended the transaction itself")
                }
                try await own.commit()
            }
        }
        answer = response
    }

    /// After the failure of a step. Where this fails too, so does the commit.
    private func takeBack() async {
        _ = try? await own.run(Segment([Call(KeyedSQL.back)]))
    }

    private func alone<R>(_ body: () async throws -> R) async throws -> R {
        if isBusy { await withUnsafeContinuation { waiters.append($0) } } else { isBusy = true }
        defer {
            if waiters.isEmpty { isBusy = false } else { waiters.removeFirst().resume() }
        }
        guard answer == nil else {
            throw AppError(.internalError, detail: "the database is asked behind the commit of a write with an idempotency key")
        }
        return try await body()
    }
}
