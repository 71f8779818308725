import Kernel

/// How far the database's clock is from ours. Contexts end in the database's time.
struct DatabaseClock {
    /// What is added to our time to get the database's.
    private(set) var offset: Duration = .zero

    /// A difference above this is a fault of the installation.
    static let alarm: Duration = .seconds(2)

    /// Takes in one measurement: our time before and after asking, and the answer. True if the difference calls for an alarm.
    mutating func measured(before: Timestamp, answer: Timestamp, after: Timestamp) -> Bool {
        let middle = Timestamp(microseconds: before.microseconds + (after.microseconds - before.microseconds) / 2)
        offset = answer - middle
        return abs(offset.microseconds) > Self.alarm.microseconds
    }
}
