import Kernel
import Manifest

/// How many database connections everything together may open.
public struct ConnectionBudget: Sendable, Equatable {
    /// One who may open connections.
    public struct Part: Sendable, Equatable {
        public let name: String
        public let processes: Int
        public let each: Int
    }

    public let parts: [Part]
    /// The sum of processes times connections.
    public var total: Int { parts.reduce(0) { $0 + $1.processes * $1.each } }

    /// The host's own connections, its listener, and every handler at its most.
    init(host: Int, handlers: [Manifest]) {
        parts =
            [Part(name: "host", processes: 1, each: host + 1)]
            + handlers.map { Part(name: $0.name, processes: $0.instances.upperBound, each: $0.connections) }
    }

    /// Throws `UNAVAILABLE` where the server allows fewer.
    func check(limit: Int) throws(AppError) {
        guard total <= limit else {
            throw AppError(
                .unavailable,
                "\(self) = \(total) database connections, but the server allows \(limit); lower `connections` or `instances.max` in a handler.yaml, "
                    + "or raise the server's max_connections")
        }
    }
}

extension ConnectionBudget: CustomStringConvertible {
    public var description: String {
        parts.map { $0.processes == 1 ? "\($0.name) \($0.each)" : "\($0.name) \($0.processes) × \($0.each)" }.joined(separator: " + ")
    }
}
