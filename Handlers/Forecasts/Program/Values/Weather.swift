import Forecasting
import HandlerKit

extension TenantDatabase {
    /// The weather at a business, as what may move its KPIs; empty where nothing of it is kept.
    func weather(of business: UUID, now: Timestamp) async throws -> [Regressor] {
        let rows = try await rows(ValuesSQL.weather, .uuid(business), .timestamp(now - .seconds(1130 * 86_400)))
        var temperatures: [Int: Double] = [:]
        var precipitation: [Int: Double] = [:]
        for row in rows {
            let day = Int(try row.int64(0))
            temperatures[day] = try row.optionalFloat8(1)
            precipitation[day] = try row.optionalFloat8(2)
        }
        return [Regressor(name: "temperature", values: temperatures), Regressor(name: "precipitation", values: precipitation)].filter {
            !$0.values.isEmpty
        }
    }
}
