import Glibc
import Kernel
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Deaths of processes", .testDatabase) struct Deaths {
        private func one(_ changes: [String: String] = [:]) throws -> RunningHost.Options {
            let database = try TestDatabase.current
            return .init(handlers: [try HandlerFolder.probe(in: database, replacing: changes.merging(["max: 2}": "max: 1}"]) { old, _ in old })])
        }

        @Test("pitfall 31: kill -9 under load fails only the writes in flight, and says that they are not safe to repeat") func killed() async throws
        {
            let member = try await Member.make()
            try await RunningHost.run(try one()) { host in
                let token = try host.token(member)
                let write: JSONValue = ["milliseconds": 400]
                try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
                    for _ in 0..<6 { group.addTask { try await host.get("/probe/mark?milliseconds=400", token: token) } }
                    for _ in 0..<3 { group.addTask { try await host.post("/probe/write/slow", token: token, json: write) } }
                    try await host.eventually("all run") { try await host.probe()["in_flight"] == 9 }
                    for process in try host.processes() { kill(process, SIGKILL) }
                    var answers: [HTTPAnswer] = []
                    for try await answer in group { answers.append(answer) }
                    #expect(answers.count { $0.status == 200 } == 6, "what only reads ran again, unseen: \(answers.map(\.text))")
                    let failed = answers.filter { $0.status != 200 }
                    #expect(failed.allSatisfy { $0.errorCode == "HANDLER_FAILED" && $0.isRetryable == false }, "\(failed.map(\.text))")
                }
                #expect(try await host.get("/probe/mark", token: token).status == 200)
                #expect(try await host.post("/probe/write/slow", token: token, json: write).status == 200, "a suspect that answers is cleared")
                #expect(try await host.probe()["convicted"] == 0)
            }
        }

        @Test("pitfall 43: a call that ends its process alone, too, is refused with its evidence kept; others of its route are not") func convicted()
            async throws
        {
            let member = try await Member.make()
            let other = try await Member.make(2)
            try await RunningHost.run(try one()) { host in
                let token = try host.token(member)
                let first = try await host.get("/probe/trap", token: token, headers: [("x-request-id", "the-poison")])
                #expect(first.errorCode == "HANDLER_FAILED")
                #expect(first.isRetryable == false)
                let second = try await host.get("/probe/trap", token: token)
                #expect(second.status == 422)
                #expect(second.errorCode == "POISON_INVOCATION")
                #expect(second.isRetryable == false)
                #expect(try await host.probe()["convicted"] == 1)
                #expect(try await host.get("/probe/trap?index=1", token: token).errorCode == "HANDLER_FAILED", "another input is another call")
                #expect(try await host.get("/probe/trap", token: try host.token(other)).errorCode == "HANDLER_FAILED", "so is another tenant's")
                #expect(try await host.get("/probe/mark", token: token).status == 200)
                // The newest comes first.
                let evidence = try #require(try await host.convictions().array?.last)
                #expect(evidence["request_id"] == "the-poison")
                #expect(evidence["route"] == "GET /probe/trap")
                #expect(evidence["tenant"]?.string == "\(member.tenant)")
                #expect(evidence["ended"]?.string?.isEmpty == false && evidence["ended"] != "exit status 0")
                #expect(evidence["fingerprint"]?.string?.utf8.count == 64)
            }
            try await RunningHost.run(try one()) { host in
                let answer = try await host.get("/probe/trap", token: try host.token(member))
                #expect(answer.errorCode == "POISON_INVOCATION", "it stands when the gateway comes back")
            }
        }

        @Test("pitfall 43: a write that ends its process is not run again by itself; sent again it runs alone and is convicted") func poisonWrite()
            async throws
        {
            let member = try await Member.make()
            try await RunningHost.run(try one()) { host in
                let token = try host.token(member)
                for code in ["HANDLER_FAILED", "HANDLER_FAILED", "POISON_INVOCATION"] {
                    let answer = try await host.post("/probe/write/trap", token: token, json: [:])
                    #expect(answer.errorCode == code)
                    #expect(answer.isRetryable == false)
                }
            }
        }

        @Test("pitfall 32: a loop moves its neighbours to another process, and ends with its own", arguments: ["loop", "block"])
        func silent(route: String) async throws {
            let member = try await Member.make()
            try await RunningHost.run(try one()) { host in
                let token = try host.token(member)
                let before = try await host.get("/probe/mark", token: token).mark
                try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
                    for _ in 0..<3 { group.addTask { try await host.get("/probe/mark?milliseconds=300", token: token) } }
                    try await host.eventually("they run") { try await host.probe()["in_flight"] == 3 }
                    async let looped = host.get("/probe/\(route)", token: token)
                    for try await answer in group {
                        #expect(answer.status == 200, "\(answer.text)")
                        #expect(answer.mark != before, "another process answered")
                    }
                    let answer = try await looped
                    #expect(answer.errorCode == "HANDLER_FAILED", "\(answer.text)")
                    #expect(answer.isRetryable == false)
                }
                #expect(try await host.get("/probe/\(route)", token: token).errorCode == "POISON_INVOCATION")
                #expect(try await host.get("/probe/mark", token: token).status == 200)
                let evidence = try await host.convictions().array
                #expect(evidence?.count == 1)
                #expect(evidence?.first?["killed_for"]?.string == "it did not answer")
            }
        }

        @Test("pitfall 32: a process that answers late keeps its work") func late() async throws {
            let member = try await Member.make()
            try await RunningHost.run(try one()) { host in
                let token = try host.token(member)
                let before = try await host.get("/probe/mark", token: token).mark
                #expect(try await host.get("/probe/loop?milliseconds=400", token: token).status == 204)
                try await host.eventually("it takes calls again") { try await host.get("/probe/mark", token: token).mark == before }
                try await host.eventually("nothing is left of it") {
                    let probe = try await host.probe()
                    return probe["suspects"] == 0 && probe["convicted"] == 0 && probe["in_flight"] == 0
                }
            }
        }

        @Test("endless allocation ends its own process, and the next call works") func allocation() async throws {
            let member = try await Member.make()
            try await RunningHost.run(try one(["memory: 256MB": "memory: 96MB"])) { host in
                let token = try host.token(member)
                #expect(try await host.get("/probe/allocate", token: token).errorCode == "HANDLER_FAILED")
                #expect(try await host.get("/probe/allocate", token: token).errorCode == "POISON_INVOCATION")
                #expect(try await host.get("/probe/mark", token: token).status == 200)
                let evidence = try #require(try await host.convictions().array?.first)
                #expect(evidence["ended"] != "exit status 0", "\(evidence)")
            }
        }

        @Test("a call that computes without end ends its process at the limit of processor time, and not its neighbours' answers") func cpu()
            async throws
        {
            let member = try await Member.make()
            try await RunningHost.run(try one(["idle: 5s": "idle: 5s\ncpu: 400ms"])) { host in
                let token = try host.token(member)
                let burnt = try await host.get("/probe/burn", token: token)
                #expect(burnt.errorCode == "HANDLER_FAILED", "\(burnt.text)")
                #expect(try await host.get("/probe/burn", token: token).errorCode == "POISON_INVOCATION")
                #expect(try await host.get("/probe/mark", token: token).status == 200)
                let evidence = try #require(try await host.convictions().array?.first)
                #expect(evidence["killed_for"]?.string == "it used more processor time than its limit", "\(evidence)")
            }
        }

        @Test("a program that cannot stay up opens the circuit: 503 that says when to come back") func circuit() async throws {
            let member = try await Member.make()
            let database = try TestDatabase.current
            let folder = try HandlerFolder.versions(in: database, ["v1"])
            try await RunningHost.run(.init(handlers: [folder])) { host in
                let token = try host.token(member)
                #expect(try await host.get("/probe/mark", token: token).status == 200)
                // Another input each time, so that none is convicted before it runs.
                var last = HTTPAnswer()
                for index in 0..<40 {
                    last = try await host.post("/probe/write/trap", token: token, json: ["index": .integer(Int64(index))])
                    if last.status == 503 { break }
                }
                #expect(last.status == 503)
                #expect(Int(last["retry-after"] ?? "") ?? 0 >= 1)
                #expect(last.isRetryable == true)
                #expect(try await host.probe()["circuit"] == "open")
                try await host.eventually("half open, then closed by an answer") { try await host.get("/probe/mark", token: token).status == 200 }
                #expect(try await host.probe()["circuit"] == "closed")
            }
        }

        @Test("SIGTERM under load: every request that was taken is answered") func drainUnderLoad() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                let statuses = try await withThrowingTaskGroup(of: [Int].self) { group in
                    for _ in 0..<6 {
                        group.addTask {
                            var statuses: [Int] = []
                            // Ends when nobody listens any more.
                            while let answer = try? await host.get("/probe/mark?milliseconds=30", token: token) { statuses.append(answer.status) }
                            return statuses
                        }
                    }
                    try await host.eventually("they run") { (try await host.probe()["in_flight"]?.integer ?? 0) >= 4 }
                    host.program.signal(SIGTERM)
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                #expect(try await Blocking.run { host.program.end() } == 0)
                #expect(statuses.count >= 6)
                #expect(statuses.allSatisfy { $0 == 200 }, "\(statuses)")
            }
        }
    }
}
