import Kernel
import TestSupport
import Testing

extension EndToEnd {
    @Suite("tenantry handler") struct HandlerCommands {
        private func tenantry(_ arguments: [String], handlers: String = "") async throws -> (status: Int32, printed: String) {
            try await Blocking.run {
                try ChildProgram("tenantry", arguments, environment: ["TENANTRY_HANDLERS": handlers]).finish()
            }
        }

        @Test("check starts the program and shows its routes") func check() async throws {
            let result = try await tenantry(["handler", "check", "\(Environment.package)/Tests/ProbeHandler"])
            #expect(result.status == 0, "\(result.printed)")
            #expect(result.printed.contains("/api/v1/probe/entries/next"))
            #expect(result.printed.contains("in order"))
        }

        @Test("check names the line of a bad manifest, a missing program and a program that is no handler") func bad() async throws {
            let folder = "/tmp/tenantry-check-\(UInt64.random(in: .min ... .max))"
            try File.makeFolder(folder)
            try File.write(Array("name: x\nprogam: y\n".utf8), to: "\(folder)/handler.yaml")
            let typo = try await tenantry(["handler", "check", folder])
            #expect(typo.status == 65)
            #expect(typo.printed.contains("\(folder)/handler.yaml:2: unknown key `progam`; did you mean `program`?"), "\(typo.printed)")
            try File.write(Array("name: x\nprogram: nothing-here\n".utf8), to: "\(folder)/handler.yaml")
            let missing = try await tenantry(["handler", "check", folder])
            #expect(missing.status == 66)
            #expect(missing.printed.contains("nothing-here of the handler x is missing"))
            try File.write(Array("name: x\nprogram: /bin/true\n".utf8), to: "\(folder)/handler.yaml")
            let silent = try await tenantry(["handler", "check", folder])
            #expect(silent.status == 70)
            #expect(silent.printed.contains("ended before it said what it serves"), "\(silent.printed)")
        }

        @Test("list answers in JSON") func list() async throws {
            let result = try await tenantry(["handler", "list", "--json"], handlers: "\(Environment.package)/Handlers")
            #expect(result.status == 0, "\(result.printed)")
            let handlers = try JSON.read(Array(result.printed.utf8)).array ?? []
            let names = [
                "administration", "alerts", "archive", "articles", "audit", "auth", "dashboards", "federation", "forecasts", "jobs", "mail",
                "notifications", "retention", "sources", "subscriptions", "uploads", "users",
            ]
            #expect(handlers.compactMap { $0["name"]?.string } == names)
        }
    }
}
