import Kernel

/// Follows the bytes of an HTTP/1.1 connection ahead of the parser and lets through only what every server reads alike (RFC 9112).
///
/// A head is let through once all of it has come and is sound, a chunk's line and the trailers too; a body's bytes at once. A pure value.
struct MessageScanner {
    /// What to do with the bytes that were looked at.
    struct Verdict {
        /// From the first byte on: these go to the parser. The rest must be shown again, with what comes behind it.
        var passed = 0
        /// Nothing behind the passed bytes is read.
        var failure: AppError?
        /// Bytes to write over those at an offset, of the same number: what the RFC allows and the parser does not take.
        var repairs: [(offset: Int, bytes: [UInt8])] = []
    }

    private enum State {
        case head
        case body(Int)
        case chunkLine
        case chunk(Int)
        case chunkEnd
        case trailers
    }

    private let limits: EdgeLimits
    private var state = State.head
    private var lines = LineReader()
    private var head = HeadCheck()
    private var overhead = ChunkOverhead()

    init(limits: EdgeLimits) { self.limits = limits }

    /// Whether everything that was passed ends with the end of a message.
    var isBetweenMessages: Bool {
        if case .head = state { true } else { false }
    }

    /// Looks at the bytes that were not passed yet.
    mutating func scan(_ bytes: UnsafeRawBufferPointer) -> Verdict {
        var verdict = Verdict()
        do throws(AppError) {
            while verdict.passed < bytes.count {
                let count = try advance(UnsafeRawBufferPointer(rebasing: bytes[verdict.passed...]), &verdict)
                if count == 0 { break }
                verdict.passed += count
            }
        } catch { verdict.failure = error }
        return verdict
    }

    /// How many bytes pass; 0: more are needed to say.
    private mutating func advance(_ bytes: UnsafeRawBufferPointer, _ verdict: inout Verdict) throws(AppError) -> Int {
        switch state {
        case .head: return try readHead(bytes, &verdict)
        case .body(let remaining):
            let count = min(remaining, bytes.count)
            state = count == remaining ? .head : .body(remaining - count)
            return count
        case .chunkLine:
            guard let line = try lines.next(bytes, limit: limits.chunkLine, else: Self.longChunkLine) else { return 0 }
            let size = try ChunkLine.size(line)
            try overhead.add(line: line.count, chunk: size, limit: limits.chunkOverhead)
            state = size == 0 ? .trailers : .chunk(size)
            if size == 0 { head = HeadCheck() }
            return lines.take()
        case .chunk(let remaining):
            let count = min(remaining, bytes.count)
            state = count == remaining ? .chunkEnd : .chunk(remaining - count)
            return count
        case .chunkEnd:
            guard bytes[0] == 0x0D, bytes.count < 2 || bytes[1] == 0x0A else { throw AppError(.badRequest, "A chunk is not as long as it says") }
            guard bytes.count >= 2 else { return 0 }
            state = .chunkLine
            return 2
        case .trailers:
            while let line = try lines.next(bytes, limit: limits.headerLine, else: Self.longTrailers) {
                guard !line.isEmpty else {
                    state = .head
                    head = HeadCheck()
                    return lines.take()
                }
                // Trailers are dropped, so none of them is taken for a header here; what says where a message ends might be elsewhere.
                let field = try FieldLine(line)
                guard !FieldLine.same(field.name, "content-length"), !FieldLine.same(field.name, "transfer-encoding") else {
                    throw AppError(.badRequest, "A trailer says the body's length")
                }
                head.fields += 1
                guard head.fields <= limits.trailerLines, lines.start <= limits.trailers else { throw Self.longTrailers }
            }
            guard bytes.count <= limits.trailers + limits.headerLine else { throw Self.longTrailers }
            return 0
        }
    }

    private mutating func readHead(_ bytes: UnsafeRawBufferPointer, _ verdict: inout Verdict) throws(AppError) -> Int {
        while true {
            if head.needsRequestLine {
                guard let line = try lines.next(bytes, limit: RequestLine.longestMethod + limits.target + 12, else: nil) else {
                    try RequestLine.checkStart(lines.unfinished(bytes), limit: limits.target)
                    return 0
                }
                if line.isEmpty {
                    try head.skipEmptyLine()
                    continue
                }
                let request = try RequestLine(line, limit: limits.target)
                // A later minor version is read as the latest one that is known (RFC 9110 section 2.5).
                if request.minor > 1 { verdict.repairs.append((verdict.passed + lines.start - 3, [0x31])) }
                try head.begin(request)
                head.fieldsStart = lines.start
            } else {
                guard let line = try lines.next(bytes, limit: limits.headerLine, else: AppError(.headersTooLarge)) else {
                    guard bytes.count - head.fieldsStart <= limits.head + limits.headerLine else { throw AppError(.headersTooLarge) }
                    return 0
                }
                guard !line.isEmpty else { return try endHead() }
                guard lines.start - head.fieldsStart <= limits.head else { throw AppError(.headersTooLarge) }
                let field = try FieldLine(line)
                try head.add(field, limit: limits.headerLines)
                if field.isPadded, head.saysLength(field) {
                    let room = line.count - field.name.count - 1
                    let bytes = Array(repeating: UInt8(ascii: " "), count: room - field.value.count) + field.value
                    verdict.repairs.append((verdict.passed + lines.start - 2 - room, bytes))
                }
            }
        }
    }

    private mutating func endHead() throws(AppError) -> Int {
        switch try head.framing() {
        case .none, .length(0): state = .head
        case .length(let count): state = .body(count)
        case .chunked:
            state = .chunkLine
            overhead = ChunkOverhead()
        }
        head = HeadCheck()
        return lines.take()
    }

    private static let longTrailers = AppError(.headersTooLarge, "The trailers are larger than allowed")
    private static let longChunkLine = AppError(.badRequest, "A chunk's line is longer than allowed")
}
