import Kernel
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Raw bytes", .testDatabase) struct RawCases {
        private static func all(_ token: String) -> [RawCase] {
            let requests = RawRequests(token: token)
            return requests.framing + requests.chunks + requests.requestLines + requests.fields + requests.connections
        }

        @Test("every way to send bytes has its outcome, in one packet and byte by byte", arguments: [false, true])
        func outcomes(byteByByte: Bool) async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let cases = Self.all(try host.token(member)).filter { !byteByByte || $0.bytes.count < 3000 }
                #expect(cases.count > 250)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (index, item) in cases.enumerated() {
                        if index >= 32 { try await group.next() }
                        group.addTask { try await Blocking.run { [port = host.port] in Self.check(item, port, byteByByte) } }
                    }
                    try await group.waitForAll()
                }
                #expect(try await host.get("/health").status == 200)
            }
        }

        private static func check(_ item: RawCase, _ port: Int, _ byteByByte: Bool) {
            do {
                let socket = try RawSocket(port: port)
                if byteByByte {
                    for byte in item.bytes where try !socket.send([byte]) { break }
                } else {
                    try socket.send(item.bytes)
                }
                if item.halfCloses { socket.finishSending() }
                var reader = AnswerReader(socket)
                var answers: [HTTPAnswer] = []
                while answers.count < item.statuses.count, let answer = try reader.next(toHead: item.isHead) {
                    answers.append(answer)
                    #expect(item.isHead || answer.status < 400 || answer.errorCode != nil, "\(item.name): not the one shape: \(answer.text)")
                }
                #expect(answers.map(\.status) == item.statuses, "\(item.name)")
                if let body = item.body, let last = answers.last { #expect(last.text == body, "\(item.name)") }
                switch item.fate {
                case .ends: #expect(try reader.next() == nil, "\(item.name): the connection goes on")
                case .stays:
                    try socket.send(RunningHost.head("GET", "/health"))
                    #expect(try reader.next()?.text == #"{"status":"ok"}"#, "\(item.name): the connection does not serve another request")
                }
            } catch {
                Issue.record("\(item.name): \(error)")
            }
        }
    }
}
