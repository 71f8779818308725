import Reactor
import Wire

extension Exchange {
    /// The next piece of the body; nil at its end.
    func nextPiece() async throws -> [UInt8]? {
        guard isOnLoop else {
            return try await withTaskExecutorPreference(meter) { try await self.nextPiece() }
        }
        while true {
            try Task.checkCancellation()
            switch machine.read() {
            case .piece(let bytes, let grant):
                if let grant { send(.credit(stream, grant)) }
                return bytes
            case .end: return nil
            case .wait: try await waitToRead()
            }
        }
    }

    /// All of the body, at most `limit` bytes.
    func collectBody(limit: Int) async throws -> [UInt8] {
        guard machine.bodyLength <= limit else { throw AppError(.tooLarge, "The body is longer than \(limit) bytes") }
        if isOnLoop, let whole = machine.readAll() { return whole }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(machine.bodyLength))
        while let piece = try await nextPiece() { bytes.append(contentsOf: piece) }
        return bytes
    }

    /// Bytes of the body arrived.
    func arrive(_ bytes: [UInt8]) throws(WireError) {
        try machine.arrive(bytes)
        resumeReader(.success(()))
    }

    private func waitToRead() async throws {
        guard reader == nil else { throw AppError(.internalError, detail: "two tasks read one body") }
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<Void, any Error>) in
                if Task.isCancelled { continuation.resume(throwing: CancellationError()) } else { reader = continuation }
            }
        } onCancel: {
            services.reactor.execute { self.resumeReader(.failure(CancellationError())) }
        }
    }

    private func resumeReader(_ result: Result<Void, any Error>) {
        guard let reader else { return }
        self.reader = nil
        reader.resume(with: result)
    }
}
