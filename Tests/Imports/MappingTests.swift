import Imports
import Kernel
import Testing

@Suite("Import mappings") struct MappingTests {
    private func issues(_ mapping: ImportMapping) -> [String] {
        var found: [AppError.Issue] = []
        mapping.validate(&found)
        return found.map(\.field)
    }

    @Test("a mapping says all that is missing or too much, by its field") func validation() {
        #expect(issues(Samples.wide()) == [])
        #expect(issues(Samples.long()) == [])
        #expect(issues(Samples.wide { $0.businessID = nil }) == ["business_id"])
        #expect(issues(Samples.wide { $0.businessColumn = "shop" }) == ["business_id", "businesses"])
        #expect(issues(Samples.wide { $0.metrics = [] }) == ["metrics"])
        #expect(issues(Samples.wide { $0.valueColumn = "x" }) == ["value_column"])
        #expect(issues(Samples.long { $0.metrics = [.init(column: "sales")] }) == ["metrics"])
        #expect(issues(Samples.long { $0.metricColumn = nil }) == ["metric_column"])
        #expect(issues(Samples.wide { $0.metrics = [.init(column: "sales", name: "")] }) == ["metrics[0].name"])
        #expect(issues(Samples.wide { $0.dimensions = Array(repeating: "a", count: 9) }) == ["dimensions"])
        #expect(issues(Samples.wide { $0.aggregations = ["sales": .sum] }) == ["aggregations"])
        #expect(issues(Samples.long { $0.aggregations = ["sales": .sum] }) == [])
        #expect(issues(Samples.wide { $0.timeColumn = "" }) == ["time_column"])
    }

    @Test("columns are found by name or place; those that are not there are named with those that are") func resolution() throws {
        _ = try ImportPlan(Samples.wide { $0.timeColumn = "#1" }, columns: Samples.columns("day", "sales"))
        let error = #expect(throws: AppError.self) {
            try ImportPlan(
                Samples.wide {
                    $0.timeColumn = "date"
                    $0.dimensions = ["#9"]
                }, columns: Samples.columns("day", "sales"))
        }
        #expect(error?.code == .validation)
        #expect(error?.issues.map(\.field) == ["time_column", "dimensions[0]"])
        #expect(error?.issues.first?.issue == "the table has no column `date`; it has `day`, `sales`")
    }

    @Test("two columns may not make one KPI") func twice() {
        let mapping = Samples.wide { $0.metrics = [.init(column: "sales"), .init(column: "costs", name: "sales")] }
        #expect(throws: AppError.self) { try ImportPlan(mapping, columns: Samples.columns("day", "sales", "costs")) }
    }

    @Test("a mapping survives its JSON") func coding() throws {
        let mapping = Samples.wide {
            $0.businessID = nil
            $0.businessColumn = "shop"
            $0.businesses = ["North": Samples.business]
            $0.dimensions = ["region"]
            $0.aggregation = .mean
            $0.metrics = [.init(column: "sales", aggregation: .max)]
            $0.stopOnRefusal = true
        }
        #expect(try JSON.decode(ImportMapping.self, from: try JSON.read(try JSON.encode(mapping))) == mapping)
    }
}
