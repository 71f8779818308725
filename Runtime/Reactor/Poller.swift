import CEpoll
import Glibc

/// The kernel's readiness queue: epoll(7), level-triggered, and an eventfd(2) that wakes it.
///
/// The buffer of events belongs to the thread that waits; the rest is the kernel's, and any thread may use it.
/// Level-triggered on purpose: libpq reads once per call below 32 KB, so an edge would be lost with bytes still in the kernel.
struct Poller: ~Copyable, @unchecked Sendable {
    /// The token under which the wake-up is reported.
    static let wakeToken = UInt64.max
    private static let capacity = 64

    private let queue = Descriptor(owning: epoll_create1(Int32(EPOLL_CLOEXEC)))
    private let bell = Descriptor(owning: eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)))
    private let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: capacity)

    init() {
        _ = control(EPOLL_CTL_ADD, bell.raw, EPOLLIN.rawValue, Self.wakeToken)
    }

    deinit { events.deallocate() }

    /// Adds, changes or removes a descriptor; nil or the error number.
    borrowing func control(_ operation: Int32, _ descriptor: Int32, _ interest: UInt32, _ token: UInt64) -> Int32? {
        var event = epoll_event()
        event.events = interest
        event.data.u64 = token
        return epoll_ctl(queue.raw, operation, descriptor, &event) == 0 ? nil : errno
    }

    /// Makes the current or next wait return. Any thread.
    borrowing func wake() {
        var one: UInt64 = 1
        _ = write(bell.raw, &one, 8)
    }

    /// Waits at most that many milliseconds (-1: for ever) and reports each ready descriptor's token and readiness.
    borrowing func wait(milliseconds: Int32, _ body: (UInt64, UInt32) -> Void) {
        let count = epoll_wait(queue.raw, events, Int32(Self.capacity), milliseconds)
        guard count > 0 else { return }
        for index in 0..<Int(count) {
            let event = events[index]
            if event.data.u64 == Self.wakeToken {
                var value: UInt64 = 0
                _ = read(bell.raw, &value, 8)
            } else {
                body(event.data.u64, event.events)
            }
        }
    }
}
