import Glibc
import Kernel
import Logging
import Reactor
import Testing
import Wire

@testable import HandlerKit

/// The gateway's end of a socketpair, in the hands of a test.
final class Gateway: @unchecked Sendable {
    // Touched on the reactor's thread alone.
    private let socket: WireSocket
    private let descriptor: Int32
    private var frames: [Frame] = []
    private var next = 0
    private var waiting: CheckedContinuation<Void, Never>?
    private var isOver = false
    private var stream: StreamID = 0
    /// Whether chunks are granted again as soon as they arrive.
    var grantsAtOnce = true

    init(descriptor: Int32, reactor: Reactor) {
        self.descriptor = descriptor
        socket = WireSocket(descriptor: descriptor, reactor: reactor)
        socket.open(
            receive: { [unowned self] frame in
                frames.append(frame)
                if grantsAtOnce, case .chunk(let stream, let bytes) = frame { socket.send(.credit(stream, UInt32(bytes.count))) }
                wake()
            },
            ended: { [unowned self] _ in
                isOver = true
                wake()
            })
    }

    func send(_ frames: Frame...) {
        for frame in frames { socket.send(frame) }
    }

    func start(version: UInt16 = WireVersion.current, secrets: [Start.Secret] = [], describes: Bool = true) async throws -> HandlerDescription {
        send(
            .start(
                Start(
                    version: version, handler: "test", databaseURL: "postgres://nobody@localhost/nothing", connections: 1, concurrency: 8,
                    secrets: secrets, logLevel: "critical", describes: describes)))
        guard case .ready(let ready) = try await receive() else { throw Unexpected() }
        if !describes, ready.description.isEmpty { return HandlerDescription(routes: [], feeds: []) }
        return try JSON.decode(HandlerDescription.self, from: JSON.read(ready.description))
    }

    /// Invokes and returns the stream's number.
    @discardableResult
    func invoke(
        _ target: InvocationHead.Target = .route(0), scope: InvocationHead.Scope = .tenant, within: Duration = .seconds(30),
        caller: (scopes: [String], key: UUID, session: UUID) = ([], .zero, .zero), parameters: [String] = [], query: String = "",
        headers: [HeaderField] = [], body: String = "", following: Int = 0,
        recording: Recording = .none
    ) -> StreamID {
        stream += 1
        let id = UUID(high: 7, low: UInt64(stream))
        send(
            .invoke(
                stream,
                InvocationHead(
                    target: target, scope: scope, invocation: InvocationID(id), requestID: "request-\(stream)",
                    tenant: TenantID(UUID(high: 1, low: 2)),
                    user: UserID(UUID(high: 3, low: 4)), role: "analyst", scopes: caller.scopes, session: caller.session,
                    apiKey: caller.key, address: "192.0.2.9", context: "context-1",
                    remainingMicroseconds: UInt64(within.microseconds), recording: recording, parameters: parameters, query: query, headers: headers,
                    body: Array(body.utf8), following: UInt64(following))))
        return stream
    }

    /// The next frame of the process; throws where it has closed the wire.
    func receive() async throws -> Frame {
        while next == frames.count {
            if isOver { throw Unexpected() }
            await withCheckedContinuation { waiting = $0 }
        }
        next += 1
        return frames[next - 1]
    }

    /// The next frame, which must be a whole answer.
    func answer() async throws -> AnswerHead {
        let frame = try await receive()
        guard case .answer(_, let head) = frame else { throw Unexpected(frame) }
        return head
    }

    /// The next frame, which must be a failure.
    func failure() async throws -> Failure {
        let frame = try await receive()
        guard case .failure(_, let failure) = frame else { throw Unexpected(frame) }
        return failure
    }

    /// All bytes of a streamed answer, from its head to its end.
    func streamedAnswer() async throws -> (head: AnswerHead, body: [UInt8]) {
        let head = try await answer()
        var body = head.body
        while head.receipt == nil {
            let frame = try await receive()
            switch frame {
            case .chunk(_, let bytes): body.append(contentsOf: bytes)
            case .end: return (head, body)
            default: throw Unexpected(frame)
            }
        }
        return (head, body)
    }

    /// Tells the process that nothing more comes.
    func close() {
        _ = shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Lets the socket go.
    func end() {
        socket.close()
        _ = Glibc.close(descriptor)
    }

    private func wake() {
        waiting?.resume()
        waiting = nil
    }

    struct Unexpected: Error {
        let frame: Frame?
        init(_ frame: Frame? = nil) { self.frame = frame }
    }
}

/// Runs a handler's process and a test on one reactor with a thread of its own; the process's end is the result.
@discardableResult
func withProcess<H: Handler>(_ handler: H.Type, _ test: @Sendable (Gateway) async throws -> Void) async throws -> Result<Void, any Error> {
    // A test that fails lets its end go while the process still writes.
    signal(SIGPIPE, SIG_IGN)
    let reactor = Reactor(name: "test")
    reactor.start()
    defer { reactor.stop() }
    var pair: [Int32] = [0, 0]
    #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
    let ends = (process: pair[0], gateway: pair[1])
    return try await withTaskExecutorPreference(reactor) {
        let gateway = Gateway(descriptor: ends.gateway, reactor: reactor)
        let process = HandlerProcess(descriptor: ends.process, reactor: reactor)
        async let served: Result<Void, any Error> = {
            defer { close(ends.process) }
            do {
                try await process.serve(handler, makeLogger: { _ in Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } })
                return .success(())
            } catch {
                return .failure(error)
            }
        }()
        defer { gateway.end() }
        try await test(gateway)
        gateway.close()
        return await served
    }
}

extension Result<Void, any Error> {
    /// What the process ended with; nil where it ended well.
    var error: (any Error)? { if case .failure(let error) = self { error } else { nil } }
}

extension [UInt8] {
    var text: String { String(decoding: self, as: UTF8.self) }
}
