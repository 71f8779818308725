public import Kernel
import Reactor
import Tokens

/// What is known of a call that ended its process alone, and is refused for it.
public struct Conviction: Sendable, Codable, Equatable {
    public var at: Timestamp
    /// Until when it is refused, unless another version of the program comes before.
    public var until: Timestamp
    public var handler: String
    /// Which version of the program it was: the file's place and identity.
    public var program: String
    /// Method and path, with the parameters' names.
    public var route: String
    /// Nil where nobody had signed in.
    public var tenant: TenantID?
    public var requestID: String
    /// SHA-256 over program, route, tenant, path, query and body, in hexadecimal digits.
    public var fingerprint: String
    /// How the process ended, for example `signal 4`.
    public var ended: String
    /// Why the gateway killed it; nil where it did not.
    public var killedFor: String?
    /// What the process used when it was last looked at: bytes, and milliseconds of processor time.
    public var memory: Int?
    public var cpuMilliseconds: Int?

    enum CodingKeys: String, CodingKey {
        case at, until, handler, program, route, tenant, fingerprint, ended, memory
        case requestID = "request_id"
        case killedFor = "killed_for"
        case cpuMilliseconds = "cpu_ms"
    }
}

/// The last convictions of an installation, in `convictions.jsonl` in its home: a JSON object a line, the oldest first.
public struct ConvictionStore: Sendable {
    /// Lines that are kept.
    static let limit = 1000

    private let path: String
    private let pool = BlockingPool(threads: 1, name: "convictions")

    /// The store of a home.
    public init(home: String) { path = "\(home)/convictions.jsonl" }

    /// All that are kept; a line that cannot be read is passed over. Blocks. Throws where the file cannot be read.
    public func all() throws(AppError) -> [Conviction] {
        try lines().compactMap { line in try? JSON.decode(Conviction.self, from: try JSON.read(Array(line))) }
    }

    /// Adds one, off the caller's thread.
    func add(_ conviction: Conviction) async throws {
        let line = try JSON.encode(conviction)
        try await pool.run { [self] in
            let kept = try lines().suffix(Self.limit - 1).map(Array.init) + [line]
            try File.write(Array(kept.joined(separator: [UInt8(ascii: "\n")])) + [UInt8(ascii: "\n")], to: path)
        }
    }

    /// Drops those of a tenant, off the caller's thread.
    func forget(_ tenant: TenantID) async throws {
        try await pool.run { [self] in
            let lines = try lines()
            let kept = lines.filter { line in (try? JSON.decode(Conviction.self, from: try JSON.read(Array(line))))?.tenant != tenant }
            guard kept.count < lines.count else { return }
            try File.write(kept.flatMap { Array($0) + [UInt8(ascii: "\n")] }, to: path)
        }
    }

    private func lines() throws(AppError) -> [ArraySlice<UInt8>] {
        guard File.exists(path) else { return [] }
        return try File.read(path, limit: 16 << 20).split(separator: UInt8(ascii: "\n"))
    }
}
