import Postgres

/// Where a handler's process finds the database, as far as walls are concerned.
enum DatabasePlace: Sendable, Equatable {
    /// Nowhere: it is only asked what it serves.
    case none
    /// A Unix socket in that folder.
    case socket(folder: String)
    /// A port; a name must be looked up first, an address not. The files are those that TLS wants.
    case tcp(port: Int, isName: Bool, files: [String])

    init(_ configuration: PostgresClient.Configuration) {
        if configuration.host.hasPrefix("/") {
            self = .socket(folder: configuration.host)
        } else {
            let isAddress = configuration.host == "localhost" || configuration.host.allSatisfy { $0.isHexDigit || $0 == "." || $0 == ":" }
            let files = ["sslrootcert", "sslcert", "sslkey", "sslcrl"].compactMap { configuration.parameters[$0] }.filter { $0.hasPrefix("/") }
            self = .tcp(port: configuration.port, isName: !isAddress, files: files)
        }
    }
}
