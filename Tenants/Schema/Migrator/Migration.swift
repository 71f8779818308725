import Tokens

/// One numbered step of a schema, up and down.
public struct Migration: Sendable, Hashable {
    /// The numbered series that it belongs to: `core`, or a handler's name.
    public let series: String
    /// From 1, without gaps.
    public let version: Int
    /// The words of the file's name, for example `context`.
    public let name: String
    /// The SQL that takes the step; `{prefix}` stands for the roles' prefix.
    public let up: String
    /// The SQL that takes it back.
    public let down: String

    public init(series: String, version: Int, name: String, up: String, down: String) {
        self.series = series
        self.version = version
        self.name = name
        self.up = up
        self.down = down
    }

    /// SHA-256 of ``up`` in hexadecimal: an applied file that changed afterwards is noticed.
    public var checksum: String { SHA256.hash(up).hex }

    /// Tables from which FORCE ROW LEVEL SECURITY is lifted while the step runs, named in a comment `-- lift force: app.a, app.b`.
    ///
    /// Adding or validating a foreign key reads the tables as their owner, whom FORCE would hold to a tenant.
    public var liftsForce: [String] { Self.lifted(in: up) }

    /// The same for the way back: what either way names.
    public var liftsForceBack: [String] { Self.lifted(in: up) + Self.lifted(in: down).filter { !liftsForce.contains($0) } }

    private static func lifted(in step: String) -> [String] {
        step.split(separator: "\n").compactMap { line in
            line.hasPrefix(liftMark) ? line.dropFirst(liftMark.count) : nil
        }.flatMap { $0.split(separator: ",") }.map { $0.filter { !$0.isWhitespace } }
    }

    private static let liftMark = "-- lift force:"

    /// For messages, for example `core 3 (context)`.
    public var label: String { "\(series) \(version) (\(name))" }
}
