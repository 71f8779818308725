/// What one client may send, and for how long it may take.
public struct EdgeLimits: Sendable, Hashable {
    /// The longest request target, in bytes. Defaults to 8 KB.
    public var target = 8 << 10
    /// The longest header line, in bytes. Defaults to 16 KB.
    public var headerLine = 16 << 10
    /// All header lines together, in bytes. Defaults to 32 KB.
    public var head = 32 << 10
    /// The most header lines. Defaults to 100.
    public var headerLines = 100
    /// From a request's first byte to the end of its head. Defaults to 10 seconds.
    public var headTime: Duration = .seconds(10)
    /// Without a byte of a body that comes, or of an answer that goes. Defaults to 30 seconds.
    public var bodySilence: Duration = .seconds(30)
    /// A kept connection without a request. Defaults to 75 seconds.
    public var idle: Duration = .seconds(75)
    /// Bodies up to this stay in memory, larger ones are spooled; in bytes. Defaults to 1 MB.
    public var memoryBody = 1 << 20
    /// Bytes of a body that wait in memory for their reader. Defaults to 256 KB.
    public var bodyBuffer = 256 << 10
    /// Bytes of an answer that wait in memory for a slow client. Defaults to 1 MB.
    public var answerBuffer = 1 << 20
    /// Open client connections. Defaults to 4096.
    public var connections = 4096

    /// The defaults.
    public init() {}
}
