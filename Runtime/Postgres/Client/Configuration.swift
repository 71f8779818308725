extension PostgresClient {
    /// Where the database is, who signs in, and how many connections may be open.
    public struct Configuration: Sendable {
        /// A name, an address, or the directory of a Unix socket if it begins with `/`.
        public var host: String
        /// Of TCP, or of the Unix socket's name.
        public var port: Int
        /// The role that signs in.
        public var user: String
        /// Never printed.
        public var password: String?
        /// The database's name.
        public var database: String
        /// Further libpq parameters by name, for example `sslmode` or `sslrootcert`.
        public var parameters: [String: String] = [:]
        /// Shown in `pg_stat_activity`.
        public var applicationName = "tenantry"
        /// Most connections at once, shared and own ones together; a listener needs one more. Defaults to 4.
        public var maxConnections = 4
        /// Most callers that may wait for a connection. Defaults to 10,000.
        public var maxWaiting = 10_000
        /// A connection unused for that long is closed. Defaults to 60 s.
        public var idleTime: Duration = .seconds(60)
        /// The longest time to open one connection, and the longest a caller waits while none can be opened. Defaults to 5 s.
        public var connectTimeout: Duration = .seconds(5)
        /// The longest wait for a cancelled statement to end before its connection is closed. Defaults to 2 s.
        public var cancelGrace: Duration = .seconds(2)

        /// Whether an address that the host's name stands for may be connected to; all of them must be. Nil: any may. With it no Unix socket is opened.
        public var permits: (@Sendable (_ address: String) -> Bool)?

        /// A place with the defaults that stand above; port 5432 unless another one is given.
        public init(host: String, port: Int = 5432, user: String, password: String? = nil, database: String) {
            self.host = host
            self.port = port
            self.user = user
            self.password = password
            self.database = database
        }
    }
}

extension PostgresClient.Configuration: CustomStringConvertible, CustomDebugStringConvertible {
    /// Who, where and which database; never the password.
    public var description: String { "\(user)@\(host):\(port)/\(database)" }
    /// The same.
    public var debugDescription: String { description }
}
