/// What crosses the socket between the gateway and a handler's process.
///
/// On the wire: the length of what follows (4 bytes, little-endian, as all numbers), the kind (1), the stream (4), the message.
public enum Frame: Sendable, Hashable {
    /// Gateway, first of all: who the process is and what it may use.
    case start(Start)
    /// Process, in answer to `start`: what it serves.
    case ready(Ready)
    /// Gateway: run a route, or read a page of a feed.
    case invoke(StreamID, InvocationHead)
    /// Either: bytes of the body (gateway) or of the answer (process), within the credit granted.
    case chunk(StreamID, [UInt8])
    /// Either: that many more bytes may be sent on the stream.
    case credit(StreamID, UInt32)
    /// Gateway: the body is complete. Process: the answer is complete.
    case end(StreamID, Receipt)
    /// Process: status, headers and the first bytes of an answer, or all of it.
    case answer(StreamID, AnswerHead)
    /// Process: the invocation failed; the stream is over.
    case failure(StreamID, Failure)
    /// Process: keep the client and feed it from a channel; the stream is over.
    case subscribe(StreamID, Subscription)
    /// Process: a page of a channel, in answer to an invocation of kind page; the stream is over.
    case page(StreamID, FeedPage)
    /// Process: a call of another handler's route, made while the stream's invocation runs.
    case call(StreamID, NestedCall)
    /// Gateway, in answer to `call`: what the other handler answered.
    case called(StreamID, NestedAnswer)
    /// Process: what a recorded invocation read from outside, in front of its last frame; in pieces of at most ``maximumChunk``.
    case trace(StreamID, [UInt8])
    /// Process: do something with an object of the invocation's tenant.
    case object(StreamID, ObjectRequest)
    /// Either: bytes of an object, within the credit granted for its request.
    case piece(StreamID, ObjectPiece)
    /// Either: that many more bytes may be sent for a request.
    case room(StreamID, ObjectRoom)
    /// Either: no more bytes follow for a request.
    case close(StreamID, ObjectClose)
    /// Gateway: what became of a request about an object.
    case outcome(StreamID, ObjectOutcome)
    /// Gateway: nobody waits for this stream any more.
    case cancel(StreamID, CancelReason)
    /// Gateway: a fresh signed context for a stream that is still running.
    case context(StreamID, String)
    /// Gateway: are you there? Answered through the executor that runs the handler's code.
    case ping(UInt64)
    /// Process: the answer to a ping, with its number.
    case pong(UInt64)
    /// Gateway: finish what runs, then exit.
    case drain

    /// The largest message; a longer one ends the connection.
    public static let maximumLength = 1 << 20
    /// The largest payload that a sender puts into one chunk.
    public static let maximumChunk = 64 << 10
}

/// Why nobody waits any more.
public enum CancelReason: UInt8, Sendable, Hashable {
    case clientGone = 1
    case deadline = 2
    case revoked = 3
    case shutdown = 4
}
