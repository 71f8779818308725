import Kernel
import Logging
import Reactor
import ServiceLifecycle
import Tokens
import Wire

/// Stores what failed, off the path of requests: takes secrets out, seals for the tenant, writes. A failure here fails nothing else.
struct RecordingService: Service {
    /// How often old recordings are taken out.
    static let expireEvery: Duration = .seconds(600)

    let gateway: Gateway
    let queue: RecordingQueue
    let vault: RecordingVault
    let database: RecordingDatabase
    /// The files of the handlers' programs.
    let programs: [String: String]
    let logger: Logger
    private let pool = BlockingPool(threads: 1, name: "recordings")

    init(
        gateway: Gateway, queue: RecordingQueue, vault: RecordingVault, database: RecordingDatabase, programs: [String: String], logger: Logger
    ) {
        self.gateway = gateway
        self.queue = queue
        self.vault = vault
        self.database = database
        self.programs = programs
        self.logger = logger
    }

    func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await expire() }
                var hashes: [String: String] = [:]
                for await ended in queue.ended { await store(ended, &hashes) }
                group.cancelAll()
            }
        } onGracefulShutdown: {
            queue.finish()
        }
    }

    private func store(_ ended: EndedInvocation, _ hashes: inout [String: String]) async {
        do throws(AppError) {
            let recording = RecordedInvocation(
                ended, program: await hash(ended.handler, &hashes), route: gateway.route(of: ended.head, ended.handler))
            try await database.add(recording, sealed: try await vault.seal(recording))
            logger.notice(
                "a failed invocation is recorded",
                metadata: .keys([
                    .requestID: "\(ended.head.requestID)", .handler: "\(ended.handler)", .tenantID: "\(ended.head.tenant)",
                    .reason: "tenantry invocation replay \(ended.head.invocation)",
                ]))
        } catch {
            logger.error(
                "a failed invocation could not be recorded",
                metadata: .keys([.requestID: "\(ended.head.requestID)", .error: "\(String(reflecting: error))"]))
        }
    }

    /// Of the program that stands there now; read once for each.
    private func hash(_ handler: String, _ hashes: inout [String: String]) async -> String {
        guard let path = programs[handler], let identity = File.identity(of: path) else { return "" }
        if let known = hashes[identity] { return known }
        let hash = (try? await pool.run { try Describer.digest(of: path) }) ?? ""
        if hashes.count > 1000 { hashes = [:] }
        hashes[identity] = hash
        return hash
    }

    private func expire() async {
        repeat {
            do throws(AppError) {
                try await database.expire()
            } catch {
                logger.warning("old recordings could not be taken out", metadata: .keys([.error: "\(String(reflecting: error))"]))
            }
        } while await pause(for: Self.expireEvery)
    }
}

extension Gateway {
    /// Method and path of what was invoked, for people.
    func route(of head: InvocationHead, _ handler: String) -> (method: String, path: String) {
        guard case .route(let place) = head.target, let routes = handlers.first(where: { $0.name == handler })?.description.routes,
            Int(place) < routes.count
        else { return ("", "") }
        return (routes[Int(place)].method, routes[Int(place)].path)
    }
}

extension RecordedInvocation {
    init(_ ended: EndedInvocation, program: String, route: (method: String, path: String)) {
        var head = ended.head
        let redacted = Redaction.apply(to: &head)
        let bodyIsCut = head.following > 0
        // Whoever reads this may ask the database nothing in its name.
        head.context = ""
        head.idempotency = nil
        head.recording = .none
        head.following = 0
        head.dataKeys = []
        let ending: Facts.Ending
        var status = 0
        var (code, message) = ("", "")
        var answer: [UInt8] = []
        switch ended.end {
        case .failed(let error): (ending, status, code, message) = (.failed, error.code.status, error.code.name, error.message)
        case .answered(let given, let body): (ending, status, answer) = (.answered, Int(given), body)
        case .died: (ending, status, code) = (.died, ErrorCode.handlerFailed.status, ErrorCode.handlerFailed.name)
        }
        self.init(
            facts: Facts(
                handler: ended.handler, program: program, version: Version.current, method: route.method, route: route.path,
                requestID: head.requestID,
                endedAt: ended.endedAt, ending: ending, status: status, code: code, message: message, redacted: redacted, bodyIsCut: bodyIsCut),
            head: head, trace: ended.trace, answer: answer)
    }
}
