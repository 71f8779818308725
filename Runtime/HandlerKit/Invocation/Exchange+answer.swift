import Reactor
import Wire

extension Exchange {
    /// The longest body that leaves in one frame with its head, in bytes.
    static let longestSingleAnswer = 256 << 10

    /// Sends an answer to its end.
    func deliver(_ response: Response) async throws {
        if let openKeyed { return try await settle(response, openKeyed) }
        switch response.body {
        case .bytes(let bytes) where bytes.count <= Self.longestSingleAnswer:
            guard machine.finish() else { return }
            send(.answer(stream, response.head(bytes, receipt: receipt)))
        case .bytes(let bytes):
            var sized = response
            sized.headers.append(HeaderField(name: "content-length", value: String(bytes.count)))
            try await write(bytes, before: sized)
            finish()
        case .stream(let write):
            let writer = ResponseWriter(exchange: self, response: response)
            try await write(writer)
            try Task.checkCancellation()
            if machine.stage == .silent, machine.finish() {
                send(.answer(stream, response.head([], receipt: receipt)))
            } else {
                finish()
            }
        case .subscribe(let channel, let from):
            guard machine.finish() else { return }
            send(.subscribe(stream, Subscription(channel: channel, from: from, receipt: receipt)))
        }
    }

    /// Sends a page of a feed.
    func deliver(_ page: FeedPage) throws {
        let size = page.events.reduce(0) { $0 + $1.id.utf8.count + $1.data.count + 16 }
        guard size < Frame.maximumLength / 2 else {
            throw AppError(.internalError, detail: "a page of \(size) bytes; return fewer events and say that there are more")
        }
        guard machine.finish() else { return }
        var page = page
        page.receipt = receipt
        send(.page(stream, page))
    }

    /// Sends bytes of a streamed answer, with the head in front where nothing has left yet.
    func write(_ bytes: [UInt8], before response: Response) async throws {
        guard isOnLoop else {
            return try await withTaskExecutorPreference(meter) { try await self.write(bytes, before: response) }
        }
        try Task.checkCancellation()
        guard machine.stage != .over else { throw AppError(.internalError, detail: "an answer is written after its end") }
        guard writer == nil else { throw AppError(.internalError, detail: "two tasks write one answer") }
        var rest = bytes[...]
        if machine.stage == .silent {
            machine.begin()
            send(.answer(stream, response.head(Array(rest.prefix(Frame.maximumChunk)), receipt: nil)))
            rest = rest.dropFirst(Frame.maximumChunk)
        }
        while !rest.isEmpty {
            let allowed = machine.spend(rest.count)
            if allowed == 0 {
                try await waitToWrite()
            } else {
                send(.chunk(stream, allowed == bytes.count ? bytes : Array(rest.prefix(allowed))))
                rest = rest.dropFirst(allowed)
            }
        }
    }

    /// The gateway takes more.
    func grant(_ count: UInt32) {
        machine.grant(count)
        resumeWriter(.success(()))
    }

    private func finish() {
        if machine.finish() { send(.end(stream, receipt)) }
    }

    private func waitToWrite() async throws {
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<Void, any Error>) in
                if Task.isCancelled { continuation.resume(throwing: CancellationError()) } else { writer = continuation }
            }
        } onCancel: {
            services.reactor.execute { self.resumeWriter(.failure(CancellationError())) }
        }
    }

    private func resumeWriter(_ result: Result<Void, any Error>) {
        guard let writer else { return }
        self.writer = nil
        writer.resume(with: result)
    }
}

extension Response {
    fileprivate func head(_ bytes: [UInt8], receipt: Receipt?) -> AnswerHead {
        AnswerHead(status: UInt16(clamping: status), headers: headers, body: bytes, receipt: receipt)
    }
}
