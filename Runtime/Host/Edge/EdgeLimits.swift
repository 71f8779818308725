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
    /// The most trailer lines behind a chunked body, and their bytes together. Default to 32 and 8 KB.
    public var trailerLines = 32
    public var trailers = 8 << 10
    /// The longest line in front of a chunk, in bytes. Defaults to 4 KB.
    public var chunkLine = 4 << 10
    /// Bytes of chunk lines above sixteen and twice the chunk's size for each chunk, of one body. Defaults to 16 KB.
    public var chunkOverhead = 16 << 10
    /// From a request's first byte to the end of its head. Defaults to 10 seconds.
    public var headTime: Duration = .seconds(10)
    /// Without a byte of a body that comes. Defaults to 15 seconds.
    public var bodySilence: Duration = .seconds(15)
    /// A body, or a trickle of one, may take this long, and a second more for each `bodyRate` bytes. Default to 60 seconds and 512 bytes.
    public var bodyTime: Duration = .seconds(60)
    public var bodyRate = 512
    /// In this time a client must take `bodyRate` bytes for each second of an answer that waits for it. Defaults to 30 seconds.
    public var answerSilence: Duration = .seconds(30)
    /// A new connection without a byte. Defaults to 30 seconds.
    public var firstByte: Duration = .seconds(30)
    /// A kept connection without a request. Defaults to 75 seconds.
    public var idle: Duration = .seconds(75)
    /// Bodies up to this stay in memory, larger ones are spooled; in bytes. Defaults to 1 MB.
    public var memoryBody = 1 << 20
    /// Bytes of a body that wait in memory for their reader. Defaults to 256 KB.
    public var bodyBuffer = 256 << 10
    /// Bytes of an answer that wait in memory for a slow client. Defaults to 1 MB.
    public var answerBuffer = 1 << 20
    /// Bytes of an answer on one HTTP/2 stream that wait in memory for a slow client. Defaults to 256 KB.
    public var streamBuffer = 256 << 10
    /// Requests that one HTTP/2 connection may have open. Defaults to 100.
    public var streams = 100
    /// How long an HTTP/2 connection may go on once a stop was asked for. Defaults to 20 seconds.
    public var drain: Duration = .seconds(20)
    /// Open client connections. Defaults to 4096.
    public var connections = 4096
    /// Open connections of one client address. Defaults to 1024.
    public var connectionsPerAddress = 1024

    /// The defaults.
    public init() {}
}
