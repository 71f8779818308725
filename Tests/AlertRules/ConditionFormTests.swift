import AlertRules
import Kernel
import Testing

@Suite struct ConditionFormTests {
    private func read(_ text: String) throws(AppError) -> Condition { try Condition(json: try JSON.read(Array(text.utf8))) }

    private func issues(_ text: String) -> [String] {
        do throws(AppError) {
            _ = try read(text)
            return []
        } catch { return error.issues.map { "\($0.field): \($0.issue)" } }
    }

    @Test("every kind of condition comes back from its JSON as it was")
    func roundTrip() throws {
        let all: [Condition] = [
            .threshold(Threshold(metric: "sales", .atMost, 5.5, clearValue: 7, aggregate: .mean, windowSeconds: 3600)),
            .change(Change(metric: "sales", .below, -20, unit: .percent, aggregate: .sum, windowSeconds: 604_800)),
            .forecast(ForecastBreach(metric: "sales", direction: .below, confidence: 0.8)),
            .anomaly(Anomaly(metric: "sales", direction: .above, sensitivity: .high)),
            .noData(NoData(metric: "sales", windowSeconds: 86_400)),
        ]
        for condition in all + [.all(all), .any([.not(all[0]), all[4]])] {
            #expect(try Condition(json: condition.json) == condition)
        }
    }

    @Test("what is wrong is named by its place, all of it at once") func places() {
        #expect(issues("[]") == ["rule: expected an object"])
        #expect(issues(#"{"type": "treshold"}"#) == ["rule.type: unknown; did you mean threshold?"])
        #expect(issues("{}").first?.hasPrefix("rule.type: expected one of threshold") == true)
        let nested = issues(
            #"{"type": "all", "conditions": [{"type": "no_data", "metric": "a", "window_seconds": 60}, {"type": "threshold", "metric": "", "operator": "over", "value": 1}]}"#
        )
        #expect(nested.contains { $0.hasPrefix("rule.conditions[1].operator: expected one of above") })
        #expect(
            issues(#"{"type": "no_data", "metric": "a", "window_seconds": 59}"#) == [
                "rule.window_seconds: expected a whole number from 60 to 7776000"
            ])
        #expect(issues(#"{"type": "no_data", "metric": "a", "window_seconds": 60, "windw": 1}"#).first?.contains("rule.windw") == true)
        #expect(issues(#"{"type": "forecast", "metric": "a", "confidence": 0.9}"#) == ["rule.confidence: expected 0.8 or 0.95"])
        #expect(issues(#"{"type": "all", "conditions": []}"#) == ["rule.conditions: expected at least one condition"])
    }

    @Test("the value for the way back lies on the way back; aggregates name their window") func rules() {
        let threshold = #"{"type": "threshold", "metric": "a", "operator": "above", "value": 10"#
        #expect(issues(threshold + #", "clear_value": 11}"#).first?.hasPrefix("rule.clear_value: expected a value that is at most value") == true)
        #expect(issues(threshold + #", "clear_value": 10}"#).isEmpty)
        #expect(issues(threshold + #", "aggregate": "mean"}"#) == ["rule.window_seconds: required with every aggregate but last"])
    }

    @Test("depth and number are bounded") func bounds() {
        let leaf = #"{"type": "no_data", "metric": "a", "window_seconds": 60}"#
        func nested(_ depth: Int) -> String { depth == 1 ? leaf : #"{"type": "not", "condition": \#(nested(depth - 1))}"# }
        #expect(issues(nested(4)).isEmpty)
        #expect(issues(nested(5)).first?.contains("at most 4 deep") == true)
        func many(_ count: Int) -> String { #"{"type": "any", "conditions": [\#(Array(repeating: leaf, count: count).joined(separator: ","))]}"# }
        #expect(issues(many(15)).isEmpty)
        #expect(issues(many(16)).last == "rule: expected at most 16 conditions")
    }
}
