/// Numbers with a unit, as people write them in settings.
public enum Quantity {
    /// A duration such as `500ms`, `30s`, `5m`, `2h` or `7d`; nil for anything else.
    public static func duration(_ text: some StringProtocol) -> Duration? {
        guard let (number, unit) = split(text) else { return nil }
        let milliseconds: Int64
        switch unit {
        case "ms": milliseconds = 1
        case "s": milliseconds = 1000
        case "m": milliseconds = 60_000
        case "h": milliseconds = 3_600_000
        case "d": milliseconds = 86_400_000
        default: return nil
        }
        let (value, overflow) = Int64(number).multipliedReportingOverflow(by: milliseconds)
        return overflow ? nil : .milliseconds(value)
    }

    /// A size in bytes, written as `64KB`, `128MB`, `1GB` (powers of 1024) or plain `512B`; nil for anything else.
    public static func size(_ text: some StringProtocol) -> Int? {
        guard let (number, unit) = split(text) else { return nil }
        let bytes: Int
        switch unit {
        case "B": bytes = 1
        case "KB": bytes = 1 << 10
        case "MB": bytes = 1 << 20
        case "GB": bytes = 1 << 30
        default: return nil
        }
        let (value, overflow) = number.multipliedReportingOverflow(by: bytes)
        return overflow ? nil : value
    }

    private static func split(_ text: some StringProtocol) -> (Int, String)? {
        let digits = text.prefix { ("0"..."9").contains($0) }
        guard let number = Int(digits) else { return nil }
        return (number, String(text.dropFirst(digits.count)))
    }
}
