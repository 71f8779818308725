import Glibc
import Kernel
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Who shares a process", .testDatabase) struct ProcessSharing {
        private func host<R: Sendable>(_ changes: [String: String], _ body: (RunningHost, String, String) async throws -> R) async throws -> R {
            let (first, second) = (try await Member.make(1), try await Member.make(2))
            let folder = try HandlerFolder.probe(in: try TestDatabase.current, replacing: changes)
            return try await RunningHost.run(.init(handlers: [folder])) { host in
                try await body(host, try host.token(first), try host.token(second))
            }
        }

        private func mark(_ host: RunningHost, _ token: String, _ milliseconds: Int = 1) async throws -> String {
            let answer = try await host.get("/probe/mark?milliseconds=\(milliseconds)", token: token)
            return try #require(answer.mark, "\(answer.text)")
        }

        @Test("isolation: tenant gives each tenant a process of its own, and the one used longest ago makes room") func tenant() async throws {
            try await host(["idle: 5s": "idle: 60s\nisolation: tenant"]) { host, first, second in
                let third = try host.token(try await Member.make(3))
                // A process that got no processor for a moment is given up for silent, and another one answers: then once more from the start.
                try await host.eventually("each has its own, and the third takes the place of the first's") {
                    let one = try await mark(host, first)
                    let two = try await mark(host, second)
                    #expect(one != two)
                    guard try await mark(host, first) == one, try await mark(host, second) == two else { return false }
                    let three = try await mark(host, third)
                    #expect(three != one && three != two)
                    guard try await mark(host, second) == two else { return false }
                    #expect(try await mark(host, first) != one)
                    return true
                }
                try await host.eventually("no more than the maximum stay") { try host.processes().count <= 2 }
            }
        }

        @Test("isolation: invocation gives each call a process of its own") func invocation() async throws {
            try await host(["idle: 5s": "idle: 5s\nisolation: invocation"]) { host, first, second in
                var marks: Set<String> = []
                for token in [first, first, second, first] { marks.insert(try await mark(host, token)) }
                #expect(marks.count == 4)
                let together = try await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<5 { group.addTask { try await mark(host, first, 50) } }
                    return try await group.reduce(into: Set<String>()) { $0.insert($1) }
                }
                #expect(together.count == 5)
                try await host.eventually("none stays") { try host.processes().isEmpty }
            }
        }

        @Test("a process reads the state of its threads behind its walls: libdispatch ends it where it cannot", arguments: Walls.sandboxes)
        func threads(sandbox: String) async throws {
            let member = try await Member.make()
            try await RunningHost.run(.init(environment: ["TENANTRY_SANDBOX": sandbox])) { host async throws in
                #expect(try await host.get("/probe/threads", token: try host.token(member)).status == 204)
            }
        }

        @Test("a process whose code sleeps on many threads at once stays alive behind its walls") func sleeping() async throws {
            try await host([:]) { host, first, _ in
                let marks = try await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<16 { group.addTask { try await mark(host, first, 2500) } }
                    return try await group.reduce(into: Set<String>()) { $0.insert($1) }
                }
                #expect(marks.count == 1)
            }
        }

        @Test("to zero and back") func zero() async throws {
            try await host(["idle: 5s": "idle: 2s"]) { host, first, second in
                var one = ""
                try await host.eventually("they share a process, unless the manifest says otherwise") {
                    one = try await mark(host, first)
                    return try await mark(host, second) == one
                }
                try await host.eventually("it ends without work") { try host.processes().isEmpty }
                try await host.eventually("and is forgotten") { try await host.probe()["processes"] == 0 }
                #expect(try await mark(host, first) != one)
            }
        }
    }
}
