/// What stands around the processes of one handler.
public struct SandboxReport: Sendable, Equatable, Encodable {
    /// The network that a program reaches.
    public enum Network: String, Sendable, Encodable {
        /// No socket but those of the Unix family.
        case none
        /// TCP to the database.
        case database
        /// TCP to the database and to the web, and what looking up names needs.
        case egress
        /// All that the machine reaches.
        case any
    }

    /// The ABI of Landlock that is applied; 0: none.
    public let landlock: Int
    /// Whether system calls are filtered.
    public let seccomp: Bool
    /// Whether bubblewrap gives it namespaces of its own.
    public let bubblewrap: Bool
    public let network: Network
    /// Bytes of data that a process may hold at most; nil: no limit.
    public let memory: Int?

    /// For people: `landlock 7, seccomp, bubblewrap, network none`.
    public var summary: String {
        let parts = [landlock > 0 ? "landlock \(landlock)" : nil, seccomp ? "seccomp" : nil, bubblewrap ? "bubblewrap" : nil].compactMap(\.self)
        return (parts.isEmpty ? ["off"] : parts).joined(separator: ", ") + ", network \(network.rawValue)"
    }
}
