/// A request on the wire of one connection, with what was answered so far. Kept and used again for the next.
final class Flight {
    private(set) var request: Request?
    var progress = SegmentProgress()
    /// Statements that this segment has the server prepare.
    var preparing: [Statement] = []
    var error: PostgresError?
    /// The server said that it ends the connection.
    var wasEndedByServer = false

    func begin(_ request: Request) {
        self.request = request
        progress.reset()
    }

    func end() {
        request = nil
        error = nil
        wasEndedByServer = false
        if !preparing.isEmpty { preparing.removeAll() }
    }

    /// Keeps the first error: those after it follow from it.
    func failed(_ error: PostgresError) {
        if self.error == nil { self.error = error }
    }
}
