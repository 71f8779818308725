import Tabular
import Testing

@Suite struct MappingSearchTests {
    @Test func eachColumnOfNumbersIsAKPI() throws {
        let rows = (1...28).map { ["\($0 < 10 ? "0" : "")\($0)/02/2024", "\($0 * 3)", "\($0),5 %", "\($0 * 100),00 €"] }
        let found = try #require(MappingSearch.suggest(profile(["Datum", "Besucher", "Quote", "Umsatz"], rows)))
        #expect(found.layout == .wide && found.timeColumn == "Datum")
        #expect(found.metrics?.map { "\($0.column) \($0.aggregation) \($0.unit ?? "-")" } == ["Besucher sum -", "Quote mean %", "Umsatz sum EUR"])
    }

    @Test func aColumnOfNamesAndOneOfValuesAreLong() throws {
        let rows = (0..<40).map { ["2024-01-\($0 / 2 + 1 < 10 ? "0" : "")\($0 / 2 + 1)", $0 % 2 == 0 ? "sales" : "visits", "\($0)"] }
        let found = try #require(MappingSearch.suggest(profile(["day", "metric", "value"], rows)))
        #expect(found.layout == .long && found.metricColumn == "metric" && found.valueColumn == "value" && found.dimensions.isEmpty)
    }

    @Test func wordsBecomeDimensionsAndShopsBusinesses() throws {
        let rows = (0..<60).map { ["2024-01-0\($0 % 5 + 1)", ["North", "South"][$0 % 2], ["tea", "milk", "rice"][$0 % 3], "\($0)", "INV-\($0)"] }
        let found = try #require(MappingSearch.suggest(profile(["date", "Store", "product", "sales", "invoice"], rows)))
        #expect(found.layout == .wide && found.businessColumn == "Store" && found.dimensions == ["product"])
        #expect(found.ignored.map(\.column) == ["invoice"])
    }

    @Test func anImportHasAThousandKPIsAtMost() throws {
        let names = ["date"] + (1...1005).map { "n\($0)" }
        let found = try #require(MappingSearch.suggest(profile(names, (1...3).map { day in ["2024-01-0\(day)"] + (1...1005).map { "\($0)" } })))
        #expect(found.metrics?.count == 1000 && found.ignored.map(\.column) == ["n1001", "n1002", "n1003", "n1004", "n1005"])
    }

    @Test func withoutTimesOrNumbersThereIsNone() {
        #expect(MappingSearch.suggest(profile(["a", "b"], [["x", "1"], ["y", "2"]])) == nil)
        #expect(MappingSearch.suggest(profile(["a", "b"], [["2024-01-01", "x"], ["2024-01-02", "y"]])) == nil)
    }

    @Test func stocksKeepTheLastValueAndIdentifiersAreNoKPI() throws {
        let rows = (1...20).map { ["2024-01-\($0 < 10 ? "0" : "")\($0)", "\($0 + 1000)", "\($0 * 2)"] }
        let found = try #require(MappingSearch.suggest(profile(["date", "order_id", "stock level"], rows)))
        #expect(found.metrics?.map(\.column) == ["stock level"] && found.metrics?.first?.aggregation == .last && found.aggregation == .last)
    }
}
