/// In which order a column's dates stand.
struct OrderDecision {
    let order: DateOrder
    /// 0…1.
    let confidence: Double
    let reason: String
    /// Whether every date allows another order.
    var isAmbiguous = false

    /// The orders that make dates of the most fields.
    static func possible(_ times: TimeEvidence) -> [DateOrder] {
        let orders: [DateOrder] = [.dayMonthYear, .monthDayYear, .yearMonthDay]
        let most = orders.map { times.evidence($0)?.values.count ?? 0 }.max() ?? 0
        return orders.filter { (times.evidence($0)?.values.count ?? 0) == most && most > 0 }
    }

    static func of(_ times: TimeEvidence, _ context: TypeContext) -> OrderDecision {
        guard times.triples > 0 else { return OrderDecision(order: .certain, confidence: 1, reason: "each date can be read in one way only") }
        let possible = possible(times)
        if possible.count == 1, let order = possible.first {
            let count = times.evidence(order)?.values.count ?? 0
            return OrderDecision(
                order: order, confidence: Double(count) / Double(times.triples),
                reason: "\(count) of \(times.triples) dates exist in the order \(order.rawValue), fewer in any other")
        }
        if let (order, confidence, why) = known(possible, context) ?? continental(possible, times, context) ?? monthly(possible, times)
            ?? regular(possible, times)
        {
            return OrderDecision(order: order, confidence: confidence, reason: "read in the order \(order.rawValue): \(why)", isAmbiguous: true)
        }
        let (order, confidence, why) = habit(possible, times, context)
        return OrderDecision(order: order, confidence: confidence, reason: "read in the order \(order.rawValue): \(why)", isAmbiguous: true)
    }

    private typealias Choice = (order: DateOrder, confidence: Double, why: String)

    private static func known(_ possible: [DateOrder], _ context: TypeContext) -> Choice? {
        let votes = possible.compactMap { order in context.orders[order].map { (order, $0) } }
        guard let best = votes.max(by: { $0.1 < $1.1 }), !votes.contains(where: { $0.0 != best.0 && $0.1 == best.1 }) else { return nil }
        return (best.0, 0.95, "another column leaves no choice")
    }

    /// Where decimals have a comma, or dots stand in dates, the month is never in front.
    private static func continental(_ possible: [DateOrder], _ times: TimeEvidence, _ context: TypeContext) -> Choice? {
        guard possible.contains(.dayMonthYear), !possible.contains(.yearMonthDay) else { return nil }
        if times.commonPattern(where: { $0.form == .triple })?.separator == UInt8(ascii: ".") {
            return (.dayMonthYear, 0.95, "dots stand between its numbers")
        }
        return context.isContinental ? (.dayMonthYear, 0.9, "the file has decimal commas or semicolons") : nil
    }

    /// Months are given by their first days.
    private static func monthly(_ possible: [DateOrder], _ times: TimeEvidence) -> Choice? {
        let firsts = possible.filter { order in times.evidence(order).map { $0.values.count >= 3 && $0.firsts == $0.values.count } ?? false }
        guard firsts.count == 1, let order = firsts.first else { return nil }
        return (order, 0.8, "every date is the first of a month then")
    }

    /// Rows follow each other in time.
    private static func regular(_ possible: [DateOrder], _ times: TimeEvidence) -> Choice? {
        let evidence = possible.compactMap { order in times.evidence(order).map { (order, $0) } }
        guard evidence.allSatisfy({ $0.1.steps >= 3 }) else { return nil }
        func best(_ score: (OrderEvidence) -> Double, margin: Double) -> DateOrder? {
            let ranked = evidence.map { ($0.0, score($0.1)) }.sorted { $0.1 > $1.1 }
            return ranked.count > 1 && ranked[0].1 - ranked[1].1 >= margin ? ranked[0].0 : nil
        }
        if let order = best({ Double($0.regular) / Double($0.steps) }, margin: 0.2) { return (order, 0.9, "the steps between rows are equal then") }
        let sorted = best(
            { evidence in
                let backwards = Double(evidence.backwards) / Double(evidence.steps)
                return max(backwards, 1 - backwards)
            }, margin: 0.15)
        if let sorted { return (sorted, 0.85, "the rows are in order of time then") }
        let near = evidence.sorted { $0.1.travelled < $1.1.travelled }
        guard near.count > 1, near[0].1.travelled < near[1].1.travelled * 0.5 else { return nil }
        return (near[0].0, 0.75, "neighbouring rows are closer in time then")
    }

    /// What is usual for the mark between the numbers and the kind of file.
    private static func habit(_ possible: [DateOrder], _ times: TimeEvidence, _ context: TypeContext) -> Choice {
        let pattern = times.commonPattern { $0.form == .triple }
        let isAmerican = possible.contains(.monthDayYear)
        let isEuropean = possible.contains(.dayMonthYear)
        if isEuropean, pattern?.separator == UInt8(ascii: ".") { return (.dayMonthYear, 0.95, "dots stand between its numbers") }
        if isAmerican, times.twelveHours > 0 { return (.monthDayYear, 0.8, "its times have AM and PM") }
        if isEuropean, context.isContinental { return (.dayMonthYear, 0.8, "the file has decimal commas or semicolons") }
        if isEuropean, pattern?.separator == UInt8(ascii: "-") { return (.dayMonthYear, 0.7, "hyphens stand between its numbers") }
        if isAmerican { return (.monthDayYear, 0.55, "nothing says otherwise") }
        if isEuropean { return (.dayMonthYear, 0.55, "nothing says otherwise") }
        return (possible.first ?? .yearMonthDay, 0.55, "nothing says otherwise")
    }
}
