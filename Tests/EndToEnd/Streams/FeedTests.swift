import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Listening", .testDatabase) struct Feeds {
        struct Event: Equatable, Sendable {
            var id: String
            var data: String
        }

        /// Reads events until there are that many or the stream ends.
        private func events(_ count: Int, _ socket: RawSocket, _ reader: AnswerReader) async throws -> [Event] {
            try await Blocking.run {
                var reader = reader
                var events: [Event] = []
                var text = ""
                while events.count < count, let chunk = try reader.chunk(), !chunk.isEmpty {
                    text += String(decoding: chunk, as: UTF8.self)
                    var blocks = text.split(separator: "\n\n", omittingEmptySubsequences: false)
                    text = String(blocks.removeLast())
                    for block in blocks {
                        let lines = block.split(separator: "\n")
                        guard let id = lines.first(where: { $0.hasPrefix("id: ") }), let data = lines.first(where: { $0.hasPrefix("data: ") }) else {
                            continue
                        }
                        events.append(Event(id: String(id.dropFirst(4)), data: String(data.dropFirst(6))))
                    }
                }
                return events
            }
        }

        private func listen(
            _ host: RunningHost, _ path: String, _ token: String, headers: [(String, String)] = []
        ) async throws -> (RawSocket, AnswerReader, HTTPAnswer) {
            try await Blocking.run { [port = host.port] in
                let socket = try RawSocket(port: port)
                try socket.send(RunningHost.head("GET", path, token: token, headers: headers))
                var reader = AnswerReader(socket)
                guard let head = try reader.head() else { throw AppError(.internalError, "no answer") }
                return (socket, reader, head)
            }
        }

        @Test("a listener gets every event in order, and resumes behind the last it had") func resume() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                let (socket, reader, head) = try await listen(host, "/probe/counter/live", token)
                #expect(head.status == 200)
                #expect(head["content-type"] == "text/event-stream")
                let all = try await events(100, socket, reader)
                #expect(all.map(\.id) == (1...100).map(String.init))
                #expect(all.first?.data == #"{"count":1}"#)
                let (again, second, _) = try await listen(host, "/probe/counter/live", token, headers: [("Last-Event-ID", "97")])
                #expect(try await events(3, again, second).map(\.id) == ["98", "99", "100"])
            }
        }

        @Test("listeners hold no slot of the handler and have no deadline") func noSlot() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                var sockets: [RawSocket] = []
                for _ in 0..<40 { sockets.append(try await listen(host, "/probe/counter/live", token).0) }
                try await host.eventually("no slot is taken") { try await host.get("/health/ready").json["handlers"]?["probe"]?["in_flight"] == 0 }
                #expect(try await host.get("/probe/caller", token: token).status == 200)
                #expect(sockets.count == 40)
            }
        }

        @Test("a revoked listener is closed") func revoked() async throws {
            let member = try await Member.make()
            let database = try TestDatabase.current
            try await RunningHost.run { host in
                let token = try host.token(member)
                try await host.eventually("changes are heard") { try await host.get("/health/ready").text.contains(#""directory":"ok""#) }
                let (socket, reader, _) = try await listen(host, "/probe/counter/live", token)
                _ = try await database.query("update tenancy.tenants set status = 'suspended' where id = $1", [.id(member.tenant)])
                _ = try await database.query("select pg_notify('tenancy_changed', $1)", [.text("\(member.tenant)")])
                let ended = try await events(.max, socket, reader)
                #expect(ended.count <= 100)
            }
        }
    }
}
