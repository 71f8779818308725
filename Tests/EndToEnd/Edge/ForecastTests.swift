import Kernel
import TestSupport
import Testing

extension EndToEnd {
    @Suite("tenantry forecast") struct ForecastCommands {
        private func forecast(_ text: String, _ options: String...) async throws -> (status: Int32, printed: String, written: String) {
            let path = "/tmp/tenantry-forecast-\(UInt64.random(in: .min ... .max))"
            try File.write(Array(text.utf8), to: "\(path).csv")
            let arguments = ["forecast"] + options + ["--input", "\(path).csv", "--output", "\(path).out"]
            let result = try await Blocking.run {
                try ChildProgram("tenantry", arguments, environment: ["TENANTRY_HANDLERS": "\(Environment.package)/Handlers"]).finish()
            }
            let written = (try? File.read("\(path).out")).map { String(decoding: $0, as: UTF8.self) } ?? ""
            try File.remove("\(path).csv")
            try? File.remove("\(path).out")
            return (result.status, result.printed, written)
        }

        private static let days: String = {
            var text = "Datum;Umsatz\n"
            for day in 0..<90 {
                let date = CalendarDate(daysSinceEpoch: 20_000 + day)
                text += "\(date.day).\(date.month).\(date.year);\([100, 110, 120, 130, 150, 80, 40][day % 7]),5\n"
            }
            return text
        }()

        @Test("a table of days with German dates and decimals goes on in its own week") func observations() async throws {
            let result = try await forecast(Self.days, "--horizon", "3")
            #expect(result.status == 0, "\(result.printed)")
            let lines = result.written.split(separator: "\n")
            #expect(lines.first == "id,step,time,mean,lo80,hi80,lo95,hi95")
            try #require(lines.count == 4)
            let cells = lines[1].split(separator: ",")
            #expect(cells[0] == "Umsatz")
            #expect(cells[2].hasPrefix(CalendarDate(daysSinceEpoch: 20_090).midnight.description.prefix(10)))
            #expect(Double(cells[3]).map { abs($0 - 40.5) < 3 } == true, "\(lines[1])")
        }

        @Test("JSON says which models, how good, and the parts") func json() async throws {
            let result = try await forecast(Self.days, "--json", "--horizon", "2")
            let answer = try JSON.read(Array(result.written.utf8))
            #expect(answer[0]?["id"] == "Umsatz")
            #expect(answer[0]?["frequency"] == "daily")
            #expect(answer[0]?["seasons"] == [7])
            #expect(answer[0]?["models"]?[0]?["weight"]?.number.map { $0 > 0 } == true)
            #expect(answer[0]?["steps"]?.array?.count == 2)
        }

        @Test("a series a row is answered in its order, and backtest measures") func tasks() async throws {
            let values = (0..<60).map { "\(50 + $0 % 12)" }.joined(separator: " ")
            let table = "id,freq,horizon,start,train\na,Monthly,2,,\(values)\nb,Yearly,1,,5\n"
            let result = try await forecast(table)
            #expect(result.status == 0, "\(result.printed)")
            let lines = result.written.split(separator: "\n")
            #expect(lines.map { $0.prefix(4) } == ["id,s", "a,1,", "a,2,", "b,1,"])
            let measured = try await forecast(table, "backtest")
            #expect(measured.written.hasPrefix("id,windows,horizon,mae,mase,smape,cover80,cover95\na,3,2,"), "\(measured.written)")
            #expect(measured.written.contains("b,0,1,,,,,"))
        }

        @Test("what cannot be read is named with its place") func refused() async throws {
            let word = try await forecast("id,freq,train\na,Daily,1 2 x\n")
            #expect(word.status == 65)
            #expect(word.printed.contains("line 2, train"), "\(word.printed)")
            let columns = try await forecast("a,b\n1,2\n3,4\n")
            #expect(columns.status == 65)
            #expect(columns.printed.contains("dates or times"), "\(columns.printed)")
        }
    }
}
