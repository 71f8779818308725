import Forecasting
import HandlerKit

/// The words behind the file's name.
struct CommandOptions {
    /// Says how well the past would have been forecast.
    var isBacktest = false
    var isJSON = false
    var horizon: Int?
    var frequency: Frequency?
    var aggregation = Aggregation.mean
    var lowest: Double?
    var highest: Double?

    init(_ arguments: [String]) throws(AppError) {
        var rest = arguments[...]
        if rest.first == "backtest" {
            isBacktest = true
            rest.removeFirst()
        }
        while let word = rest.popFirst() {
            if word == "--json" {
                isJSON = true
                continue
            }
            guard Self.known.contains(word) else {
                throw AppError.invalid(word, "is not known; expected backtest, --json or one of \(Self.known.joined(separator: ", "))")
            }
            guard let value = rest.popFirst() else { throw AppError.invalid(word, "expected a value behind it") }
            switch word {
            case "--horizon":
                guard let number = Int(value), (1...10_000).contains(number) else { throw AppError.invalid(word, "expected a whole number, 1…10000") }
                horizon = number
            case "--frequency": frequency = try Self.choice(word, value)
            case "--aggregate": aggregation = try Self.choice(word, value)
            case "--lowest": lowest = try Self.number(word, value)
            default: highest = try Self.number(word, value)
            }
        }
        if let lowest, let highest, lowest > highest { throw AppError.invalid("--lowest", "expected at most --highest, \(highest)") }
    }

    private static let known = ["--horizon", "--frequency", "--aggregate", "--lowest", "--highest"]

    private static func number(_ word: String, _ value: String) throws(AppError) -> Double {
        guard let number = Double(value), number.isFinite else { throw AppError.invalid(word, "expected a number") }
        return number
    }

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(_ word: String, _ value: String) throws(AppError) -> Choice {
        if let choice = Choice(rawValue: value) { return choice }
        throw AppError.invalid(word, "expected one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
    }
}
