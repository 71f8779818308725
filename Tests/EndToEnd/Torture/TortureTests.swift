import Glibc
import Kernel
import TestSupport
import Testing

extension EndToEnd {
    /// Kills the gateway and Postgres while several tenants write. `TENANTRY_TORTURE_ROUNDS` says how often (10), `TENANTRY_TORTURE_SEED` how.
    @Suite("Torture") struct Torture {
        private static let rounds = Environment["TENANTRY_TORTURE_ROUNDS"].flatMap { Int($0) } ?? 10
        private static let seed = Environment["TENANTRY_TORTURE_SEED"].flatMap { UInt64($0) } ?? 58

        /// What the rounds met.
        private struct Tally {
            var inFlight = 0
            var openTransaction = 0
            var targets: [Kill.Target: Int] = [:]
        }

        @Test(
            "kill -9 of the gateway and of Postgres at random moments of writes and uploads: nothing is lost, halved or doubled, nor by a retry with the same key",
            .timeLimit(.minutes(30)))
        func torture() async throws {
            try await TortureWorld.with { world in
                let ledger = Ledger()
                var tally = Tally()
                var host = try await world.startGateway()
                for round in 1...Self.rounds {
                    let kill = Kill(round: round, seed: Self.seed)
                    host = try await run(kill, world, ledger, host, &tally)
                    let rows = try await world.rows()
                    ledger.noteCut(rows)
                    var contradictions = ledger.contradictions(rows)
                    try await settle(world, ledger, host)
                    contradictions += ledger.contradictions(try await world.rows())
                    for text in contradictions { Issue.record("seed \(Self.seed), \(kill): \(text)") }
                    if !contradictions.isEmpty { break }
                }
                try await finish(world, ledger, host)
                report(ledger, tally)
                // It must have hit the middle of something.
                #expect(tally.inFlight * 10 >= Self.rounds * 9)
                #expect(tally.openTransaction * 5 >= Self.rounds)
            }
        }

        /// Writes until the kill has happened; gives the gateway that serves afterwards.
        private func run(_ kill: Kill, _ world: TortureWorld, _ ledger: Ledger, _ host: RunningHost, _ tally: inout Tally) async throws -> RunningHost
        {
            ledger.beginRound()
            let (inFlight, open) = try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<TortureWorld.writers {
                    group.addTask { try await write(as: writer, kill.round, world, ledger, host) }
                }
                // The writers end, whatever fails here.
                defer { ledger.stop() }
                try await host.eventually("\(kill.writes) writes have begun") { ledger.writes >= kill.writes }
                try await Task.sleep(for: .milliseconds(kill.milliseconds))
                let open = try await world.openTransactions()
                let inFlight = ledger.inFlight
                try strike(kill, world, host, open)
                ledger.stop()
                try await group.waitForAll()
                return (inFlight, open.count)
            }
            tally.inFlight += inFlight > 0 ? 1 : 0
            tally.openTransaction += open > 0 ? 1 : 0
            tally.targets[kill.target, default: 0] += 1
            print("\(kill); \(inFlight) writes in flight, \(open) transactions open")
            return try await recover(kill, world, host)
        }

        private func strike(_ kill: Kill, _ world: TortureWorld, _ host: RunningHost, _ open: [pid_t]) throws {
            switch kill.target {
            case .gateway: host.program.signal(SIGKILL)
            case .server: try world.cluster.kill()
            case .backend: if let pid = open.first { Glibc.kill(pid, SIGKILL) } else { try world.cluster.kill() }
            }
        }

        /// Waits until all serves again.
        private func recover(_ kill: Kill, _ world: TortureWorld, _ host: RunningHost) async throws -> RunningHost {
            var host = host
            if kill.target == .gateway {
                _ = try await Blocking.run { [host] in host.program.end() }
                try await host.eventually("what the gateway left has ended") { try await world.openTransactions().isEmpty }
                host = try await world.startGateway()
            } else if !(await isAnswering(world)) {
                try await world.cluster.restart()
            }
            let token = try host.token(world.members[0])
            try await host.eventually("it serves again") { try await host.get("/businesses", token: token).status == 200 }
            return host
        }

        /// Whether the server answers, at once or after it has recovered by itself.
        private func isAnswering(_ world: TortureWorld) async -> Bool {
            for _ in 0..<20 {
                if (try? await world.query("select 1")) != nil { return true }
                guard world.cluster.isRunning else { return false }
                try? await Task.sleep(for: .milliseconds(50))
            }
            return false
        }

        private func write(as writer: Int, _ round: Int, _ world: TortureWorld, _ ledger: Ledger, _ host: RunningHost) async throws {
            var random = Seeded(Self.seed, round * 100 + writer)
            let token = try host.token(world.members[writer])
            for number in 0... {
                if ledger.isStopped { return }
                let effect = Effect(round, writer, number, &random)
                ledger.begin(effect)
                if let milliseconds = effect.hangsUpAfter {
                    await hangUp(effect, after: milliseconds, world, host, token)
                    ledger.lost(effect)
                }
                ledger.end(effect, await send(effect, world, host, token))
            }
        }

        /// Sends a write and does not wait for what becomes of it.
        private func hangUp(_ effect: Effect, after milliseconds: Int, _ world: TortureWorld, _ host: RunningHost, _ token: String) async {
            guard let socket = try? await host.connect() else { return }
            let head = RunningHost.head("POST", world.path(effect), token: token, headers: effect.headers, length: effect.body.count)
            _ = try? await Blocking.run { try socket.send(head + effect.body) }
            try? await Task.sleep(for: .milliseconds(milliseconds))
            socket.drop(abruptly: milliseconds % 2 == 0)
        }

        private func send(_ effect: Effect, _ world: TortureWorld, _ host: RunningHost, _ token: String) async -> Ledger.Outcome {
            do {
                let answer = try await host.request("POST", world.path(effect), token: token, headers: effect.headers, body: effect.body)
                if answer.status == 201 { return .acknowledged }
                // Whoever is asked wrongly would count as cut off; only who had to wait for too long, and the same key still at work, may be refused.
                if (400..<500).contains(answer.status), answer.status != 429, !(effect.isKeyed && answer.status == 409) {
                    Issue.record("\(effect): \(answer.status) \(answer.text)")
                }
                return .unknown("\(answer.status) \(answer.errorCode ?? "")")
            } catch { return .unknown("no answer") }
        }

        /// Sends what has a key again until it is acknowledged, and once more: the answer is the same, byte for byte.
        private func settle(_ world: TortureWorld, _ ledger: Ledger, _ host: RunningHost) async throws {
            for case (let effect, .unknown) in ledger.all where effect.isKeyed {
                let token = try host.token(world.members[effect.writer])
                try await host.eventually("\(effect) is acknowledged") { await send(effect, world, host, token) == .acknowledged }
                ledger.end(effect, .acknowledged)
                let first = try await host.request("POST", world.path(effect), token: token, headers: effect.headers, body: effect.body)
                let second = try await host.request("POST", world.path(effect), token: token, headers: effect.headers, body: effect.body)
                #expect(first.status == 201 && first.body == second.body, "\(effect): \(first.text) \(second.text)")
            }
        }

        /// Sends every file whose outcome is not known once more: it is stored whole, or was and changes nothing.
        private func finish(_ world: TortureWorld, _ ledger: Ledger, _ host: RunningHost) async throws {
            let before = try await world.rows()
            for case (let effect, .unknown) in ledger.all where effect.kind == .file || effect.kind == .longFile {
                let answer = try await host.request(
                    "POST", world.path(effect), token: try host.token(world.members[effect.writer]), headers: effect.headers, body: effect.body)
                #expect(answer.status == 201, "\(answer.text)")
                let was = before[effect.mark] ?? 0
                // The columns of filling are one value each, which may be there already.
                let stored = try #require(try answer.json["values_stored"]?.integer)
                #expect(was == 0 ? stored >= effect.rows : stored == 0, "\(effect): \(was) rows before, \(stored) stored")
                ledger.end(effect, .acknowledged)
            }
            for text in ledger.contradictions(try await world.rows()) { Issue.record("seed \(Self.seed), after all files came again: \(text)") }
            host.program.signal(SIGKILL)
            _ = try await Blocking.run { host.program.end() }
        }

        private func report(_ ledger: Ledger, _ tally: Tally) {
            let (cut, committed) = ledger.cutOff
            let targets = Kill.Target.allCases.map { "\($0.rawValue) \(tally.targets[$0] ?? 0)" }.joined(separator: ", ")
            print(
                """
                torture: seed \(Self.seed), \(Self.rounds) kills (\(targets)); \(tally.inFlight) hit writes in flight, \(tally.openTransaction) an open \
                transaction; \(ledger.all.count) writes, \(cut) cut off, of which \(committed) were committed; \(ledger.lostAnswers) clients hung up
                """)
        }
    }
}
