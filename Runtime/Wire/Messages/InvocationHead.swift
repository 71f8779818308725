public import Kernel

/// All that a handler is told of one invocation before the body.
public struct InvocationHead: Sendable, Hashable {
    /// What is asked for.
    public enum Target: Sendable, Hashable {
        /// A route, by its place in the description.
        case route(UInt16)
        /// A page of a feed: events behind a cursor (nil: from the oldest kept), at most so many.
        case page(channel: String, from: String?, limit: UInt16)
    }

    /// In whose name the database is asked. The raw values are the kind letters of the signed context.
    public enum Scope: UInt8, Sendable, Hashable {
        case tenant = 0x74
        case identity = 0x69
        case system = 0x73
        case `operator` = 0x6F
    }

    public var target: Target
    public var scope: Scope
    public var invocation: InvocationID
    /// The id in the answer's `X-Request-ID`.
    public var requestID: String
    /// All zero where the scope is not a tenant's, nor an operator's who acts upon one.
    public var tenant: TenantID
    /// All zero where nobody has signed in.
    public var user: UserID
    /// The member's role in the tenant; empty where there is none.
    public var role: String
    /// Empty for a built-in role as it is; else nothing is held that none of these covers: the scopes of a tenant's own role, of an API key, or of a
    /// token that is good for some things only.
    public var scopes: [String]
    /// All zero where the token is of no session.
    public var session: UUID
    /// The API key in whose place of a token it is called; all zero where there is none. `user` is then who made the key.
    public var apiKey: UUID
    /// The client's address as the gateway judged it; empty where there is no client.
    public var address: String
    /// The signed context that the database verifies.
    public var context: String
    /// What is left until the deadline, in microseconds.
    public var remainingMicroseconds: UInt64
    /// How many handlers' calls it lies behind; 0 for a client's own.
    public var depth: UInt8
    /// Nil where the client sent no `Idempotency-Key`.
    public var idempotency: Idempotency?
    public var recording: Recording
    /// The values of the path's parameters, in the path's order, percent-decoded.
    public var parameters: [String]
    /// The query without its question mark, as it came.
    public var query: String
    /// The header lines that handlers see.
    public var headers: [HeaderField]
    /// The whole body where it is short; else what comes first of it.
    public var body: [UInt8]
    /// How many bytes of body follow in chunks; an `end` closes them. 0: `body` is all.
    public var following: UInt64
    /// The tenant's data keys for this handler, the one that seals first; empty where its manifest asks for none, and without a tenant.
    public var dataKeys: [DataKey]

    public init(
        target: Target, scope: Scope, invocation: InvocationID, requestID: String, tenant: TenantID = TenantID(.zero),
        user: UserID = UserID(.zero), role: String = "", scopes: [String] = [], session: UUID = .zero,
        apiKey: UUID = .zero, address: String = "", context: String, remainingMicroseconds: UInt64, depth: UInt8 = 0,
        idempotency: Idempotency? = nil, recording: Recording = .none, parameters: [String] = [], query: String = "", headers: [HeaderField] = [],
        body: [UInt8] = [], following: UInt64 = 0, dataKeys: [DataKey] = []
    ) {
        self.target = target
        self.scope = scope
        self.invocation = invocation
        self.requestID = requestID
        self.tenant = tenant
        self.user = user
        self.role = role
        self.scopes = scopes
        self.session = session
        self.apiKey = apiKey
        self.address = address
        self.context = context
        self.remainingMicroseconds = remainingMicroseconds
        self.depth = depth
        self.idempotency = idempotency
        self.recording = recording
        self.parameters = parameters
        self.query = query
        self.headers = headers
        self.body = body
        self.following = following
        self.dataKeys = dataKeys
    }

    /// Whether it is about one tenant, whose rows the context opens.
    public var hasTenant: Bool { scope == .tenant || scope == .operator && tenant.uuid != .zero }

    init(from reader: inout ByteReader) throws(WireError) {
        switch try reader.number(UInt8.self) {
        case 0: target = .route(try reader.number())
        case 1:
            let channel = try reader.text()
            let from = try reader.flag() ? try reader.text() : nil
            target = .page(channel: channel, from: from, limit: try reader.number())
        case let other: throw WireError("the unknown target \(other)")
        }
        let letter = try reader.number(UInt8.self)
        guard let scope = Scope(rawValue: letter) else { throw WireError("the unknown scope \(letter)") }
        self.scope = scope
        invocation = InvocationID(try reader.uuid())
        requestID = try reader.text()
        tenant = TenantID(try reader.uuid())
        user = UserID(try reader.uuid())
        role = try reader.text()
        scopes = try reader.items { reader throws(WireError) in try reader.text() }
        session = try reader.uuid()
        apiKey = try reader.uuid()
        address = try reader.text()
        context = try reader.text()
        remainingMicroseconds = try reader.number()
        depth = try reader.number()
        idempotency = try reader.flag() ? try Idempotency(from: &reader) : nil
        recording = try Recording(from: &reader)
        parameters = try reader.items { reader throws(WireError) in try reader.text() }
        query = try reader.text()
        headers = try reader.items { reader throws(WireError) in try HeaderField(from: &reader) }
        body = try reader.blob()
        following = try reader.number()
        dataKeys = try reader.items { reader throws(WireError) in try DataKey(from: &reader) }
    }

    func write(to writer: inout ByteWriter) {
        switch target {
        case .route(let index):
            writer.put(UInt8(0))
            writer.put(index)
        case .page(let channel, let from, let limit):
            writer.put(UInt8(1))
            writer.put(channel)
            writer.put(from != nil)
            if let from { writer.put(from) }
            writer.put(limit)
        }
        writer.put(scope.rawValue)
        writer.put(invocation.uuid)
        writer.put(requestID)
        writer.put(tenant.uuid)
        writer.put(user.uuid)
        writer.put(role)
        writer.put(scopes) { writer, scope in writer.put(scope) }
        writer.put(session)
        writer.put(apiKey)
        writer.put(address)
        writer.put(context)
        writer.put(remainingMicroseconds)
        writer.put(depth)
        writer.put(idempotency != nil)
        idempotency?.write(to: &writer)
        recording.write(to: &writer)
        writer.put(parameters) { writer, value in writer.put(value) }
        writer.put(query)
        writer.put(headers) { writer, header in header.write(to: &writer) }
        writer.put(body)
        writer.put(following)
        writer.put(dataKeys) { writer, key in key.write(to: &writer) }
    }
}

extension ByteWriter {
    mutating func put(_ uuid: UUID) {
        put(uuid.high)
        put(uuid.low)
    }
}

extension ByteReader {
    mutating func uuid() throws(WireError) -> UUID {
        UUID(high: try number(), low: try number())
    }
}
