import Kernel
import Testing

@testable import Tenants

@Suite struct MigrationSeriesTests {
    private func read(_ names: String...) throws(AppError) -> MigrationSeries {
        try MigrationSeries("core", files: Dictionary(names.map { ($0, "select 1") }, uniquingKeysWith: { first, _ in first }))
    }

    @Test("files are read in the order of their numbers, up and down together")
    func order() throws {
        let series = try read("0002_b.up.sql", "0002_b.down.sql", "0001_a.up.sql", "0001_a.down.sql")
        #expect(series.migrations.map(\.label) == ["core 1 (a)", "core 2 (b)"])
        #expect(try MigrationSeries("core", files: series.files).migrations == series.migrations)
    }

    @Test(
        "every fault is named with its file",
        arguments: [
            (["0001_a.up.sql"], ["expected 0001_a.down.sql beside it"]),
            (["0001_a.down.sql"], ["expected 0001_a.up.sql beside it"]),
            (["0002_a.up.sql", "0002_a.down.sql"], ["expected number 1 next"]),
            (["0001_a.up.sql", "0001_a.down.sql", "0001_b.up.sql", "0001_b.down.sql"], ["expected number 2 next"]),
            (
                ["1_a.up.sql", "0000_a.up.sql", "0001_A.up.sql", "0001.up.sql", "0001_a.sql", "x"],
                Array(repeating: "expected a name such as 0007_words.up.sql", count: 6)
            ),
        ])
    func faults(names: [String], expected: [String]) {
        let files = Dictionary(names.map { ($0, "select 1") }, uniquingKeysWith: { first, _ in first })
        let error = #expect(throws: AppError.self) { try MigrationSeries("core", files: files, folder: "here") }
        #expect(error?.code == .validation && error?.issues.map(\.issue) == expected)
        #expect(error?.issues.allSatisfy { $0.field.hasPrefix("here/") } == true)
    }

    @Test("the mark of lifted FORCE is read from its comment")
    func lift() {
        let migration = Migration(series: "core", version: 1, name: "a", up: "-- why\n-- lift force: app.a,app.b , app.c\nselect 1", down: "")
        #expect(migration.liftsForce == ["app.a", "app.b", "app.c"])
        let both = Migration(series: "core", version: 1, name: "a", up: "-- lift force: app.a", down: "-- lift force: app.a, app.d\nselect 1")
        #expect(both.liftsForce == ["app.a"] && both.liftsForceBack == ["app.a", "app.d"])
        #expect(migration.checksum.utf8.count == 64)
    }
}
