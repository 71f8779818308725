public import Kernel

/// Rates of currencies, once a day: exchangerate-api v4.
public struct ExchangeRates: Connector {
    public init() {}

    public var description: ConnectorDescription {
        ConnectorDescription(
            name: "exchange_rates", title: "Exchange rates", summary: "What one unit of a currency is worth in others, each day", lands: .market,
            config: [
                .required("base", .text, "the currency, such as EUR", range: 3...3, example: "EUR"),
                .optional("symbols", .texts, "the others; all where none is named", range: 1...200, example: ["USD", "GBP"]),
            ],
            interval: 86_400, timer: .rates, minimumInterval: 3600, lifetime: 86_400, quota: .init(calls: 1500, seconds: 30 * 86_400))
    }

    public func check(_ config: ConnectorSettings, _ credentials: ConnectorSettings, _ issues: inout [AppError.Issue]) {
        issues.require(Self.isCode(config.text("base") ?? ""), "config.base", "expected three letters, such as EUR")
        for (index, symbol) in config.texts("symbols").enumerated() {
            issues.require(Self.isCode(symbol), "config.symbols[\(index)]", "expected three letters, such as USD")
        }
    }

    private static func isCode(_ text: String) -> Bool { text.utf8.count == 3 && text.utf8.allSatisfy { (97...122).contains($0 | 0x20) } }

    public func requests(_ pull: Pull) -> [PullRequest] {
        let base = (pull.config.text("base") ?? "").uppercased()
        let url = "\(pull.base("exchange_rates", "https://api.exchangerate-api.com"))/v4/latest/\(base)"
        return [PullRequest(url, question: url)]
    }

    public func read(_ answer: PulledAnswer, to request: PullRequest, _ pull: Pull) throws(PullFault) -> PullPage {
        let json = try answer.json()
        let base = (pull.config.text("base") ?? "").uppercased()
        guard let rates = json["rates"]?.object else {
            if let error = json["error"]?.string ?? json["error-type"]?.string {
                throw PullFault(.rejected, "The provider of exchange rates refuses the question: \(error.prefix(300))")
            }
            throw PullFault(.wrongShape, "The answer has no rates.")
        }
        guard json["base"]?.string == base else { throw PullFault(.wrongShape, "The answer is about another currency than \(base).") }
        let time: Timestamp
        if let day = json["date"]?.string.flatMap(OpenMeteoArchive.day) {
            time = day.midnight
        } else if let seconds = json["time_last_updated"]?.integer, (0..<253_402_300_800).contains(seconds) {
            time = Timestamp(seconds: seconds / 86_400 * 86_400)
        } else {
            throw PullFault(.wrongShape, "The answer does not say of which day its rates are.")
        }
        let wanted = Set(pull.config.texts("symbols").map { $0.uppercased() })
        var page = PullPage(.market([]), read: 0)
        var records: [MarketRecord] = []
        for member in rates where (wanted.isEmpty || wanted.contains(member.name)) && member.name != base {
            page.read += 1
            guard let value = member.value.number, value > 0, Self.isCode(member.name) else {
                page.refuse(page.read, "\(member.name.prefix(20)) has no rate above 0")
                continue
            }
            records.append(MarketRecord(symbol: "\(base)/\(member.name)", time: time, value: value))
        }
        let missing = wanted.subtracting(rates.map(\.name)).sorted()
        if !missing.isEmpty { page.warning = "The provider has no rate for \(missing.prefix(20).joined(separator: ", "))." }
        page.records = .market(records)
        return page
    }
}
