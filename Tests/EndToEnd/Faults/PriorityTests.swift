import Glibc
import Kernel
import TestSupport
import Testing

extension EndToEnd {
    @Suite("who comes first", .testDatabase) struct PriorityTests {
        private static func standing(_ pid: pid_t) throws -> String? {
            guard let bytes = try? File.read("/proc/\(pid)/autogroup") else { return nil }
            return String(decoding: bytes, as: UTF8.self).split(separator: " ").last.map { String($0.prefix { !$0.isNewline }) }
        }

        @Test("a handler of low priority stands back with its whole session; others do not", .enabled(if: geteuid() == 0))
        func standsBack() async throws {
            let member = try await Member.make(1)
            try await RunningHost.run { host in
                _ = try await host.post("/api/v1/auth/login", json: ["email": "user-1@example.test", "password": "not the right one"])
                _ = try await host.get("/api/v1/businesses", token: try host.token(member))
                for (program, niceness) in [("auth-handler", 10), ("dashboards-handler", 0)] {
                    let pids = try host.processes(of: program)
                    #expect(!pids.isEmpty, "\(program)")
                    for pid in pids {
                        #expect(getpriority(__priority_which_t(PRIO_PROCESS.rawValue), id_t(pid)) == niceness, "\(program)")
                        if let standing = try Self.standing(pid) { #expect(standing == "\(niceness)", "\(program)") }
                    }
                }
            }
        }
    }
}
