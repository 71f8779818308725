public import Kernel

/// What one invocation read from outside, in the order in which it came: enough to run it again without a clock, a database or other handlers.
///
/// It holds what the database and other handlers answered, in the clear: whoever stores it encrypts it.
public struct Trace: Sendable, Hashable {
    /// One thing that was read.
    public enum Entry: Sendable, Hashable {
        /// The wall clock, in microseconds since 1970.
        case now(Int64)
        /// The other clock, in nanoseconds since the invocation began.
        case instant(Int64)
        /// An identifier that was made.
        case id(UUID)
        /// Statements of one round trip.
        case statements(Question, Outcome<[Table]>)
        /// An open transaction began, or could not.
        case opened(Fault?)
        /// An open transaction whose body was through was committed, or could not be.
        case committed(Fault?)
        /// A long result, as far as it was read.
        case streamed(Question, [Table], Fault?)
        /// A route of another handler.
        case called(Question, Outcome<CallResult>)
        /// Something was sealed or opened with a data key.
        case sealed(Outcome<[UInt8]>)
    }

    /// What was asked: its name for people, and what tells it from every other question.
    public struct Question: Sendable, Hashable {
        /// For example `businesses.list`, or `GET /businesses`.
        public var name: String
        /// Over texts and values.
        public var digest: UUID

        public init(name: String, digest: UUID) {
            self.name = name
            self.digest = digest
        }
    }

    /// What came back.
    public enum Outcome<Value: Sendable & Hashable>: Sendable, Hashable {
        case value(Value)
        case fault(Fault)
    }

    /// What one statement returned, cells in Postgres' binary form.
    public struct Table: Sendable, Hashable {
        public var columns: [String]
        /// Nil is null; as many in each row as there are columns.
        public var rows: [[[UInt8]?]]
        /// Rows that were changed or returned, as the database counts them.
        public var affected: Int64

        public init(columns: [String], rows: [[[UInt8]?]], affected: Int64) {
            self.columns = columns
            self.rows = rows
            self.affected = affected
        }
    }

    /// What another handler answered.
    public struct CallResult: Sendable, Hashable {
        public var status: UInt16
        public var body: [UInt8]

        public init(status: UInt16, body: [UInt8]) {
            self.status = status
            self.body = body
        }
    }

    /// An error as the handler's code saw it. The code `CANCELLED` stands for a cancelled task.
    public struct Fault: Sendable, Hashable {
        public var code: String
        public var message: String
        /// What only the log may know, such as the SQLSTATE.
        public var detail: String

        public init(code: String, message: String, detail: String) {
            self.code = code
            self.message = message
            self.detail = detail
        }
    }

    /// When the invocation began, in microseconds since 1970.
    public var began: Int64
    public var entries: [Entry]
    /// Why the invocation failed, in words that only the log may know; empty where it did not.
    public var detail: String
    /// What a replayed invocation asked for that the trace does not hold.
    public var divergences: [String]
    /// Whether it grew past ``maximumBytes``: then it holds no entries and cannot be replayed.
    public var isTruncated: Bool

    /// The most that a trace holds, in bytes.
    public static let maximumBytes = 512 << 10

    public init(began: Int64 = 0, entries: [Entry] = [], detail: String = "", divergences: [String] = [], isTruncated: Bool = false) {
        self.began = began
        self.entries = entries
        self.detail = detail
        self.divergences = divergences
        self.isTruncated = isTruncated
    }
}
