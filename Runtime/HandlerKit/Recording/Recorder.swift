import Postgres
import Synchronization
import Wire

/// Keeps what an invocation reads from outside, for the case that it fails. Any thread.
///
/// While the invocation runs only references are kept; they become bytes when a trace is asked for. Past ``Trace/maximumBytes`` nothing is kept.
final class Recorder: Sendable {
    private enum Kept {
        case now(Timestamp)
        case instant(Duration)
        case id(UUID)
        case statements([Call], Result<[Rows], Trace.Fault>)
        case sql(String, [Bind], Result<[Rows], Trace.Fault>)
        case opened(Trace.Fault?)
        case committed(Trace.Fault?)
        case streamed(String, [Bind], Streamed)
        case called(CalledRoute, [UInt8], Result<NestedAnswer, Trace.Fault>)
        case sealed(Result<[UInt8], Trace.Fault>)
    }

    /// The rows of a long result, as they arrive.
    private final class Streamed: Sendable {
        let state = Mutex<(rows: [Rows], fault: Trace.Fault?)>(([], nil))
    }

    private struct State {
        var kept: [Kept] = []
        var bytes = 0
        var isTruncated = false
    }

    private let state = Mutex(State())

    // MARK: While it runs

    func now(_ time: TimeSource) -> Timestamp {
        let now = time.now()
        keep(.now(now), 16)
        return now
    }

    func instant(_ time: TimeSource, since started: ContinuousClock.Instant) -> ContinuousClock.Instant {
        let instant = time.instant()
        keep(.instant(started.duration(to: instant)), 16)
        return instant
    }

    func id(_ id: UUID) -> UUID {
        keep(.id(id), 24)
        return id
    }

    /// `bytes` are those of the rows.
    func statements(_ calls: [Call], _ rows: [Rows], bytes: Int) {
        keep(.statements(calls, .success(rows)), bytes + calls.reduce(0) { $0 + 64 + $1.binds.size })
    }

    func statements(_ calls: [Call], failed error: any Error) {
        keep(.statements(calls, .failure(Trace.Fault(error))), calls.reduce(256) { $0 + $1.binds.size })
    }

    func sql(_ sql: String, _ binds: [Bind], _ rows: Rows, bytes: Int) {
        keep(.sql(sql, binds, .success([rows])), bytes + sql.utf8.count + binds.size)
    }

    func sql(_ sql: String, _ binds: [Bind], failed error: any Error) {
        keep(.sql(sql, binds, .failure(Trace.Fault(error))), 256 + sql.utf8.count + binds.size)
    }

    func opened(_ error: (any Error)?) { keep(.opened(error.map { Trace.Fault($0) }), 16) }

    func committed(_ error: (any Error)?) { keep(.committed(error.map { Trace.Fault($0) }), 16) }

    /// Begins a long result; what is returned takes its rows, or the error that ended them.
    func streamed(_ sql: String, _ binds: [Bind]) -> @Sendable (Result<Rows, any Error>) -> Void {
        let streamed = Streamed()
        keep(.streamed(sql, binds, streamed), 64 + binds.size)
        return { [self] arrived in
            switch arrived {
            case .success(let row):
                let isKept = state.withLock { state in
                    grow(&state, row.valueBytes + 64)
                    return !state.isTruncated
                }
                streamed.state.withLock { if isKept { $0.rows.append(row) } else { $0.rows = [] } }
            case .failure(let error): streamed.state.withLock { $0.fault = Trace.Fault(error) }
            }
        }
    }

    func called(_ route: CalledRoute, _ body: [UInt8], _ answer: NestedAnswer) {
        keep(.called(route, body, .success(answer)), body.count + answer.body.count + 128)
    }

    func sealed(_ result: Result<[UInt8], AppError>) {
        keep(.sealed(result.mapError { Trace.Fault($0) }), ((try? result.get().count) ?? 128) + 16)
    }

    func called(_ route: CalledRoute, _ body: [UInt8], failed error: any Error) {
        keep(.called(route, body, .failure(Trace.Fault(error))), body.count + 128)
    }

    private func keep(_ entry: Kept, _ bytes: Int) {
        state.withLock { state in
            grow(&state, bytes)
            if !state.isTruncated { state.kept.append(entry) }
        }
    }

    private func grow(_ state: inout State, _ bytes: Int) {
        state.bytes += bytes
        guard state.bytes > Trace.maximumBytes else { return }
        state.isTruncated = true
        state.kept = []
    }

    // MARK: At its end

    /// All that was kept.
    func trace(began: Timestamp, detail: String) -> Trace {
        let (kept, isTruncated) = state.withLock { ($0.kept, $0.isTruncated) }
        return Trace(began: began.microseconds, entries: kept.map(Self.entry), detail: detail, isTruncated: isTruncated)
    }

    private static func entry(_ kept: Kept) -> Trace.Entry {
        switch kept {
        case .now(let now): .now(now.microseconds)
        case .instant(let passed): .instant(passed.nanoseconds)
        case .id(let id): .id(id)
        case .statements(let calls, let result): .statements(Trace.Question(calls), tables(result))
        case .sql(let sql, let binds, let result): .statements(Trace.Question(sql, binds), tables(result))
        case .opened(let fault): .opened(fault)
        case .committed(let fault): .committed(fault)
        case .streamed(let sql, let binds, let streamed):
            streamed.state.withLock { .streamed(Trace.Question(sql, binds), $0.rows.map { Trace.Table($0) }, $0.fault) }
        case .called(let route, let body, .success(let answer)):
            .called(Trace.Question(route, body), .value(.init(status: answer.status, body: answer.body)))
        case .sealed(.success(let bytes)): .sealed(.value(bytes))
        case .sealed(.failure(let fault)): .sealed(.fault(fault))
        case .called(let route, let body, .failure(let fault)): .called(Trace.Question(route, body), .fault(fault))
        }
    }

    private static func tables(_ result: Result<[Rows], Trace.Fault>) -> Trace.Outcome<[Trace.Table]> {
        switch result {
        case .success(let rows): .value(rows.map { Trace.Table($0) })
        case .failure(let fault): .fault(fault)
        }
    }
}

extension Trace.Fault: Error {}

extension [Bind] {
    /// About as many bytes as they keep in memory.
    fileprivate var size: Int {
        reduce(0) { sum, bind in
            switch bind {
            case .text(let text): sum + 16 + text.utf8.count
            case .json(let bytes), .bytes(let bytes), .textBytes(let bytes): sum + 16 + bytes.count
            case .array(let array): sum + 32 + array.byteCount
            default: sum + 16
            }
        }
    }
}

extension Duration {
    fileprivate var nanoseconds: Int64 {
        let parts = components
        return parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000
    }
}
