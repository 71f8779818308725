import Tabular
import Testing

@Suite struct ColumnTypeTests {
    @Test func decimalMarksAreDecidedByTheWholeColumn() {
        let comma = column(["1.234", "5.678", "12,5", "1.234"])
        #expect(comma.type.decimalMark == .comma && comma.type.format == ",." && comma.range == "12.5 5678.0 8158.5")
        let point = column(["1.234", "5.678", "12.5"])
        #expect(point.type.decimalMark == .point && point.range == "1.234 12.5 19.412")
        #expect(column(["1,234", "12", "999"]).range == "12.0 1234.0 2245.0")
        #expect(column(["1.234", "2024", "9.999"]).type.decimalMark == .point)
        #expect(column(["$1.234", "$5"]).range == "5.0 1234.0 1239.0")
    }

    @Test func otherColumnsDecideWhereAColumnCannot() {
        let rows = [["2.546", "99,88%"], ["449", "73,05%"], ["1.001", "0,5%"]]
        let table = profile(["Sessions", "Share"], rows)
        #expect(table.columns[0].range == "449.0 2546.0 3996.0")
        #expect(table.columns[1].type.kind == .percent && table.columns[1].range == "0.5 99.88 173.43")
        #expect(table.warnings.contains { $0.kind == "ambiguous_number" && $0.column == "Sessions" })
    }

    @Test func versionsAmongTextsDecideNothing() {
        let rows = [["8.0", "2.546"], ["40.0.2214.111", "449"], ["11.0", "12"], ["(not set)", "7"]]
        #expect(profile(["Version", "Sessions"], rows).columns[1].range == "7.0 2546.0 3014.0")
    }

    @Test func seasonsAreNoMonths() {
        #expect(column(["2008-09", "2009-10", "2010-11", "2011-12", "2012-13"]).typeName == "text")
        #expect(column(["2009-10", "2010-11"]).typeName == "text")
        #expect(column(["2009-10", "2009-11", "2009-12"]).typeName == "date")
    }

    @Test func hoursAndMinutesAsNumbersAreTimes() {
        let hours = column(["2019010122", "2019010123", "2019010124"])
        #expect(hours.typeName == "datetime" && hours.range == "2019-01-01T22:00:00Z 2019-01-02T00:00:00Z -" && hours.type.format == "%Y%m%d%H")
        #expect(column(["201901010000", "201901010100", "201901010159"]).typeName == "datetime")
        #expect(column(["201901010000", "201901010100", "201901010160"]).typeName == "number")
        #expect(column(["20240131"], override: ColumnOverride(type: .date)).range == "2024-01-31 2024-01-31 -")
    }

    @Test func monthsAsNumbersNeedANameThatSaysSo() {
        let months = ["202301", "202302", "202312"]
        #expect(column(months, name: "기준년월").typeName == "date" && column(months, name: "月").typeName == "date")
        #expect(column(months, name: "人数").typeName == "number")
    }

    @Test func mixedMarksAreReadAsTextAndSaid() {
        let mixed = profile(["x"], (0..<20).map { [$0 % 2 == 0 ? "1,5" : "2.25"] })
        #expect(mixed.columns[0].type.base == .text)
        #expect(mixed.warnings.contains { $0.kind == "ambiguous_number" })
    }

    @Test func ordersOfDatesAreDecidedByTheWholeColumn() {
        let days = (1...31).map { "\($0 < 10 ? "0" : "")\($0)/01/2012" }
        let dayFirst = column(days)
        #expect(dayFirst.type.dateOrder == .dayMonthYear && dayFirst.type.format == "%d/%m/%Y" && dayFirst.range == "2012-01-01 2012-01-31 -")
        #expect(dayFirst.confidence == 1)
        let monthFirst = column(["1/2/2019", "1/15/2019", "2/1/2019"])
        #expect(monthFirst.type.dateOrder == .monthDayYear && monthFirst.range == "2019-01-02 2019-02-01 -")
        let hyphens = column((1...30).map { "\($0 < 10 ? "0" : "")\($0)-09-14" } + ["31-08-14"])
        #expect(hyphens.type.format == "%d-%m-%y" && hyphens.range == "2014-08-31 2014-09-30 -")
    }

    @Test func ambiguousOrdersAreResolvedByOrderAndSaid() {
        let daily = profile(["Date"], (1...12).map { ["\($0 < 10 ? "0" : "")\($0)/05/2012"] })
        #expect(daily.columns[0].type.dateOrder == .dayMonthYear)
        #expect(daily.warnings.contains { $0.kind == "ambiguous_date" })
        let monthly = column((0..<24).map { "01/\($0 % 12 < 9 ? "0" : "")\($0 % 12 + 1)/\(2012 + $0 / 12)" })
        #expect(monthly.type.dateOrder == .dayMonthYear && monthly.range == "2012-01-01 2013-12-01 -")
        let american = column((0..<24).map { "\($0 % 12 + 1)/1/\(2012 + $0 / 12)" })
        #expect(american.type.dateOrder == .monthDayYear && american.range == "2012-01-01 2013-12-01 -")
        let other = profile(["a", "b"], [["01/02/2012", "31/01/2012"], ["03/04/2012", "30/01/2012"]])
        #expect(other.columns[0].type.dateOrder == .dayMonthYear)
        #expect(column(["01/02/2012"]).confidence < 0.6)
        #expect(column(["01/02/2012"], delimiter: ";").type.dateOrder == .dayMonthYear)
    }

    @Test(
        arguments: [
            (["yes", "No", "yes"], "bool", "boolean"), (["Y", "N"], "bool", "boolean"), (["N", "N"], "text", "category"),
            (["TRUE", "FALSE", "n/a"], "bool", "boolean"),
            (["ja", "nein", ""], "bool", "boolean"), (["0", "1", "1"], "number", "integer"), (["", " ", "NULL"], "empty", "empty"),
            (["06090", "75001"], "text", "identifier"), (["+491701234567", "+491701234568"], "text", "identifier"),
            (["12345678901234567890", "22345678901234567890"], "text", "identifier"), (["01", "02", "12"], "number", "integer"),
            (["20240101", "20240102", "20240229"], "date", "date"), (["20240101", "20240199"], "number", "integer"),
            (["01.2024", "02.2024"], "date", "date"),
            (["2024-01-01 00:00", "2024-01-02 12:00"], "datetime", "datetime"), (["00:00:31", "00:01:19"], "time", "time"),
            (["1h 5m", "2h"], "time", "duration"),
            (["8.0", "40.0.2214.111", "11.0", "(not set)"], "text", "text"), (["$1", "$2.50"], "number", "currency"),
            (["5%", "12.5%"], "number", "percent"),
            (["a", "b", "a", "b", "a"], "text", "category"), (["-", "-", "-"], "empty", "empty"), (["none", "none", "none"], "text", "category"),
            (["1", "-", "2", "n/a", ""], "number", "integer"),
        ] as [([String], String, String)])
    func kinds(fields: [String], type: String, kind: String) {
        let found = column(fields)
        #expect(found.typeName == type && found.type.kind.rawValue == kind, "\(fields): \(found.typeName) \(found.type.kind) \(found.reasons)")
    }

    @Test func fewStraysDoNotChangeAColumnAndAreSaid() {
        let table = profile(["Price"], (1...40).map { [$0 == 7 ? "ask us" : "\($0)"] })
        let price = table.columns[0]
        #expect(price.typeName == "number" && price.invalid == 1 && price.range == "1.0 40.0 813.0")
        let warning = table.warnings.first { $0.kind == "invalid_value" }
        #expect(warning?.row == 8 && warning?.message == "Column \"Price\": 1 field is not a number; for example \"ask us\"")
        #expect(column((1...40).map { $0 % 5 == 0 ? "ask no \($0)" : "\($0)" }).typeName == "text")
    }

    @Test func wordsForNothingCountAsNullsOfNumbersButNotOfTexts() {
        let numbers = column(["1", "-", "n/a", "", "2", "x", ":", "keine Angabe"])
        #expect(numbers.nulls == 6 && numbers.type.nullWords == ["-", ":", "keine angabe", "n/a", "x"])
        let texts = column(["NA", "SA", "EU", "none", "NULL", ""])
        #expect(texts.nulls == 2 && texts.typeName == "text")
    }

    @Test func aWordThatComesAgainAmongNumbersStandsForNothing() {
        let table = profile(["Rain"], (0..<40).map { [$0 % 4 == 0 ? "trace" : "\($0)"] })
        #expect(table.columns[0].typeName == "number" && table.columns[0].nulls == 10 && table.columns[0].invalid == 0)
        #expect(table.columns[0].type.nullWords == ["trace"])
        #expect(table.warnings.contains { $0.kind == "null_word" && $0.message.contains("trace") })
    }

    @Test func whatAPersonSaysHolds() {
        #expect(column(["1.234", "5"], override: ColumnOverride(decimalMark: .point)).range == "1.234 5.0 6.234")
        #expect(column(["13/01/2012", "01/02/2012"], override: ColumnOverride(dateOrder: .monthDayYear)).range == "2012-01-02 2012-01-02 -")
        #expect(column(["1", "2"], override: ColumnOverride(type: .text)).typeName == "text")
    }

    @Test func mixedCurrenciesAreSaid() {
        let table = profile(["Amount"], [["$5"], ["€7"], ["$9"]])
        #expect(table.columns[0].type.currency == "$")
        #expect(table.warnings.contains { $0.kind == "mixed_currency" && $0.message.contains("$, EUR") })
    }

    @Test func yearsAndIdentifiersAreNoQuantities() {
        #expect(column(["2019", "2020", "2021"], name: "Year").type.kind == .year)
        #expect(column(["1001", "1002", "1003"], name: "Order ID").type.kind == .identifier)
        #expect(column(["1001", "1002", "1003"], name: "Orders").type.kind == .integer)
        #expect(column((100..<120).map { "E\($0)" }).type.kind == .identifier)
        #expect(column((100..<120).map { "word \($0)" }).type.kind == .text)
    }
}
