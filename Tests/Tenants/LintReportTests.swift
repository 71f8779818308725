import Testing

@testable import Tenants

@Suite struct LintReportTests {
    private func finding(_ id: String, _ level: Finding.Level) -> Finding { Finding(id: id, level: level, object: "o", gain: "g", fix: "") }

    @Test(
        "what must be, cannot be accepted; what is weaker, only by its name",
        arguments: [
            ("", ["a", "b", "c"]), ("b", ["a", "c"]), ("b,c", ["a"]), ("b, c", ["a"]), ("a", ["a", "b", "c"]), ("all", ["a"]),
            ("d", ["a", "b", "c"]),
        ])
    func refusals(accepted: String, left: [String]) {
        let report = LintReport(findings: [finding("a", .must), finding("b", .weaker), finding("c", .weaker)])
        #expect(report.refusals(accepting: accepted).map(\.id) == left)
        #expect(report.must.map(\.id) == ["a"] && report.weaker.map(\.id) == ["b", "c"])
    }

    @Test("rules have ids of their own, and those that say no gain say it in each row")
    func ids() {
        #expect(Set(Linter.rules).count == Linter.rules.count)
        #expect(LintRule.all.filter(\.gain.isEmpty).map(\.id) == ["closed_function", "closed_relation", "closed_column"])
    }
}
