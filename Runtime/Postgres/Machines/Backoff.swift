/// How long to wait before the next attempt to connect: doubled from 50 ms up to 2 s, of which a random half is taken off, so that many clients do
/// not return in step (AWS Architecture Blog, "Exponential Backoff And Jitter", "equal jitter").
struct Backoff {
    private(set) var failures = 0

    mutating func succeeded() { failures = 0 }

    /// The pause after one more failure; `jitter` is between 0 and 1.
    mutating func failed(jitter: Double) -> Duration {
        let full = min(2000, 50 << min(failures, 6))
        failures += 1
        return .microseconds(Int64(Double(full) * 1000 * (0.5 + 0.5 * min(max(jitter, 0), 1))))
    }
}
