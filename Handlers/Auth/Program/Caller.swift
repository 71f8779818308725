import HandlerKit

/// Whoever calls, before or after a tenant is known: what the steps of signing in need of either kind of invocation.
struct Caller: Sendable {
    private enum Source: Sendable {
        case anyone(AnonymousInvocation)
        case member(Invocation)
    }

    private let source: Source
    /// Functions of the schema `identity`.
    let database: IdentityDatabase
    let request: Request
    let time: TimeSource
    let logger: Logger

    init(_ invocation: AnonymousInvocation) {
        source = .anyone(invocation)
        database = invocation.database
        request = invocation.request
        time = invocation.time
        logger = invocation.logger
    }

    init(_ invocation: Invocation) {
        source = .member(invocation)
        database = invocation.identity
        request = invocation.request
        time = invocation.time
        logger = invocation.logger
    }

    /// The client's address, as the gateway judged it.
    var address: String { request.clientAddress }

    /// What the client says it is, without characters that could pretend to be something else; at most 300.
    var userAgent: String {
        let scalars = (request.header("user-agent") ?? "").unicodeScalars.filter { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
            default: true
            }
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars.prefix(300))
        return String(text)
    }

    func makeID() -> UUID {
        switch source {
        case .anyone(let invocation): invocation.makeID()
        case .member(let invocation): invocation.makeID()
        }
    }

    func offload<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        switch source {
        case .anyone(let invocation): try await invocation.offload(body)
        case .member(let invocation): try await invocation.offload(body)
        }
    }

    func offload<T: Sendable>(on pool: WorkPool, _ body: @escaping @Sendable () throws -> T) async throws -> T {
        switch source {
        case .anyone(let invocation): try await invocation.offload(on: pool, body)
        case .member(let invocation): try await invocation.offload(on: pool, body)
        }
    }
}
