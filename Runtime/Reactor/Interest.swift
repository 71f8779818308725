import CEpoll
import Glibc

/// What a descriptor is watched for, and what it became ready for.
public struct Interest: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Bytes, a peer or the end of the stream can be read. As readiness it also stands for an error or a hang-up: the next read tells which.
    public static let read = Interest(rawValue: 1)
    /// Bytes can be written. As readiness it also stands for an error: the next write tells which.
    public static let write = Interest(rawValue: 2)

    var events: UInt32 {
        var events: UInt32 = 0
        if contains(.read) { events |= EPOLLIN.rawValue }
        if contains(.write) { events |= EPOLLOUT.rawValue }
        return events
    }

    init(events: UInt32) {
        self = []
        let broken = EPOLLERR.rawValue | EPOLLHUP.rawValue
        if events & (EPOLLIN.rawValue | broken) != 0 { insert(.read) }
        if events & (EPOLLOUT.rawValue | broken) != 0 { insert(.write) }
    }
}
