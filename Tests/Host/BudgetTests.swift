import Kernel
import Manifest
import Postgres
import Testing

@testable import Host

@Suite("Connections to the database") struct BudgetTests {
    @Test("processes times connections are added up and checked") func budget() throws {
        var manifest = Manifest(name: "auth", program: "auth-handler")
        manifest.instances = 1...3
        manifest.connections = 4
        let budget = ConnectionBudget(host: 3, handlers: [manifest])
        #expect(budget.total == 16)
        #expect(budget.description == "host 4 + auth 3 × 4")
        try budget.check(limit: 16)
        #expect { try budget.check(limit: 15) } throws: {
            "\($0)".contains("host 4 + auth 3 × 4 = 16 database connections, but the server allows 15")
        }
    }

    @Test("a role's URL names the same database") func url() throws {
        let base = try PostgresClient.Configuration(url: "postgres://admin:pw@/my%20db?host=/run/pg&port=6000&sslmode=require")
        let url = base.url(role: "t_h_auth", password: "p@:/ä")
        let read = try PostgresClient.Configuration(url: url)
        #expect(read.user == "t_h_auth")
        #expect(read.password == "p@:/ä")
        #expect(read.database == "my db")
        #expect(read.host == "/run/pg")
        #expect(read.port == 6000)
        #expect(read.parameters == ["sslmode": "require"])
    }
}
