import Kernel
import Tabular
import Testing

@Suite struct TableProfilerTests {
    @Test func describesEachColumn() throws {
        let rows = (1...100).map { ["\($0)", $0 % 4 == 0 ? "" : "shop \($0 % 3)", "2024-01-\($0 % 9 + 1 < 10 ? "0" : "")\($0 % 9 + 1)"] }
        let table = profile(["n", "shop", "day"], rows)
        #expect(table.rows == 100 && table.nullShare == 25.0 / 300)
        let n = table.columns[0]
        #expect(
            n.range == "1.0 100.0 5050.0" && n.mean == 50.5 && n.median == 50.5 && n.quantiles?.p25 == 25.75 && n.distinct == 100 && n.isDistinctExact
        )
        #expect(abs(try #require(n.standardDeviation) - 29.011_491_975_882_016) < 1e-12)
        #expect(n.histogram?.map(\.count).reduce(0, +) == 100)
        let shop = table.columns[1]
        #expect(shop.nulls == 25 && shop.type.kind == .category && shop.topValues.count == 3 && shop.topValues.map(\.count).reduce(0, +) == 75)
        #expect(table.columns[2].range == "2024-01-01 2024-01-09 -")
    }

    @Test func shortRowsAreFilledAndLongOnesCut() {
        let table = profile(["a", "b"], [["1", "2"], ["3"], ["4", "5", "6"], []])
        #expect(table.columns[0].range == "1.0 4.0 8.0" && table.columns[1].nulls == 2 && table.rows == 4)
    }

    @Test func piecesAndPartsGiveTheSameAnswer() throws {
        var state: UInt64 = 1
        let rows = (0..<3000).map { index -> [String] in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return ["\(Double(state >> 40) / 100)", "k\(state >> 50 & 31)", index % 50 == 0 ? "n/a" : "\(index % 28 + 1)/\(index % 12 + 1)/2020"]
        }
        let whole = profile(["x", "k", "d"], rows, size: 5000)
        for size in [1, 7, 1000] { #expect(profile(["x", "k", "d"], rows, size: size) == whole) }
        var parts = TableProfiler(names: ["x", "k", "d"])
        for start in stride(from: 0, to: 3000, by: 500) {
            var part = TableProfiler(names: ["x", "k", "d"])
            part.add(batch(Array(rows[start..<start + 500]), firstRecord: start))
            parts.merge(part)
        }
        let merged = parts.finish()
        #expect(merged.rows == 3000)
        for (a, b) in zip(merged.columns, whole.columns) {
            #expect(a.type == b.type && a.min == b.min && a.max == b.max && a.distinct == b.distinct && a.nulls == b.nulls)
            #expect(abs((a.sum ?? 0) - (b.sum ?? 0)) < 1e-6)
        }
        #expect(merged.columns[1].topValues == whole.columns[1].topValues)
    }

    @Test func answersAreJSON() throws {
        let table = profile(["day", "x"], [["2024-01-01", "5"], ["2024-01-02", "7"]])
        let json = try JSON.read(try JSON.encode(table))
        let day = json["columns"]?[0]
        #expect(day?["type"] == "date" && day?["min"] == "2024-01-01" && day?["format"] == "%Y-%m-%d" && json["rows"] == 2)
        let x = json["columns"]?[1]
        #expect(x?["type"] == "number" && x?["max"]?.number == 7 && x?["sum"]?.number == 12)
        #expect(try JSON.decode(TableProfile.self, from: json) == table)
        let again = try JSON.decode(MappingSuggestion.self, from: try JSON.read(try JSON.encode(try #require(MappingSearch.suggest(table)))))
        #expect(again.timeColumn == "day")
    }

    @Test func numbersAtTheEdgeOfTheRangeHaveAnAnswer() throws {
        let table = profile(["x"], [["1e300"], ["-1e300"], ["5e299"], ["1e-300"]])
        #expect(table.columns[0].standardDeviation == nil && table.columns[0].histogram?.map(\.count).reduce(0, +) == 4)
        #expect(try JSON.read(try JSON.encode(table))["columns"]?[0]?["max"]?.number == 1e300)
    }

    @Test("pitfall 47: ten thousand columns take little memory each")
    func manyColumns() {
        let names = (0..<10_000).map { "c\($0)" }
        let row = (0..<10_000).map { "\($0)" }
        let table = profile(names, Array(repeating: row, count: 30))
        #expect(table.columns.count == 10_000 && table.columns[9999].range == "9999.0 9999.0 299970.0")
    }

    @Test func noRowsAreNoTrouble() {
        let table = profile(["a"], [])
        #expect(table.rows == 0 && table.nullShare == 0 && table.columns[0].typeName == "empty")
    }
}
