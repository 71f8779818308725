import Kernel
import Testing

@testable import Tenants

@Suite struct MigrationPlanTests {
    private static func series(_ name: String, _ count: Int) throws -> MigrationSeries {
        var files: [String: String] = [:]
        for number in 1...count {
            files["000\(number)_n\(number).up.sql"] = "up \(name) \(number)"
            files["000\(number)_n\(number).down.sql"] = "down \(number)"
        }
        return try MigrationSeries(name, files: files)
    }

    private func plan(_ applied: [(String, Int)], checksum: String? = nil) throws -> MigrationPlan {
        let series = [try Self.series("core", 3), try Self.series("auth", 1)]
        return MigrationPlan(
            series: series,
            applied: applied.map { name, version in
                let file = series.first { $0.name == name }?.migrations.first { $0.version == version }
                return AppliedMigration(
                    series: name, version: version, name: "n\(version)", checksum: checksum ?? file?.checksum ?? "", appliedAt: Timestamp(seconds: 0))
            })
    }

    @Test("pending ones are taken series by series, in order")
    func up() throws {
        #expect(try plan([]).up().map(\.label) == ["core 1 (n1)", "core 2 (n2)", "core 3 (n3)", "auth 1 (n1)"])
        #expect(try plan([("core", 1), ("auth", 1)]).up().map(\.label) == ["core 2 (n2)", "core 3 (n3)"])
        #expect(try plan([("core", 1), ("core", 2), ("core", 3), ("auth", 1)]).up().isEmpty)
    }

    @Test("the newest go back first, and only those that are applied")
    func down() throws {
        let plan = try plan([("core", 1), ("core", 2)])
        #expect(try plan.down("core", steps: 1).map(\.version) == [2])
        #expect(try plan.down("core", steps: 9).map(\.version) == [2, 1])
        #expect(try plan.down("auth", steps: 1).isEmpty)
        #expect(throws: AppError.self) { try plan.down("nobody", steps: 1) }
    }

    @Test("a changed file, a file that is gone and a gap are refused, with one line each")
    func drift() throws {
        for (applied, checksum, words) in [
            ([("core", 1)], "00" as String?, "was changed"), ([("core", 1), ("core", 4)], nil, "its file is gone"),
            ([("core", 2)], nil, "core 1 (n1) is not applied, but a later one is"),
        ] {
            let error = #expect(throws: AppError.self) { try plan(applied, checksum: checksum).up() }
            #expect(error?.code == .conflict && error?.message.contains(words) == true)
        }
    }
}
