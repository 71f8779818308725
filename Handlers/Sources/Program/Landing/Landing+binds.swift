import Connectors
import HandlerKit

extension Landing {
    static func binds(_ records: ArraySlice<WeatherRecord>) -> [Bind] {
        [
            .texts(records.map(\.location)), .texts(records.map(\.kind.rawValue)), .timestamps(records.map(\.time)),
            .float8s(records.map(\.latitude)), .float8s(records.map(\.longitude)), numbers(records.map(\.temperature)),
            numbers(records.map(\.humidity)),
            numbers(records.map(\.precipitation)), numbers(records.map(\.windSpeed)), texts(records.map(\.conditions)),
            numbers(records.map { $0.weatherCode.map(Double.init) }),
        ]
    }

    static func binds(_ records: ArraySlice<PlaceRecord>) -> [Bind] {
        [
            .int64s(records.map(\.id)), .texts(records.map(\.query)), .texts(records.map(\.name)), texts(records.map(\.country)),
            texts(records.map(\.region)), .float8s(records.map(\.latitude)), .float8s(records.map(\.longitude)),
            numbers(records.map { $0.population.map(Double.init) }),
        ]
    }

    private static func numbers(_ values: [Double?]) -> Bind {
        var array = BinaryArray(of: .float8, capacity: values.count)
        for value in values { if let value { array.append(value) } else { array.appendNull() } }
        return .array(array)
    }

    private static func texts(_ values: [String?]) -> Bind {
        var array = BinaryArray(of: .text, capacity: values.count)
        for value in values { if let value { array.append(value) } else { array.appendNull() } }
        return .array(array)
    }
}
