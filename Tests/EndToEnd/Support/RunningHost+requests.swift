import Kernel

extension RunningHost {
    /// A connection of one's own.
    func connect() async throws -> RawSocket {
        try await Blocking.run { [port] in try RawSocket(port: port) }
    }

    /// One request on a connection of its own, and its answer.
    func request(
        _ method: String, _ path: String, token: String? = nil, headers: [(String, String)] = [], body: [UInt8]? = nil
    ) async throws -> HTTPAnswer {
        try await exchange(Self.head(method, path, token: token, headers: headers, length: body?.count) + (body ?? []))
    }

    func get(_ path: String, token: String? = nil, headers: [(String, String)] = []) async throws -> HTTPAnswer {
        try await request("GET", path, token: token, headers: headers)
    }

    func post(_ path: String, token: String? = nil, json: JSONValue) async throws -> HTTPAnswer {
        try await request("POST", path, token: token, headers: [("content-type", "application/json")], body: Array(json.description.utf8))
    }

    /// Raw bytes on a connection of their own, and the first answer. Throws where the connection ended without one.
    func exchange(_ bytes: [UInt8]) async throws -> HTTPAnswer {
        try await Blocking.run { [port] in
            let socket = try RawSocket(port: port)
            try socket.send(bytes)
            var reader = AnswerReader(socket)
            guard let answer = try reader.next() else { throw AppError(.internalError, "the connection ended without an answer") }
            return answer
        }
    }

    /// The bytes of a request's head.
    static func head(
        _ method: String, _ path: String, token: String? = nil, headers: [(String, String)] = [], length: Int? = nil, chunked: Bool = false
    ) -> [UInt8] {
        var text = "\(method) \(path) HTTP/1.1\r\nHost: test\r\n"
        if let token { text += "Authorization: Bearer \(token)\r\n" }
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if let length { text += "Content-Length: \(length)\r\n" }
        if chunked { text += "Transfer-Encoding: chunked\r\n" }
        return Array((text + "\r\n").utf8)
    }

    /// Asks again until a condition holds; throws after 10 seconds.
    func eventually(_ what: String, _ holds: () async throws -> Bool) async throws { try await Self.eventually(what, holds) }

    /// Asks again until a condition holds; throws after a minute, or another time.
    static func eventually(_ what: String, within limit: Duration = .seconds(60), _ holds: () async throws -> Bool) async throws {
        let end = ContinuousClock.now.advanced(by: limit)
        while ContinuousClock.now < end {
            if try await holds() { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw AppError(.deadlineExceeded, "still not so: \(what)")
    }
}
