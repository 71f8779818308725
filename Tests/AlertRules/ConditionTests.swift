import AlertRules
import Kernel
import MetricSeries
import Testing

@Suite struct ConditionTests {
    @Test("a threshold looks at the newest value up to the slot, none behind it") func threshold() {
        let history = Series.history([10, 20, 30])
        let above = Condition.threshold(Threshold(metric: "sales", .above, 15))
        #expect(above.truth(0, history) == .clear)
        #expect(above.truth(0.99, history) == .clear)
        #expect(above.truth(1, history) == .breached)
        #expect(above.verdict(at: Series.time(2.5), history, isFiring: false).summary == "sales 30 is above 15")
        #expect(above.truth(-1, history) == .unknown)
        // Older than 35 days is no newest value any more.
        #expect(above.truth(36.9, history) == .breached)
        #expect(above.truth(37, history) == .unknown)
        #expect(above.truth(2, Series.history([30], metric: "other")) == .unknown)
    }

    @Test("on the limit itself", arguments: [(Comparison.above, false), (.atLeast, true), (.below, false), (.atMost, true)])
    func limit(comparison: Comparison, holds: Bool) {
        #expect((Condition.threshold(Threshold(metric: "sales", comparison, 10)).truth(0, Series.history([10])) == .breached) == holds)
    }

    @Test("aggregates of a window that is open at its beginning and closed at its end") func aggregates() {
        let history = Series.history([4, 1, 7, 2])
        let expected: [(Aggregate, Double)] = [(.last, 2), (.mean, 10.0 / 3), (.sum, 10), (.min, 1), (.max, 7), (.median, 2), (.count, 3)]
        for (aggregate, value) in expected {
            let test = Condition.threshold(Threshold(metric: "sales", .above, 0, aggregate: aggregate, windowSeconds: 3 * 86_400))
            let found = test.verdict(at: Series.time(3), history, isFiring: false).value
            #expect(abs((found ?? .nan) - value) < 1e-9, "\(aggregate)")
        }
        // No point is a count of nothing, and no sum.
        func none(_ aggregate: Aggregate) -> Verdict.Truth {
            Condition.threshold(Threshold(metric: "sales", .below, 1, aggregate: aggregate, windowSeconds: 60)).truth(9, history)
        }
        #expect(none(.count) == .breached && none(.sum) == .unknown)
    }

    @Test("hysteresis: what fires is clear only past the value for the way back") func hysteresis() {
        let test = Condition.threshold(Threshold(metric: "sales", .below, 10, clearValue: 12))
        #expect(test.truth(0, Series.history([11])) == .clear)
        #expect(test.truth(0, Series.history([11]), isFiring: true) == .breached)
        #expect(test.truth(0, Series.history([12]), isFiring: true) == .clear)
    }

    @Test("a change compares two windows that follow each other") func change() {
        let history = Series.history([100, 90, 80, 60])
        func verdict(_ limit: Double, _ unit: Change.Unit = .percent, _ days: Int = 2) -> Verdict {
            Condition.change(Change(metric: "sales", .atMost, limit, unit: unit, windowSeconds: days * 86_400))
                .verdict(at: Series.time(3), history, isFiring: false)
        }
        // 60 now, 90 in the window before: a third less.
        #expect(verdict(-33).truth == .breached && verdict(-34).truth == .clear)
        #expect(abs((verdict(0).value ?? 0) + 100.0 / 3) < 1e-9)
        #expect(verdict(-30, .absolute).truth == .breached && verdict(-31, .absolute).truth == .clear)
        #expect(verdict(0, .percent, 4).truth == .unknown)
    }

    @Test("a percentage of nothing is not known, of less than nothing it is of its amount") func changeFromZero() {
        func verdict(_ values: [Double]) -> Verdict {
            Condition.change(Change(metric: "sales", .above, 40, windowSeconds: 86_400)).verdict(
                at: Series.time(1), Series.history(values), isFiring: false)
        }
        #expect(verdict([0, 5]).truth == .unknown)
        #expect(verdict([0, 0]).truth == .clear)
        #expect(verdict([-10, -5]).value == 50)
        #expect(verdict([-10, -5]).truth == .breached)
    }

    @Test("no data is known whatever there is") func noData() {
        let test = Condition.noData(NoData(metric: "sales", windowSeconds: 86_400))
        let history = Series.history([1])
        #expect(test.truth(0, history) == .clear)
        #expect(test.truth(0.999, history) == .clear)
        #expect(test.truth(1, history) == .breached)
        #expect(test.truth(0, History([:])) == .breached)
    }

    @Test("the three values of Kleene: what is not known counts only where it decides") func composite() {
        let history = Series.history([10])
        let yes = Condition.threshold(Threshold(metric: "sales", .above, 5)), no = Condition.not(yes)
        let unknown = Condition.threshold(Threshold(metric: "visitors", .above, 5))
        #expect(Condition.all([yes, yes]).truth(0, history) == .breached)
        #expect(Condition.all([yes, no]).truth(0, history) == .clear)
        #expect(Condition.all([unknown, no]).truth(0, history) == .clear)
        #expect(Condition.all([unknown, yes]).truth(0, history) == .unknown)
        #expect(Condition.any([unknown, yes]).truth(0, history) == .breached)
        #expect(Condition.any([unknown, no]).truth(0, history) == .unknown)
        #expect(Condition.not(unknown).truth(0, history) == .unknown)
        #expect(Condition.any([no, yes]).verdict(at: Series.time(0), history, isFiring: false).summary == "sales 10 is above 5")
        #expect(Condition.all([yes, unknown]).metrics == ["sales", "visitors"])
    }

    @Test("what stands together may stand in each other: hysteresis, what is not known and the words go through all of it") func nested() {
        let sales = Condition.threshold(Threshold(metric: "sales", .below, 10, clearValue: 12))
        let visitors = Condition.change(Change(metric: "visitors", .atMost, -50, windowSeconds: 86_400))
        let silent = Condition.noData(NoData(metric: "tills", windowSeconds: 86_400))
        let rule = Condition.any([.all([sales, .not(.any([visitors, silent]))]), .not(.not(.all([silent, visitors])))])
        func history(_ sales: Double, _ visitors: [Double], tills: Bool) -> History {
            History(["sales": Series.days([sales, sales]), "visitors": Series.days(visitors), "tills": tills ? Series.days([1, 1]) : []])
        }
        func verdict(_ sales: Double, _ visitors: [Double], tills: Bool, isFiring: Bool = false) -> Verdict {
            rule.verdict(at: Series.time(1), history(sales, visitors, tills: tills), isFiring: isFiring)
        }
        // Few sales though visitors came and tills answer.
        #expect(verdict(9, [100, 100], tills: true).truth == .breached)
        #expect(verdict(9, [100, 100], tills: true).summary.hasPrefix("sales 9 is below 10"))
        #expect(verdict(11, [100, 100], tills: true).truth == .clear && verdict(11, [100, 100], tills: true, isFiring: true).truth == .breached)
        // Visitors went too: that is why. With silent tills both together hold.
        #expect(verdict(9, [100, 40], tills: true).truth == .clear && verdict(9, [100, 40], tills: false).truth == .breached)
        // Of visitors nothing is known: it decides only where the rest does not.
        #expect(verdict(9, [], tills: true).truth == .unknown && verdict(20, [], tills: true).truth == .clear)
        #expect(verdict(9, [], tills: false).truth == .unknown)
        #expect(rule.leaves.count == 5 && rule.metrics == ["sales", "visitors", "tills"])
        // Where it is known how the leaves stand nothing else is needed.
        #expect(rule.verdict { Verdict($0 == sales ? .breached : .clear, "") }.truth == .breached)
    }
}
