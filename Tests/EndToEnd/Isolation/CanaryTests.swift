import Kernel
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Canaries", .testDatabase) struct Canaries {
        private static let canary = "canary-7f3a"

        /// Everything that an answer could have kept: values, bodies, failures, lists.
        private static let calls = [
            ("GET", "/probe/entries", nil), ("GET", "/probe/caller", nil), ("GET", "/probe/fail/validation", nil),
            ("GET", "/probe/fail/unknown", nil),
            ("GET", "/probe/fail/sql", nil), ("GET", "/businesses", nil), ("POST", "/probe/echo", #"{"text": "plain"}"#),
            ("POST", "/probe/echo", #"{"text": 5}"#), ("POST", "/probe/entries", #"{"number": 1, "text": "plain"}"#),
        ]

        @Test("pitfall 35: what a process was told by one tenant is in no answer to another, whatever runs beside it") func kept() async throws {
            let ours = try await Member.make(1)
            let theirs = try await Member.make(2)
            let database = try TestDatabase.current
            _ = try await theirs.business(100, name: Self.canary)
            let one = try HandlerFolder.probe(in: database, replacing: ["max: 2}": "max: 1}"])
            try await RunningHost.run(.init(handlers: [one, "\(Environment.package)/Handlers"])) { host in
                let token = try host.token(ours)
                let other = try host.token(theirs)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<4 {
                        group.addTask {
                            for number in 0..<25 {
                                let (method, path, body) = Self.calls[number % Self.calls.count]
                                let text = body?.replacing("plain", with: Self.canary)
                                _ = try await host.request(
                                    method, path, token: other, headers: [("content-type", "application/json"), ("x-request-id", Self.canary)],
                                    body: text.map { Array($0.utf8) })
                            }
                        }
                        group.addTask {
                            for number in 0..<25 {
                                let (method, path, body) = Self.calls[number % Self.calls.count]
                                let answer = try await host.request(
                                    method, path, token: token, headers: [("content-type", "application/json")], body: body.map { Array($0.utf8) })
                                #expect(!answer.text.contains(Self.canary), "\(method) \(path): \(answer.text)")
                                #expect(!answer.headers.contains { $0.value.contains(Self.canary) }, "\(method) \(path): \(answer.headers)")
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                // It was there to be found.
                let seen = try await host.get("/probe/entries", token: other)
                #expect(seen.text.contains(Self.canary))
            }
        }
    }
}
