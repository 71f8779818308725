import Forecasting
import HandlerKit

/// A series of a file, and how it is to be forecast.
struct NamedSeries {
    let id: String
    let values: [Double]
    let options: ForecastOptions
    /// Where its values stand in time; nil where the file does not say.
    let times: RegularSeries?

    /// The name as a cell of CSV (RFC 4180, section 2).
    var cell: String {
        guard id.utf8.contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 < 32 }) else { return id }
        return "\"" + id.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
