/// Who a process is and what it may use. Secrets and the password travel here and nowhere else.
public struct Start: Sendable, Hashable {
    /// The gateway's ``WireVersion``; another one is answered by exiting.
    public var version: UInt16
    /// The handler's name in its manifest.
    public var handler: String
    /// The database, as a libpq URL with role and password.
    public var databaseURL: String
    /// The most connections that this process opens.
    public var connections: UInt16
    /// The most invocations at once; the gateway keeps to it.
    public var concurrency: UInt16
    /// What the manifest's `secrets` name, by name.
    public var secrets: [Secret]
    /// The least severe level that is logged, for example `info`.
    public var logLevel: String
    /// Whether the process says what it serves. It costs more than the rest of its start, so only one process of each new program is asked.
    public var describes: Bool

    /// A value that only this handler is given.
    public struct Secret: Sendable, Hashable {
        public var name: String
        public var value: [UInt8]

        public init(name: String, value: [UInt8]) {
            self.name = name
            self.value = value
        }
    }

    public init(
        version: UInt16 = WireVersion.current, handler: String, databaseURL: String, connections: UInt16, concurrency: UInt16, secrets: [Secret],
        logLevel: String, describes: Bool = true
    ) {
        self.version = version
        self.handler = handler
        self.databaseURL = databaseURL
        self.connections = connections
        self.concurrency = concurrency
        self.secrets = secrets
        self.logLevel = logLevel
        self.describes = describes
    }

    init(from reader: inout ByteReader) throws(WireError) {
        version = try reader.number()
        handler = try reader.text()
        databaseURL = try reader.text()
        connections = try reader.number()
        concurrency = try reader.number()
        secrets = try reader.items { reader throws(WireError) in Secret(name: try reader.text(), value: try reader.blob()) }
        logLevel = try reader.text()
        describes = try reader.flag()
    }

    func write(to writer: inout ByteWriter) {
        writer.put(version)
        writer.put(handler)
        writer.put(databaseURL)
        writer.put(connections)
        writer.put(concurrency)
        writer.put(secrets) { writer, secret in
            writer.put(secret.name)
            writer.put(secret.value)
        }
        writer.put(logLevel)
        writer.put(describes)
    }
}

/// What a process serves, said once when it is able to serve it.
public struct Ready: Sendable, Hashable {
    /// The process's ``WireVersion``.
    public var version: UInt16
    /// A ``HandlerDescription`` in JSON; empty where the start did not ask for it.
    public var description: [UInt8]

    public init(version: UInt16 = WireVersion.current, description: [UInt8]) {
        self.version = version
        self.description = description
    }

    init(from reader: inout ByteReader) throws(WireError) {
        version = try reader.number()
        description = try reader.blob()
    }

    func write(to writer: inout ByteWriter) {
        writer.put(version)
        writer.put(description)
    }
}
