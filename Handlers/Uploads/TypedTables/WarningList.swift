/// Something that a reader had to decide, or could not keep.
public struct TableWarning: Sendable, Hashable {
    /// The row or record, from 1; nil where it is about the whole.
    public let row: Int?
    /// A word that programs may rely on.
    public let kind: String
    /// What was found, for people.
    public let message: String

    /// A warning.
    public init(row: Int?, kind: String, message: String) {
        self.row = row
        self.kind = kind
        self.message = message
    }
}

/// The first warnings of each kind.
public struct WarningList: Sendable, Hashable {
    /// So many of one kind are kept.
    public static let kept = 20
    private var counts: [String: Int] = [:]
    /// In the order in which they came.
    public private(set) var warnings: [TableWarning] = []

    /// None yet.
    public init() {}

    /// Adds one. The message is made only where it is kept.
    public mutating func add(row: Int?, kind: String, _ message: @autoclosure () -> String) {
        counts[kind, default: 0] += 1
        if counts[kind, default: 0] <= Self.kept { warnings.append(TableWarning(row: row, kind: kind, message: message())) }
    }

    /// Those that are kept, and for each kind with more of them how many there were.
    public var all: [TableWarning] {
        warnings
            + counts.sorted { $0.key < $1.key }.filter { $0.value > Self.kept }.map {
                TableWarning(row: nil, kind: $0.key, message: "\($0.value) in all; the first \(Self.kept) are named")
            }
    }
}
