import Glibc
import Kernel
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Versions of a handler", .testDatabase) struct Versions {
        private final class Load: Sendable {
            let isOver = Atomic(false)
            let count = Atomic(0)
        }

        /// Asks again and again until told to end; all answers that were not 200.
        private func load(_ host: RunningHost, _ token: String, while holds: @Sendable () async throws -> Void) async throws -> (Int, [HTTPAnswer]) {
            let run = Load()
            let failed = try await withThrowingTaskGroup(of: [HTTPAnswer].self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        var failed: [HTTPAnswer] = []
                        while !run.isOver.load(ordering: .relaxed) {
                            let answer = try await host.get("/probe/mark?milliseconds=2", token: token)
                            run.count.add(1, ordering: .relaxed)
                            if answer.status != 200 { failed.append(answer) }
                        }
                        return failed
                    }
                }
                do { try await holds() } catch {
                    run.isOver.store(true, ordering: .relaxed)
                    throw error
                }
                run.isOver.store(true, ordering: .relaxed)
                return try await group.reduce(into: []) { $0 += $1 }
            }
            return (run.count.load(ordering: .relaxed), failed)
        }

        private func swaps(_ host: RunningHost) -> Int { host.program.printed.split(separator: "another version of a handler is served").count - 1 }

        @Test("a program is replaced under load, and the one before comes back, without a failed request") func replaced() async throws {
            let member = try await Member.make()
            let folder = try HandlerFolder.versions(in: try TestDatabase.current, ["v1", "v2"])
            try await RunningHost.run(.init(handlers: [folder])) { host in
                let token = try host.token(member)
                let before = try await host.get("/probe/mark", token: token).mark
                let (count, failed) = try await load(host, token) {
                    try HandlerFolder.point("\(folder)/probe/current", to: "v2")
                    try await host.eventually("the new version is served") { swaps(host) == 1 }
                    #expect(try await host.get("/probe/mark", token: token).mark != before)
                    try HandlerFolder.point("\(folder)/probe/current", to: "v1")
                    host.program.signal(SIGHUP)
                    try await host.eventually("the version before is served") { swaps(host) == 2 }
                }
                #expect(failed.isEmpty, "\(failed.count) of \(count) failed, such as \(failed.first?.text ?? "")")
                try await host.eventually("what is left of the others ends") { try host.processes().count <= 2 }
            }
        }

        @Test("a version that does not work leaves the one before in its place, and the log says why") func broken() async throws {
            let member = try await Member.make()
            let folder = try HandlerFolder.versions(in: try TestDatabase.current, ["v1", "v2"])
            unlink("\(folder)/probe/v2/probe-handler")
            try File.write(Array("#!/bin/sh\nexit 3\n".utf8), to: "\(folder)/probe/v2/probe-handler", mode: 0o755)
            try await RunningHost.run(.init(handlers: [folder])) { host in
                let token = try host.token(member)
                let (_, failed) = try await load(host, token) {
                    try HandlerFolder.point("\(folder)/probe/current", to: "v2")
                    host.program.signal(SIGHUP)
                    try await host.eventually("it is refused") {
                        host.program.printed.contains("another version of a handler does not work; the one before stays")
                    }
                }
                #expect(failed.isEmpty, "\(failed.first?.text ?? "")")
                try HandlerFolder.point("\(folder)/probe/current", to: "missing")
                host.program.signal(SIGHUP)
                try await host.eventually("a missing one too") { host.program.printed.contains("is missing; build it first") }
                #expect(try await host.get("/probe/mark", token: token).status == 200)
            }
        }

        @Test("a manifest takes effect, a handler that leaves is gone, and one that comes is served") func folders() async throws {
            let member = try await Member.make()
            let database = try TestDatabase.current
            let folder = try HandlerFolder.probe(in: database, replacing: [:])
            let manifest = "\(folder)/probe/handler.yaml"
            let text = try File.read(manifest)
            try await RunningHost.run(.init(handlers: [folder])) { host in
                let token = try host.token(member)
                #expect(try await host.get("/probe/sleep?milliseconds=1", token: token).status == 204)
                try File.write(
                    Array(String(decoding: text, as: UTF8.self).split(separator: "timeout: 10s").joined(separator: "timeout: 200ms").utf8),
                    to: manifest)
                host.program.signal(SIGHUP)
                try await host.eventually("the new limit holds") { try await host.get("/probe/sleep?milliseconds=400", token: token).status == 504 }
                try File.write(Array("name: probe\nprogram: [".utf8), to: manifest)
                host.program.signal(SIGHUP)
                try await host.eventually("a manifest that cannot be read changes nothing") { host.program.printed.contains("those that run go on") }
                #expect(try await host.get("/probe/sleep?milliseconds=400", token: token).status == 504)
                try File.remove(manifest)
                host.program.signal(SIGHUP)
                try await host.eventually("it is gone") { try await host.get("/probe/mark", token: token).status == 404 }
                try await host.eventually("its processes too") { try host.processes().isEmpty }
                try File.write(text, to: manifest)
                host.program.signal(SIGHUP)
                try await host.eventually("it is back") { try await host.get("/probe/mark", token: token).status == 200 }
            }
        }
    }
}
