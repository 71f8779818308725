import HandlerKit

/// Puts, reads, joins and removes objects.
enum Storing {
    struct Name: Decodable, Sendable {
        var name: String
        var from: Int?
        var count: Int?
    }

    struct Size: Decodable, Sendable {
        var name: String
        /// Bytes to make up.
        var size: Int
        /// Fails when so many bytes were written.
        var failsAt: Int?
        /// Ends its own process when so many bytes were written.
        var diesAt: Int?

        enum CodingKeys: String, CodingKey {
            case name, size
            case failsAt = "fails_at"
            case diesAt = "dies_at"
        }
    }

    struct Parts: Decodable, Sendable {
        var parts: [String]
        var name: String
    }

    struct Stored: Codable, Sendable {
        var name: String
        var size: Int
        var sha256: String
        var etag: String

        init(_ info: ObjectInfo) { (name, size, sha256, etag) = (info.name, info.size, info.sha256, info.etag) }
    }

    struct Listed: Codable, Sendable {
        var names: [String]
        var sizes: [Int]
        var more: Bool
    }

    struct Listing: Decodable, Sendable {
        var prefix: String?
        var after: String?
        var limit: Int?
    }

    private static let piece = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }

    @RoutesBuilder static var routes: [Route] {
        Route.post("/probe/objects", access: .read, summary: "Keeps the body", body: .bytes(limit: 2 << 30), writes: false) {
            (input: Name, invocation) in
            Stored(try await invocation.objects.put(input.name, invocation.body))
        }

        Route.get("/probe/objects", access: .read, summary: "Reads an object") { (input: Name, invocation) in
            let start = input.from ?? 0
            let range = start..<(input.count.map { start + $0 } ?? Int.max)
            let reader = try await invocation.objects.get(input.name, range: range)
            return Response.stream(contentType: "application/octet-stream") { writer in
                for try await piece in reader { try await writer.write(piece) }
            }
        }

        Route.get("/probe/objects/info", access: .read, summary: "Says what an object is") { (input: Name, invocation) in
            guard let info = try await invocation.objects.info(of: input.name) else { throw AppError(.notFound) }
            return Stored(info)
        }

        Route.delete("/probe/objects", access: .read, summary: "Removes an object") { (input: Name, invocation) in
            try await invocation.objects.delete(input.name)
            return Response.noContent
        }

        Route.get("/probe/objects/list", access: .read, summary: "Lists objects") { (input: Listing, invocation) in
            let list = try await invocation.objects.list(prefix: input.prefix ?? "", after: input.after ?? "", limit: input.limit ?? 1000)
            return Listed(names: list.objects.map(\.name), sizes: list.objects.map(\.size), more: list.hasMore)
        }

        Route.post("/probe/objects/join", access: .read, summary: "Joins objects", writes: false) { (input: Parts, invocation) in
            Stored(try await invocation.objects.join(input.parts, as: input.name))
        }

        Route.post("/probe/objects/make", access: .read, summary: "Makes an object up", writes: false) { (input: Size, invocation) in
            let info = try await invocation.objects.put(input.name) { writer in
                var written = 0
                while written < input.size {
                    if let limit = input.failsAt, written >= limit { throw AppError(.conflict, "failed on purpose") }
                    if let limit = input.diesAt, written >= limit { fatalError("died on purpose") }
                    try await writer.write(Array(piece.prefix(input.size - written)))
                    written += min(piece.count, input.size - written)
                }
            }
            return Stored(info)
        }

        // Reads the beginning of more objects than may be open at once, one after the other, and lets each go.
        Route.get("/probe/objects/peek", access: .read, summary: "Reads beginnings") { (input: Name, invocation) in
            var sizes: [Int] = []
            for _ in 0..<(input.count ?? 40) {
                let reader = try await invocation.objects.get(input.name)
                var iterator = reader.makeAsyncIterator()
                sizes.append(try await iterator.next()?.count ?? 0)
                await reader.close()
            }
            return Listed(names: [], sizes: sizes, more: false)
        }
    }
}
