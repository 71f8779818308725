import Glibc
import Kernel

/// Python's `email` package: what another program reads in our messages.
enum Python {
    /// Runs a script with bytes as its standard input, which lie in a file of their own, and gives what it printed as JSON. Blocks.
    static func json(_ script: String, _ input: [UInt8]) throws -> JSONValue {
        let path = "/tmp/tenantry-mail-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        try File.write(input, to: path)
        try File.write(Array(script.utf8), to: "\(path).py")
        defer {
            unlink(path)
            unlink("\(path).py")
        }
        guard let pipe = popen("/usr/bin/python3 \(path).py <\(path)", "r") else { throw AppError(.internalError, "no Python") }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, pipe)
            if count == 0 { break }
            output += buffer[..<count]
        }
        guard pclose(pipe) == 0 else { throw AppError(.internalError, "Python failed: \(String(decoding: output, as: UTF8.self))") }
        return try JSON.read(output)
    }

    /// Headers, parts and defects of a message, as `email` with its modern policy reads them.
    static func read(_ message: [UInt8]) throws -> ReadMessage {
        try JSON.decode(ReadMessage.self, from: try json(script, message))
    }

    private static let script = """
        import email, email.policy, json, sys
        message = email.message_from_string(sys.stdin.buffer.read().decode(), policy=email.policy.default)
        parts = list(message.walk())
        defects = [type(d).__name__ for p in parts for d in p.defects]
        defects += [type(d).__name__ for h in message.values() for d in getattr(h, "defects", [])]
        print(json.dumps({
            "headers": [[n, str(v)] for n, v in message.items()],
            "recipients": [[a.display_name, a.addr_spec] for a in message["to"].addresses],
            "senders": [[a.display_name, a.addr_spec] for a in message["from"].addresses],
            "date": message["date"].datetime.timestamp(),
            "types": [p.get_content_type() for p in parts],
            "text": message.get_body(("plain",)).get_content().replace("\\r\\n", "\\n"),
            "html": message.get_body(("html",)).get_content().replace("\\r\\n", "\\n"),
            "defects": defects,
        }))
        """
}

struct ReadMessage: Decodable {
    let headers: [[String]]
    let recipients: [[String]]
    let senders: [[String]]
    let date: Double
    let types: [String]
    let text: String
    let html: String
    let defects: [String]

    func header(_ name: String) -> String? { headers.first { $0[0] == name }?[1] }
}
