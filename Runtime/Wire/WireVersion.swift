/// What both ends of the wire must agree on before the first frame.
public enum WireVersion {
    /// The version that this build speaks. It changes with every change of a frame's bytes.
    public static let current: UInt16 = 5
}

/// The bytes on the wire are not what the protocol says. The connection is of no more use.
public struct WireError: Error, Sendable, CustomStringConvertible {
    /// What was found, where another thing was expected.
    public let description: String

    /// An error in those words.
    public init(_ description: String) { self.description = description }
}

/// Numbers one exchange on a connection; 0 is the connection itself. The gateway counts up and never uses a number twice.
public typealias StreamID = UInt32
