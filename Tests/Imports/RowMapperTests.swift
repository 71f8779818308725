import Imports
import Kernel
import Tabular
import Testing

@Suite("Rows to values") struct RowMapperTests {
    private func mapper(_ mapping: ImportMapping, _ columns: [ImportColumn], _ rows: [[String?]]) throws -> RowMapper {
        var mapper = RowMapper(try ImportPlan(mapping, columns: columns))
        try mapper.read(Samples.batch(rows))
        return mapper
    }

    @Test("wide: each column of values is a KPI; empty cells are no values, empty rows no refusals") func wide() throws {
        var mapper = try mapper(
            Samples.wide { $0.metrics = [.init(column: "sales"), .init(column: "costs", name: "Costs", unit: "EUR")] },
            Samples.columns("day", "sales", "costs"),
            [["2026-01-01", "1", "2"], ["2026-01-02", "", "3"], ["2026-01-03", "", ""], ["", "", nil], ["2026-01-04", "4"]])
        let values = mapper.take()[0]
        #expect(mapper.series.series.map(\.name) == ["sales", "Costs"])
        #expect(mapper.series.series.map(\.unit) == [nil, "EUR"])
        #expect(values.series == [1, 2, 2, 1])
        #expect(values.values == [1, 2, 3, 4])
        #expect(mapper.rowsRead == 5 && mapper.rowsEmpty == 2 && mapper.valuesRead == 4 && mapper.refusals.count == 0)
        #expect(mapper.times == Samples.day("2026-01-01")...Samples.day("2026-01-04"))
    }

    @Test("a row that cannot be read is left out as a whole, with line, column and what was expected") func refusals() throws {
        var mapper = try mapper(
            Samples.wide { $0.metrics = [.init(column: "sales"), .init(column: "costs")] }, Samples.columns("day", "sales", "costs"),
            [["2026-01-01", "1", "abc"], ["2026-13-01", "1", "2"], ["", "1", "2"], ["2026-01-02", "5", "6"]])
        #expect(mapper.take()[0].values == [5, 6])
        #expect(mapper.refusals.kept.map(\.line) == [2, 3, 4])
        #expect(mapper.refusals.kept.map(\.row) == [1, 2, 3])
        #expect(mapper.refusals.kept.map(\.column) == ["costs", "day", "day"])
        #expect(mapper.refusals.kept[0].reason == "holds \"abc\"; expected a number such as 1234.5")
        #expect(mapper.refusals.kept[0].fields == ["2026-01-01", "1", "abc"])
    }

    @Test("the first refused row ends an import that asked for it") func stop() {
        let error = #expect(throws: AppError.self) {
            try mapper(Samples.wide { $0.stopOnRefusal = true }, Samples.columns("day", "sales"), [["2026-01-01", "1"], ["2026-01-02", "abc"]])
        }
        #expect(error?.code == .unprocessableFile && error?.issues.first?.field == "line 3")
    }

    @Test("a NUL in the name of a series, which no database keeps, is a sign of its own there") func nul() throws {
        let mapper = try mapper(
            Samples.long { $0.dimensions = ["region"] }, Samples.columns("day", "kpi", "value", "region"),
            [["2026-01-01", "sa\0les", "1", "No\0rth"]])
        #expect(mapper.series.series.map(\.name) == ["sa\u{FFFD}les {region=No\u{FFFD}rth}"])
    }

    @Test("long: a column names the KPI; dimensions make series of their own") func long() throws {
        var mapper = try mapper(
            Samples.long {
                $0.dimensions = ["region"]
                $0.units = ["sales": "EUR"]
            }, Samples.columns("day", "kpi", "value", "region"),
            [
                ["2026-01-01", "sales", "1", "North"], ["2026-01-01", "sales", "2", "South"], ["2026-01-01", "visits", "3", "North"],
                ["2026-01-02", " sales ", "4", "North"], ["2026-01-02", "", "5", "North"], ["2026-01-03", "sales", "6", ""],
            ])
        let values = mapper.take()[0]
        #expect(mapper.series.series.map(\.name) == ["sales {region=North}", "sales {region=South}", "visits {region=North}", "sales {region=}"])
        #expect(mapper.series.series.map(\.unit) == ["EUR", "EUR", nil, "EUR"])
        #expect(values.series == [1, 2, 3, 1, 4])
        #expect(mapper.refusals.kept.map(\.column) == ["kpi"])
    }

    @Test("a column says for which business a row is; one that nobody named is refused") func businesses() throws {
        var mapper = try mapper(
            Samples.wide {
                $0.businessID = nil
                $0.businessColumn = "shop"
                $0.businesses = ["Ems": Samples.business, "Elbe": Samples.other]
            }, Samples.columns("day", "shop", "sales"),
            [["2026-01-01", "Ems", "1"], ["2026-01-01", "Elbe", "2"], ["2026-01-01", "Oder", "3"], ["2026-01-02", "Ems", "4"]])
        #expect(mapper.take()[0].series == [1, 2, 1])
        #expect(mapper.series.series.map(\.business) == [Samples.business, Samples.other])
        #expect(mapper.refusals.kept.map(\.reason) == ["holds \"Oder\", which `businesses` does not name"])
    }

    @Test("a row that sums up others is none; years and durations are read as such") func kinds() throws {
        var columns = Samples.columns("day", "sales")
        columns[0] = ImportColumn(name: "day", type: ColumnType(.number, kind: .year))
        columns[1] = ImportColumn(name: "sales", type: ColumnType(.time, kind: .duration))
        var mapper = RowMapper(try ImportPlan(Samples.wide(), columns: columns), totals: [1])
        try mapper.read(Samples.batch([["2025", "00:01:30"], ["2026", "01:00:00"], ["2024", "00:00:01"], ["12.5", "00:00:01"]]))
        let values = mapper.take()[0]
        #expect(values.values == [1, 90] && values.times == [Samples.day("2024-01-01"), Samples.day("2025-01-01")])
        #expect(mapper.rowsRead == 3 && mapper.refusals.kept.map(\.row) == [4])
    }

    @Test("columns are gathered each in its own way, and values of one way come together") func aggregations() throws {
        var wide = try mapper(
            Samples.wide {
                $0.aggregation = .sum
                $0.metrics = [.init(column: "sales"), .init(column: "share", aggregation: .mean), .init(column: "costs")]
            }, Samples.columns("day", "sales", "share", "costs"), [["2026-01-01", "1", "10", "3"], ["2026-01-01", "2", "30", "4"]])
        #expect(wide.waiting == 6)
        let taken = wide.take()
        #expect(taken.map(\.aggregation) == [.sum, .mean])
        #expect(taken.map(\.values) == [[3, 7], [20]] && taken.map(\.series) == [[1, 3], [2]] && taken.map(\.counts) == [[2, 2], [2]])
        #expect(wide.take().isEmpty && wide.waiting == 0)
        var long = try mapper(
            Samples.long { $0.aggregations = ["share": .mean, "best": .max] }, Samples.columns("day", "kpi", "value"),
            [
                ["2026-01-01", "sales", "1"], ["2026-01-01", "share", "10"], ["2026-01-01", "best", "7"], ["2026-01-01", "share", "30"],
                ["2026-01-01", "sales", "2"], ["2026-01-01", "best", "5"],
            ])
        #expect(long.take().map(\.values) == [[2], [20], [7]])
    }

    @Test("rows whose texts run together are told apart") func separation() throws {
        var mapper = try mapper(
            Samples.long { $0.dimensions = ["a", "b"] }, Samples.columns("day", "kpi", "value", "a", "b"),
            [["2026-01-01", "k", "1", "xy", "z"], ["2026-01-01", "k", "2", "x", "yz"]])
        #expect(mapper.take()[0].series == [1, 2])
    }

    @Test("pitfall 47: a file in which every row is a series of its own is refused, not kept in memory") func series() throws {
        let rows = (0...SeriesTable.most).map { ["2026-01-01", "k\($0)", "1"] as [String?] }
        let error = #expect(throws: AppError.self) { try mapper(Samples.long(), Samples.columns("day", "kpi", "value"), rows) }
        #expect(error?.code == .unprocessableFile && error?.issues.first?.field == "dimensions")
        let long = #expect(throws: AppError.self) {
            try mapper(Samples.long(), Samples.columns("day", "kpi", "value"), [["2026-01-01", String(repeating: "k", count: 201), "1"]])
        }
        #expect(long?.code == .unprocessableFile)
    }

    @Test("pitfall 47: refused rows are all counted, and kept within a limit") func manyRefusals() throws {
        var mapper = RowMapper(try ImportPlan(Samples.wide(), columns: Samples.columns("day", "sales")))
        let row: [String?] = ["2026-01-01", String(repeating: "x", count: 1000)]
        for start in stride(from: 0, to: 20_000, by: 4000) {
            try mapper.read(Samples.batch(Array(repeating: row, count: 4000), firstRecord: start))
        }
        #expect(mapper.refusals.count == 20_000 && mapper.refusals.isCut)
        #expect(mapper.refusals.kept.count < Refusals.mostRows)
        #expect(mapper.refusals.kept.last?.reason.count ?? 100 < 100)
    }
}
