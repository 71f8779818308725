import Reactor
import Wire

extension Exchange {
    /// Asks the gateway for something that has one answer.
    func object(_ action: ObjectRequest.Action) async throws -> ObjectOutcome.Result {
        guard isOnLoop else {
            return try await withTaskExecutorPreference(meter) { try await self.object(action) }
        }
        let operation = try begin(action)
        defer { end(operation) }
        return try await result(of: operation)
    }

    /// Sends a request. ``end(_:)`` must follow.
    func begin(_ action: ObjectRequest.Action) throws -> ObjectOperation {
        guard player == nil else { throw AppError(.internalError, detail: "a replay has no objects") }
        guard !isInteractive else {
            throw AppError(.internalError, detail: "an object is reached inside an open transaction, which would hold its locks meanwhile")
        }
        guard machine.cancelled == nil else { throw CancellationError() }
        try Task.checkCancellation()
        guard machine.stage != .over else { throw AppError(.internalError, detail: "an object is reached after the answer's end") }
        guard objects.count < ObjectRequest.atOnce else {
            throw AppError(.internalError, detail: "an invocation works on more than \(ObjectRequest.atOnce) objects at once")
        }
        newestObject += 1
        let operation = ObjectOperation(number: newestObject, isReading: action.isRead)
        objects[operation.number] = operation
        send(.object(stream, ObjectRequest(number: operation.number, action: action)))
        return operation
    }

    /// Lets a request go; the gateway is told where it does not know.
    func end(_ operation: ObjectOperation) {
        guard objects.removeValue(forKey: operation.number) != nil else { return }
        if operation.isOpen, machine.stage != .over { send(.close(stream, ObjectClose(number: operation.number, isWhole: false))) }
    }

    /// Waits for the gateway's answer. Throws the error that it is.
    func result(of operation: ObjectOperation) async throws -> ObjectOutcome.Result {
        while true {
            if let result = operation.machine.result {
                if case .failed(let failure) = result { throw failure.error }
                return result
            }
            try await operation.wait(on: self)
        }
    }

    /// Sends bytes of an object that is put, as fast as the gateway takes them.
    func write(_ bytes: [UInt8], to operation: ObjectOperation) async throws {
        guard isOnLoop else {
            return try await withTaskExecutorPreference(meter) { try await self.write(bytes, to: operation) }
        }
        guard objects[operation.number] === operation else { throw AppError(.internalError, detail: "an object is written after its end") }
        var rest = bytes[...]
        while !rest.isEmpty {
            try Task.checkCancellation()
            if case .failed(let failure) = operation.machine.result { throw failure.error }
            let allowed = operation.machine.spend(rest.count)
            if allowed == 0 {
                try await operation.wait(on: self)
            } else {
                let piece = allowed == bytes.count ? bytes : Array(rest.prefix(allowed))
                send(.piece(stream, ObjectPiece(number: operation.number, bytes: piece)))
                rest = rest.dropFirst(allowed)
            }
        }
    }

    /// The next bytes of an object that is read; nil at its end.
    func read(_ operation: ObjectOperation) async throws -> [UInt8]? {
        guard isOnLoop else {
            return try await withTaskExecutorPreference(meter) { try await self.read(operation) }
        }
        while true {
            try Task.checkCancellation()
            switch operation.machine.read() {
            case .piece(let bytes, let grant):
                if let grant, operation.isOpen { send(.room(stream, ObjectRoom(number: operation.number, credit: grant))) }
                return bytes
            case .end:
                end(operation)
                return nil
            case .failed(let failure): throw failure.error
            case .wait: try await operation.wait(on: self)
            }
        }
    }

    /// The gateway says something of a request. What is over has crossed on the wire.
    func receiveObject(_ frame: Frame) throws(WireError) {
        switch frame {
        case .piece(_, let piece): try objects[piece.number]?.machine.arrive(piece.bytes)
        case .room(_, let room): objects[room.number]?.machine.grant(room.credit)
        case .close(_, let close):
            objects[close.number]?.machine.closed()
            objects[close.number]?.isOpen = false
        case .outcome(_, let outcome):
            guard let operation = objects[outcome.number] else { return }
            try operation.machine.answered(outcome.result)
            operation.answered(outcome.result)
        default: throw WireError("a frame that is not about objects")
        }
        guard let number = frame.objectNumber else { return }
        objects[number]?.wake()
    }
}

extension ObjectOperation {
    /// Everything but the head of what is read ends a request at the gateway.
    fileprivate func answered(_ result: ObjectOutcome.Result) {
        if case .stored = result, isReading { return }
        isOpen = false
    }
}

extension ObjectRequest.Action {
    fileprivate var isRead: Bool { if case .get = self { true } else { false } }
}

extension Frame {
    fileprivate var objectNumber: UInt32? {
        switch self {
        case .piece(_, let message): message.number
        case .room(_, let message): message.number
        case .close(_, let message): message.number
        case .outcome(_, let message): message.number
        default: nil
        }
    }
}
