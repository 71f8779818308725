import Kernel
import Logging
import NIOCore
import NIOHTTP1
import Synchronization
import Wire

/// Serves requests: finds the route, lets the caller in, hands the call to a process, writes the answer.
final class Gateway: Sendable {
    let settings: HostSettings
    let fleet: Fleet
    let authenticator: Authenticator
    let keys: InstallationKeys
    let cookies: CookieRule
    let directory: Directory
    let dataKeys: DataKeys
    let contexts: ContextMinter
    let scratch: Scratch
    let feeds: Feeds
    let usage: UsageMeter
    let keyUses = KeyUses()
    let written = WrittenTenants()
    let status: HostStatus
    let admission: Admission
    let convictions: ConvictionStore
    let gates: FairGates
    let time: TimeSource
    let logger: Logger
    let logsRequests: Bool
    private let open = Mutex<[ObjectIdentifier: HTTPConnection]>([:])
    /// Takes the line of each request, whatever else is logged.
    let requestLogger: Logger

    init(
        settings: HostSettings, fleet: Fleet, authenticator: Authenticator, keys: InstallationKeys, directory: Directory,
        dataKeys: DataKeys, contexts: ContextMinter, scratch: Scratch, feeds: Feeds, usage: UsageMeter, status: HostStatus, time: TimeSource,
        logger: Logger
    ) {
        self.settings = settings
        self.fleet = fleet
        convictions = ConvictionStore(home: settings.home)
        self.authenticator = authenticator
        self.keys = keys
        self.directory = directory
        self.dataKeys = dataKeys
        self.contexts = contexts
        self.scratch = scratch
        self.feeds = feeds
        self.usage = usage
        self.status = status
        admission = Admission(settings.admission, time: time, logger: logger)
        cookies = CookieRule(origins: admission.origins)
        gates = FairGates(settings.admission, time: time)
        self.time = time
        self.logger = logger
        logsRequests = settings.logRequests
        var requestLogger = logger
        requestLogger.logLevel = min(logger.logLevel, .info)
        self.requestLogger = requestLogger
    }

    /// What is served now. A request asks once and keeps what it was given.
    var handlers: [ServedHandler] { fleet.serving.handlers }

    /// Serves one client's requests, one after the other, until the connection ends.
    func serve(_ connection: HTTPConnection) async {
        open.withLock { $0[ObjectIdentifier(connection)] = connection }
        await serveAll(connection)
        _ = open.withLock { $0.removeValue(forKey: ObjectIdentifier(connection)) }
    }

    /// Ends every connection, whatever it is doing.
    func endConnections() {
        for connection in open.withLock({ Array($0.values) }) { connection.executor.loop.execute { connection.close() } }
    }

    private func serveAll(_ connection: HTTPConnection) async {
        while true {
            switch await connection.next() {
            case .head(let head):
                // A client that asks and asks and never reads is not answered into memory without end.
                guard await connection.writable() else {
                    connection.close()
                    return
                }
                await respond(head, on: connection)
                connection.requestDone()
            // What is left of a body that its route did not want.
            case .body, .end: continue
            case .failure(let error):
                var call = begin(connection)
                refuse(error, &call)
                return
            case .closed:
                connection.close()
                return
            }
            if connection.isOver { return }
        }
    }

    private func begin(_ connection: HTTPConnection) -> Call {
        let id = UUID.v7(at: time.now(), using: &connection.executor.random)
        var call = Call(connection: connection, started: time.instant(), id: id, requestID: id.description)
        call.client = connection.peer
        call.isSecure = connection.isSecure
        return call
    }

    private func respond(_ raw: HTTPRequestHead, on connection: HTTPConnection) async {
        var call = begin(connection)
        var read: RequestHead?
        do throws(AppError) {
            var head = try RequestHead(raw)
            read = head
            if let accepted = RequestID.accepted(head.requestID) { call.requestID = accepted }
            call.method = head.method
            call.isHead = head.isHead
            call.isOld = head.isOld
            if head.method == "TRACE" || head.method == "CONNECT" { throw AppError(.methodNotAllowed) }
            call.hasToken = head.authorization != nil || head.apiKey != nil || head.cookies.access != nil
            let asksAll = head.target == "*" && head.method == "OPTIONS"
            let target = try RequestTarget(asksAll ? "/" : head.target, limit: settings.limits.target)
            if let authority = target.authority { head.host = authority }
            // Behind a request that is wrong in its form nothing is served.
            call.wantsKeep = head.keepAlive
            try await meet(head, &call)
            if asksAll {
                try await drain(head, call)
                return answer(204, [HeaderLine(name: "allow", value: Self.methods)], [], &call)
            }
            if head.speaksTus { call.common += Self.tus }
            let serving = fleet.serving
            // What a page asks before it calls is never a handler's affair.
            let method = head.method == "OPTIONS" && head.isPreflight ? "" : head.method
            switch serving.table.match(method, target.segments) {
            case .found(.handler(let index, let route), let parameters):
                let handler = serving.handlers[index]
                try count(&call)
                try checkLength(head, limit: bodyLimit(of: handler.routes[route]))
                try await invoke(handler, route, parameters, target.query, head, &call)
            case .found(.host(let route), _):
                call.route = "/\(route.rawValue)"
                if route.isCounted { try count(&call) }
                try checkLength(head, limit: settings.limits.memoryBody)
                try await drain(head, call)
                await answer(route, &call)
            case .wrongMethod(let allowed):
                try count(&call)
                try checkLength(head, limit: settings.limits.memoryBody)
                try await drain(head, call)
                wrongMethod(head, allowed, &call)
            case .none:
                try count(&call)
                try checkLength(head, limit: settings.limits.memoryBody)
                throw AppError(.notFound, "Nothing is at this address")
            }
        } catch {
            await refuse(error, behindBodyOf: read, &call)
        }
    }

    /// What every answer in the protocol of resumable uploads says (tus 1.0, section "Headers").
    private static let tus = [HeaderLine(name: "tus-resumable", value: "1.0.0"), HeaderLine(name: "tus-version", value: "1.0.0")]

    /// Methods that some route may answer.
    private static let methods = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"

    /// What is wrong with the request's form is said before what is wrong with its meaning.
    private func refuse(_ error: AppError, behindBodyOf head: RequestHead?, _ call: inout Call) async {
        let allow = error.code == .methodNotAllowed ? [HeaderLine(name: "allow", value: Self.methods)] : []
        guard let head, error.code.status < 500, error.code != .tooLarge, error.code.status != 429 else {
            return refuse(error, with: allow, &call)
        }
        do throws(AppError) {
            try await drain(head, call)
            refuse(error, with: allow, &call)
        } catch {
            refuse(error, &call)
        }
    }

    private func wrongMethod(_ head: RequestHead, _ allowed: [String], _ call: inout Call) {
        let allow = [HeaderLine(name: "allow", value: allowed.joined(separator: ", "))]
        if head.method == "OPTIONS" {
            answer(204, allow + (head.isPreflight ? admission.origins.preflight(head.origin, methods: allowed) : []), [], &call)
        } else {
            refuse(AppError(.methodNotAllowed, "This path answers \(allowed.joined(separator: ", "))"), with: allow, &call)
        }
    }
}
