public import Kernel

/// Why a transfer has no answer.
public enum OutboundError: Error, Sendable, Equatable {
    /// The address guard or the rules for URLs said no; the text says which rule.
    case refused(String)
    /// No such name, or nobody who tells its address in time.
    case nameUnknown(String)
    /// Nobody there, or nobody who takes the connection in time.
    case unreachable(String)
    /// The connection ended before the answer did.
    case connectionLost(String)
    /// No whole answer within the time for it, or no beginning of one.
    case timedOut
    /// The answer comes, but slower than it must.
    case tooSlow
    /// The answer is longer than allowed.
    case tooLarge
    /// The other end's certificate, or TLS itself.
    case insecure(String)
    /// The other end does not speak the protocol.
    case malformed(String)
    case cancelled
}

extension OutboundError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .refused(let reason): "refused: \(reason)"
        case .nameUnknown(let reason): "no address: \(reason)"
        case .unreachable(let reason): "unreachable: \(reason)"
        case .connectionLost(let reason): "connection lost: \(reason)"
        case .timedOut: "timed out"
        case .tooSlow: "too slow"
        case .tooLarge: "the answer is too large"
        case .insecure(let reason): "no secure connection: \(reason)"
        case .malformed(let reason): "not understood: \(reason)"
        case .cancelled: "cancelled"
        }
    }

    /// For an answer of our own: which host, but not what it said.
    public func appError(_ whom: String) -> AppError {
        switch self {
        case .refused: AppError(.validation, "\(whom) is at an address that this installation does not connect to", detail: description)
        case .timedOut, .tooSlow: AppError(.deadlineExceeded, "\(whom) did not answer in time", detail: description)
        default: AppError(.unavailable, "\(whom) cannot be reached", detail: description)
        }
    }
}
