import Tabular
import Testing

@Suite struct TotalRowTests {
    private static let rows = [["A", "1.000", "5"], ["B", "2.000", "6"], ["C", "7", "7"], ["D", "900", "1"]]

    private static func totals(_ last: [[String]], before: [[String]] = [], size: Int = 4096) -> (totals: [Int], sum: Double?) {
        let table = profile(["Name", "Visits", "Orders"], before + rows + last, size: size)
        return (table.totalRows.map(\.record), table.columns[1].sum)
    }

    @Test(arguments: [
        [["", "3.907", "19"]], [["Total", "3.907", "19"]], [["Gesamt:", "3.907", ""]], [["Summe (4)", "3.907", "19"]], [["", "3.907", "4,75"]],
        [["合計", "3.907", "19"]], [["Summe Januar", "3.907", "19"]],
    ])
    func sumsAreFound(last: [[String]]) {
        for size in [1, 2, 3, 5, 100] {
            let found = Self.totals(last, size: size)
            #expect(found.totals == [4] && found.sum == 3907, "in pieces of \(size)")
        }
    }

    @Test(arguments: [
        [["E", "3.907", "4"]], [["", "12", "1"]], [["", "", ""]], [["Total Wine", "5", "5"]], [["E", "5", "19"]],
    ])
    func otherRowsCount(last: [[String]]) { #expect(Self.totals(last).totals.isEmpty) }

    @Test func aTotalWithOthersBehindItIsFound() {
        let found = Self.totals([["Total", "3.907", "19"], ["Average", "976,75", "4,75"]])
        #expect(found.totals == [4, 5] && found.sum == 3907)
    }

    @Test func aTotalAboveTheOthersIsFound() {
        let found = Self.totals([], before: [["Total", "3.907", "19"]])
        #expect(found.totals == [0] && found.sum == 3907)
        #expect(Self.totals([], before: [["Total", "3.908", "18"]]).totals.isEmpty)
    }

    @Test func rowsOfADateAreNamedByIt() {
        let days = (1...9).map { ["0\($0)-09-14", "1\($0)"] }
        #expect(profile(["Day", "Visits"], days + [["", "135"]]).totalRows.map(\.record) == [9])
        #expect(profile(["Day", "Visits"], days + [["10-09-14", "135"]]).totalRows.isEmpty)
    }

    @Test func meansBesideSumsAreNoNames() {
        let rows = (1...6).map { ["site \($0)", "\($0)00", "00:0\($0):00", "\($0),50 %"] }
        #expect(profile(["Site", "Visits", "Duration", "Bounce"], rows + [["", "2.100", "00:03:30", "4,00 %"]]).totalRows.map(\.record) == [6])
    }

    @Test func smallNumbersAreNoSumsByChance() {
        #expect(profile(["a", "b", "c"], [["x", "1", "2"], ["y", "1", "2"], ["z", "1", "2"], ["q", "3", "6"]]).totalRows.isEmpty)
    }

    @Test func aFirstRowWithoutANameIsATotalIfTheSumsAgree() {
        #expect(Self.totals([], before: [["", "3.907", "19"]]).totals == [0])
        #expect(Self.totals([], before: [["", "3.900", "12"]]).totals.isEmpty)
    }

    @Test func roundedSumsCount() {
        let table = profile(["n", "x"], [["a", "1.005"], ["b", "2.014"], ["c", "3.017"], ["Total", "6.04"]])
        #expect(table.totalRows.map(\.record) == [3])
    }

    @Test func aRowKnownAsTotalIsLeftOut() {
        var profiler = TableProfiler(names: ["a", "b"])
        profiler.add(batch([["x", "1"], ["y", "2"], ["all of it", "9"]]))
        #expect(profiler.finish(total: 2).rows == 2)
    }

    @Test func anyRowCanBeAskedAbout() {
        var profiler = TableProfiler(names: ["Name", "Visits", "Orders"])
        profiler.add(batch(Self.rows))
        #expect(profiler.judge(batch([["", "3.907", "19"]]))?.columns == [1, 2])
        #expect(profiler.judge(batch([["E", "5", "19"]])) == nil)
    }

    @Test(arguments: [
        ("Total", true), ("TOTAL:", true), ("Grand Total", true), ("Gesamt 2024", true), ("Totally", false), ("Total Wine", false), ("", false),
    ])
    func labels(text: String, isLabel: Bool) { #expect(TotalRow.isLabel(text) == isLabel) }
}
