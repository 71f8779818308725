import HandlerKit
import Synchronization
import TableFiles
import TypedTables

/// Takes what a reader of files finds, in its order.
protocol FileSink: Sendable, ~Copyable {
    /// Whether enough has gathered to be taken away before it goes on.
    var isFull: Bool { get }
    mutating func opened(_ file: OpenedFile)
    /// The next bytes of a delimited text.
    mutating func text(_ bytes: [UInt8]) throws(AppError)
    mutating func endText() throws(AppError)
    mutating func begin(_ table: TableStart)
    mutating func take(_ batch: TypedBatch) throws(AppError)
    mutating func end(_ table: TableEnd) throws(AppError)
}

extension FileSink where Self: ~Copyable {
    var isFull: Bool { false }
}

/// A reader of files of any kind with what takes its findings, handed from thread to thread.
final class FileMachine<Sink: FileSink & ~Copyable>: Sendable {
    /// What it wants before it goes on.
    enum Want: Sendable {
        case bytes(Range<Int>)
        /// To be asked again, when what has gathered was taken.
        case time
        case nothing
    }

    private struct State: ~Copyable {
        var reader: TableFileReader
        var sink: Sink
        var isText = false
    }

    private let state: Mutex<State>

    init(size: Int, name: String, _ sink: consuming sending Sink) {
        state = Mutex(State(reader: TableFileReader(size: size, choice: .init(name: name)), sink: sink))
    }

    /// Goes on as far as it comes, with the bytes that it wanted.
    func advance(_ supplied: [UInt8]?) throws(AppError) -> Want {
        try state.withLock { state throws(AppError) in
            if let supplied { try state.reader.supply(supplied) }
            while true {
                if state.sink.isFull { return .time }
                switch try state.reader.next() {
                case .read(let range): return .bytes(range)
                case .opened(let file):
                    state.isText = file.form == .text
                    state.sink.opened(file)
                case .text(let bytes): try state.sink.text(bytes)
                case .table(let start): state.sink.begin(start)
                case .records(let batch): try state.sink.take(batch)
                case .tableEnd(let end): try state.sink.end(end)
                case .end:
                    if state.isText { try state.sink.endText() }
                    return .nothing
                }
            }
        }
    }

    /// Looks at what has gathered.
    func withSink<R: Sendable>(_ body: (inout Sink) throws(AppError) -> R) throws(AppError) -> R {
        try state.withLock { state throws(AppError) in try body(&state.sink) }
    }

    /// Reads a whole file. `progress` is told the place up to which it has come.
    func run(_ bytes: StoredBytes, _ offload: Offloading, progress: (Int) async throws -> Void) async throws {
        var supplied: [UInt8]?
        while true {
            let given = supplied
            switch try await offload({ try self.advance(given) }) {
            case .bytes(let range):
                supplied = try await bytes.bytes(range)
                try await progress(range.upperBound)
            case .time: supplied = nil
            case .nothing: return
            }
        }
    }
}
