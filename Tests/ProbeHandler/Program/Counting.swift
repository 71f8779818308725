import HandlerKit

/// A byte stream and a channel whose content is known beforehand.
enum Counting {
    struct Count: Decodable, Sendable, Validated {
        var to: Int
        /// Bytes of each piece that is written.
        var chunk: Int?

        func validate(_ issues: inout [AppError.Issue]) {
            issues.require((0...10_000_000).contains(to), "to", "expected 0 to 10000000")
            issues.require((1...1 << 20).contains(chunk ?? 1), "chunk", "expected 1 to 1048576")
        }
    }

    struct From: Decodable, Sendable {
        var from: String?
    }

    /// The last event of the channel `counter`.
    static let top = 100

    @RoutesBuilder static var routes: [Route] {
        Route.get("/probe/counter", access: .read, summary: "Counts to a number, a line each") { (input: Count, _) in
            .stream(contentType: "text/plain; charset=utf-8") { writer in
                var pending: [UInt8] = []
                let chunk = input.chunk ?? 4096
                for number in 1...max(1, input.to) where number <= input.to {
                    pending.append(contentsOf: "\(number)\n".utf8)
                    while pending.count >= chunk {
                        try await writer.write(Array(pending.prefix(chunk)))
                        pending.removeFirst(chunk)
                    }
                }
                if !pending.isEmpty { try await writer.write(pending) }
            }
        }
        Route.get("/probe/counter/live", access: .read, summary: "Listens to the channel `counter`") { (input: From, _) in
            .subscribe("counter", from: input.from)
        }
    }

    static let feed = Feed("counter", scope: "probe:read") { request, _ in
        guard let start = Int(request.from ?? "0"), start >= 0 else { throw AppError.invalid("from", "expected a whole number") }
        let end = min(top, start + request.limit)
        let events = start < end ? (start + 1...end).map { FeedPage.Event(id: "\($0)", data: Array("{\"count\":\($0)}".utf8)) } : []
        return FeedPage(events: events, hasMore: end < top)
    }
}
