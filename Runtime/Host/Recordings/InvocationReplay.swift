public import Kernel
import Logging
public import Manifest
import NIOCore
import Wire

/// A recorded invocation, run again by a handler's program on what the recording says: no database, no secrets, no other handler.
public struct InvocationReplay: Sendable, Encodable {
    /// The HTTP status of the answer or the error.
    public let status: Int
    /// The error's code; empty where it answered.
    public let code: String
    public let message: String
    /// Why it failed, in words that production logs but does not answer.
    public let detail: String
    /// The answer's body as text; empty where it failed.
    public let body: String
    /// What the program asked for that the recording does not hold.
    public let divergences: [String]
    /// Whether status, code, words and body are those of the recording, and nothing diverged.
    public let isSame: Bool

    enum CodingKeys: String, CodingKey {
        case status, code, message, detail, body, divergences
        case isSame = "is_same"
    }

    /// The longest that a replay may take.
    static let limit: Duration = .seconds(60)

    /// Runs it. `programs` is the folder of programs that are named without one.
    ///
    /// Throws `UNPROCESSABLE_FILE` for a recording that cannot be replayed, with the reason; `NOT_FOUND` where the program or its route is missing.
    public init(_ recorded: RecordedInvocation, _ manifest: Manifest, programs: String) async throws(AppError) {
        try Self.check(recorded)
        guard File.exists(manifest.programPath(beside: programs)) else {
            throw AppError(.notFound, "the program \(manifest.programPath(beside: programs)) is missing; build it, or name another with --program")
        }
        let end = try await Self.run(recorded, manifest, programs)
        let facts = recorded.facts
        switch end.event {
        case .answer(let head):
            status = Int(head.status)
            (code, message, body) = ("", "", String(decoding: end.body, as: UTF8.self))
            isSame = facts.ending == .answered && facts.status == status && recorded.answer == end.body && end.trace.divergences.isEmpty
        case .failed(let error, _):
            (status, code, message, body) = (error.code.status, error.code.name, error.message, "")
            isSame = facts.ending == .failed && facts.code == code && facts.message == message && end.trace.divergences.isEmpty
        default: throw AppError(.unprocessableFile, "the route answers with a subscription, which cannot be replayed")
        }
        detail = end.trace.detail
        divergences = end.trace.divergences
    }

    /// What was read from outside must be there, all of it.
    private static func check(_ recorded: RecordedInvocation) throws(AppError) {
        func refuse(_ why: String) -> AppError { AppError(.unprocessableFile, "this invocation cannot be replayed: \(why)") }
        guard recorded.facts.ending != .died, !recorded.trace.isEmpty else {
            throw refuse("its process died, and what it read from outside is not known; the request is there, see `tenantry invocation show`")
        }
        guard !recorded.facts.bodyIsCut else { throw refuse("its request's body is longer than what is kept") }
        guard let trace = try? Trace(bytes: recorded.trace) else { throw refuse("another version has recorded it") }
        guard !trace.isTruncated else { throw refuse("it read more than the \(Trace.maximumBytes >> 10) KB that are kept") }
    }

    private struct End {
        var event: Exchange.Event
        var body: [UInt8]
        var trace: Trace
    }

    private static func run(_ recorded: RecordedInvocation, _ manifest: Manifest, _ programs: String) async throws(AppError) -> End {
        let loops = Loops(count: 1)
        let greeting = Start(
            handler: manifest.name, databaseURL: "postgres://nobody@localhost/none", connections: 1, concurrency: 1, secrets: [], logLevel: "critical"
        )
        // It reads from the recording alone: neither a database nor egress is needed.
        var closed = manifest
        closed.egress = []
        let sandbox = try await Sandbox(.auto, programs: programs, database: .none)
        let launch = HandlerLaunch(loops: loops, programs: programs, sandbox: sandbox, parks: false) { _ in greeting }
        do {
            let child = try await launch.start(closed)
            let process = try await launch.connect(child, 0, Logger(label: "tenantry.replay")) {}
            let end = await process.executor.run { await exchange(recorded, process, greeting) }
            process.kill()
            try await process.channel.closeFuture.get()
            _ = await launch.end(child.pid)
            try await loops.group.shutdownGracefully()
            return try end.get()
        } catch let error as AppError {
            throw error
        } catch {
            throw AppError(.handlerFailed, "\(manifest.program) could not be run: \(error)")
        }
    }

    /// Runs on the loop of the process's wire.
    private static func exchange(_ recorded: RecordedInvocation, _ process: HandlerProcess, _ greeting: Start) async -> Result<End, AppError> {
        let limit = process.executor.loop.scheduleTask(in: .microseconds(limit.microseconds)) { process.kill() }
        defer { limit.cancel() }
        guard let ready = await process.wire.start(greeting) else {
            return .failure(AppError(.handlerFailed, "the program ended before it was ready; its own words stand above"))
        }
        var head = recorded.head
        do throws(AppError) {
            head.target = .route(try place(recorded.facts, in: try Describer.read(ready.description, of: greeting.handler)))
        } catch { return .failure(error) }
        head.recording = .replay(recorded.trace)
        head.remainingMicroseconds = UInt64(self.limit.microseconds)
        let exchange = process.wire.open(head, deadline: .after(self.limit), grant: nil, renewAt: .now.advanced(by: .seconds(3600)))
        let first = await exchange.next()
        var body: [UInt8] = []
        if case .answer(let head) = first {
            body = head.body
            var isOver = head.receipt != nil
            while !isOver {
                switch await exchange.next() {
                case .chunk(let bytes): body += bytes
                case .end: isOver = true
                case .failed(let error, let receipt): return end(.failed(error, receipt), [], exchange)
                default: return .failure(AppError(.handlerFailed, "the program broke the protocol"))
                }
            }
        }
        return end(first, body, exchange)
    }

    private static func end(_ event: Exchange.Event, _ body: [UInt8], _ exchange: Exchange) -> Result<End, AppError> {
        guard let trace = try? Trace(bytes: exchange.trace) else {
            return .failure(AppError(.handlerFailed, "the program ended, or does not know how to replay; its own words stand above"))
        }
        return .success(End(event: event, body: body, trace: trace))
    }

    /// Where the route stands in this program, which may be another one than the one that was recorded.
    private static func place(_ facts: RecordedInvocation.Facts, in description: HandlerDescription) throws(AppError) -> UInt16 {
        let shape = RouteTable.shape(of: facts.method, facts.route)
        guard let place = description.routes.firstIndex(where: { RouteTable.shape(of: $0.method, $0.path) == shape }) else {
            throw AppError(.notFound, "the program has no route \(facts.method) \(facts.route)")
        }
        return UInt16(place)
    }
}
