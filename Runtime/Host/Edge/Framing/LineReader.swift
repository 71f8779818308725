import Glibc
import Kernel

/// Finds lines that end in CRLF; a CR or an LF alone ends none, since servers differ on what it means (RFC 9112 section 2.2). A pure value.
///
/// Each call is given the same bytes again, with what came behind them, until ``take()`` says that they are done with.
struct LineReader {
    /// Where the next line starts.
    private(set) var start = 0
    private var searched = 0

    /// The next line without its end; nil: more is needed. Throws `BAD_REQUEST` for a bare LF, and the given error for a line above the limit.
    mutating func next(_ bytes: UnsafeRawBufferPointer, limit: Int, else tooLong: @autoclosure () -> AppError?) throws(AppError)
        -> UnsafeRawBufferPointer?
    {
        guard searched < bytes.count, let base = bytes.baseAddress, let found = memchr(base + searched, 0x0A, bytes.count - searched) else {
            searched = bytes.count
            if bytes.count - start > limit, let error = tooLong() { throw error }
            return nil
        }
        let end = base.distance(to: UnsafeRawPointer(found))
        guard end > start, bytes[end - 1] == 0x0D else { throw AppError(.badRequest, "A line ends in LF without CR") }
        let line = UnsafeRawBufferPointer(rebasing: bytes[start..<(end - 1)])
        if line.count > limit, let error = tooLong() { throw error }
        start = end + 1
        searched = start
        return line
    }

    /// What has come of a line whose end has not.
    func unfinished(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[start...]) }

    /// All lines so far are done with; how many bytes they were.
    mutating func take() -> Int {
        defer { self = LineReader() }
        return start
    }
}
