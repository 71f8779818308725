/// A statement with the values for its binds.
public struct Call: Sendable {
    public let statement: Statement
    public let binds: [Bind]

    public init(_ statement: Statement, _ binds: [Bind] = []) {
        self.statement = statement
        self.binds = binds
    }
}
