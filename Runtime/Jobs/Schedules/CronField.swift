import Kernel

/// One field of a cron line: the numbers that it names.
struct CronField: Sendable, Hashable {
    /// A bit for each number.
    let bits: UInt64
    /// Whether it names all: `*`.
    let isAny: Bool

    func contains(_ number: Int) -> Bool { bits & 1 << UInt64(number) != 0 }

    /// The numbers in their order.
    func numbers(in range: ClosedRange<Int>) -> [Int] { range.filter(contains) }

    /// Lists of numbers, ranges and steps, for example `1,15`, `9-17`, `*/15`, `mon-fri`. Throws what is wrong, in words.
    init(_ text: Substring, _ name: String, in range: ClosedRange<Int>, names: [String] = []) throws(AppError) {
        var bits: UInt64 = 0
        var isAny = false
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "/", omittingEmptySubsequences: false)
            let step = pieces.count == 2 ? Int(pieces[1]) : 1
            guard (1...2).contains(pieces.count), let step, step >= 1 else { throw Self.fault(text, name, range) }
            let span: ClosedRange<Int>
            if pieces[0] == "*" {
                span = range
                if pieces.count == 1 { isAny = true }
            } else {
                let ends = pieces[0].split(separator: "-", omittingEmptySubsequences: false).map { Self.number($0, range, names) }
                guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last else {
                    throw Self.fault(text, name, range)
                }
                // `5/15` means from 5 on.
                span = first...(ends.count == 1 && pieces.count == 2 ? range.upperBound : last)
            }
            for number in stride(from: span.lowerBound, through: span.upperBound, by: step) { bits |= 1 << UInt64(number) }
        }
        self.bits = bits
        self.isAny = isAny
    }

    private static func number(_ text: Substring, _ range: ClosedRange<Int>, _ names: [String]) -> Int? {
        if let place = names.firstIndex(of: text.lowercased()) { return range.lowerBound + place }
        guard let number = Int(text), text.utf8.allSatisfy({ $0.isDigit }), range.contains(number) else { return nil }
        return number
    }

    private static func fault(_ text: Substring, _ name: String, _ range: ClosedRange<Int>) -> AppError {
        .invalid(
            "schedule",
            "the \(name) `\(text.prefix(64))` is not understood; expected \(range.lowerBound) to \(range.upperBound), lists, ranges and steps such as `*/15`"
        )
    }
}
