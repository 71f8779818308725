/// A statement with the values for its binds.
public struct Call: Sendable {
    /// What is run.
    public let statement: Statement
    /// Its `$1`, `$2` and so on, in this order.
    public let binds: [Bind]

    /// A call; the binds default to none.
    public init(_ statement: Statement, _ binds: [Bind] = []) {
        self.statement = statement
        self.binds = binds
    }
}
