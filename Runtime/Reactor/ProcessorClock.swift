import Glibc

/// Tells how much of the time that jobs of a thread took was spent on a processor. A pure value; all in nanoseconds.
///
/// Reading the thread's own clock is a system call of half a microsecond, the machine's clock needs none. So a short job counts as it lasted; a long
/// one, in which the thread may have waited for a processor, at most what the thread has used since its clock was read last.
struct ProcessorClock {
    /// From here on a job counts as long. A thread that loses its processor loses it for longer than that.
    static let long: Int64 = 100_000
    /// After that many short jobs the thread's clock is read anew, so that what it says about a long one is recent.
    static let shortJobs = 64

    private var read: Int64 = 0
    private var jobs = 0

    /// What a job used that lasted so long. `thread` reads the clock of the thread.
    mutating func used(_ lasted: Int64, thread: () -> Int64) -> Int64 {
        guard lasted >= Self.long else {
            jobs += 1
            if jobs >= Self.shortJobs {
                jobs = 0
                read = thread()
            }
            return max(0, lasted)
        }
        jobs = 0
        let now = thread()
        defer { read = now }
        return min(lasted, max(0, now - read))
    }

    /// What the calling thread has used since it began. A system call.
    static func threadTime() -> Int64 { time(CLOCK_THREAD_CPUTIME_ID) }

    /// The machine's clock that never goes back.
    static func now() -> Int64 { time(CLOCK_MONOTONIC) }

    private static func time(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
