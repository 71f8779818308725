import Wire

/// Takes the bytes of an object that is being put, from one task at a time.
public struct ObjectWriter: Sendable {
    private let exchange: Exchange
    private let operation: ObjectOperation

    static func open(_ name: String, _ exchange: Exchange) async throws -> ObjectWriter {
        guard exchange.isOnLoop else {
            return try await withTaskExecutorPreference(exchange.meter) { try await open(name, exchange) }
        }
        return ObjectWriter(exchange: exchange, operation: try exchange.begin(.put(name)))
    }

    /// Appends bytes; returns when they have left, so that at most 256 KiB wait. Throws what made the gateway refuse them.
    public func write(_ bytes: [UInt8]) async throws { try await exchange.write(bytes, to: operation) }

    func close() async throws -> ObjectInfo {
        guard exchange.isOnLoop else {
            return try await withTaskExecutorPreference(exchange.meter) { try await close() }
        }
        try Task.checkCancellation()
        if operation.machine.result == nil {
            exchange.send(.close(exchange.stream, ObjectClose(number: operation.number, isWhole: true)))
        }
        defer { exchange.end(operation) }
        return try ObjectInfo(try await exchange.result(of: operation))
    }

    func giveUp() async {
        guard exchange.isOnLoop else {
            return await withTaskExecutorPreference(exchange.meter) { await giveUp() }
        }
        exchange.end(operation)
    }
}
