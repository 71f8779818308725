/// Steps without a value.
public enum Gaps {
    /// Fills what is missing: a gap of up to two steps by a line between its neighbours; a longer one by the season before it, on a line between the
    /// levels before and behind; the ends by the nearest value. All 0 where there is no value at all.
    public static func filled(_ values: [Double?], period: Int) -> [Double] {
        guard let first = values.firstIndex(where: { $0 != nil }), let last = values.lastIndex(where: { $0 != nil }) else {
            return values.map { _ in 0 }
        }
        var result = values.map { $0 ?? .nan }
        for index in 0..<first { result[index] = result[first] }
        for index in last..<result.count { result[index] = result[last] }
        var index = first
        while index < last {
            guard result[index].isNaN else {
                index += 1
                continue
            }
            var end = index
            while result[end].isNaN { end += 1 }
            fill(&result, index..<end, period)
            index = end
        }
        return result
    }

    private static func fill(_ values: inout [Double], _ gap: Range<Int>, _ period: Int) {
        let (left, right) = (values[gap.lowerBound - 1], values[gap.upperBound])
        let length = Double(gap.count + 1)
        for index in gap {
            let share = Double(index - gap.lowerBound + 1) / length
            values[index] = left * (1 - share) + right * share
        }
        guard gap.count > 2, period > 1, gap.lowerBound > period else { return }
        // The last season before the gap, as differences from its mean, on the line between the neighbours' seasons.
        let season = Array(values[gap.lowerBound - period..<gap.lowerBound])
        let before = Spread.mean(season)
        let following = values[gap.upperBound..<min(values.count, gap.upperBound + period)].filter { !$0.isNaN }
        let behind = following.count == period ? Spread.mean(following) : before
        for index in gap {
            let share = Double(index - gap.lowerBound + 1) / length
            let value = before * (1 - share) + behind * share + season[(index - gap.lowerBound) % period] - before
            // The mean of the largest numbers is none: then it stays the line.
            if value.isFinite { values[index] = value }
        }
    }
}
