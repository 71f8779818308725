import Kernel

/// An answer as it came over the socket.
struct HTTPAnswer: Sendable {
    var status = 0
    /// In their order, names as they came.
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []

    subscript(header: String) -> String? { headers.first { $0.name.lowercased() == header }?.value }

    var text: String { String(decoding: body, as: UTF8.self) }

    var json: JSONValue {
        get throws { try JSON.read(body) }
    }

    /// The code of an error in the one shape; nil where the body has another one.
    var errorCode: String? {
        guard let error = try? json["error"], error["message"]?.string?.isEmpty == false, error["request_id"]?.string == self["x-request-id"] else {
            return nil
        }
        return error["code"]?.string
    }
}

/// Reads answers from a connection, one after the other.
struct AnswerReader {
    private let socket: RawSocket
    private var buffer: [UInt8] = []
    private(set) var isAtEnd = false

    init(_ socket: RawSocket) { self.socket = socket }

    /// The next answer; nil if the connection ended instead. Blocks.
    mutating func next(toHead: Bool = false) throws -> HTTPAnswer? {
        while true {
            guard let answer = try head() else { return nil }
            if answer.status == 100 { continue }
            return toHead ? answer : try body(answer)
        }
    }

    /// Status and headers.
    mutating func head() throws -> HTTPAnswer? {
        var answer = HTTPAnswer()
        while true {
            if let end = find([13, 10, 13, 10]) {
                let lines = String(decoding: buffer[..<end], as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
                buffer.removeFirst(end + 4)
                answer.status = Int(lines[0].split(separator: " ").dropFirst().first ?? "") ?? 0
                for line in lines.dropFirst() {
                    let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                    guard parts.count == 2 else { throw AppError(.badRequest, "no header: \(line)") }
                    answer.headers.append((String(parts[0]), String(parts[1].drop { $0 == " " })))
                }
                return answer
            }
            guard try more() else { return nil }
        }
    }

    /// The body behind a head.
    mutating func body(_ head: HTTPAnswer) throws -> HTTPAnswer {
        var answer = head
        if answer["transfer-encoding"] == "chunked" {
            while let chunk = try chunk(), !chunk.isEmpty { answer.body += chunk }
        } else if let length = answer["content-length"].flatMap({ Int($0) }) {
            while buffer.count < length, try more() {}
            answer.body = Array(buffer.prefix(length))
            buffer.removeFirst(min(length, buffer.count))
        } else if answer.status != 204, answer.status != 304 {
            while try more() {}
            answer.body = buffer
            buffer = []
        }
        return answer
    }

    /// One chunk; empty: the last one; nil: the connection ended before it.
    mutating func chunk() throws -> [UInt8]? {
        while find([13, 10]) == nil { guard try more() else { return nil } }
        guard let end = find([13, 10]), let count = Int(String(decoding: buffer[..<end], as: UTF8.self), radix: 16) else {
            throw AppError(.badRequest, "no chunk size")
        }
        while buffer.count < end + 4 + count { guard try more() else { return nil } }
        let bytes = Array(buffer[(end + 2)..<(end + 2 + count)])
        buffer.removeFirst(end + 4 + count)
        return bytes
    }

    private mutating func more() throws -> Bool {
        let bytes = try socket.receive()
        buffer += bytes
        isAtEnd = bytes.isEmpty
        return !bytes.isEmpty
    }

    private func find(_ pattern: [UInt8]) -> Int? {
        guard buffer.count >= pattern.count else { return nil }
        return (0...(buffer.count - pattern.count)).first { buffer[$0] == pattern[0] && Array(buffer[$0..<$0 + pattern.count]) == pattern }
    }
}
