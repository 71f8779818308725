import Anomalies
import HandlerKit
import Tabular

/// `tenantry anomalies --input FILE --output FILE`: a verdict on every value of the series of a file.
enum AnomaliesCommand {
    static let command = ProgramCommand("anomalies") { call in
        let options = try AnomalyOptions(call.arguments)
        var reader = DelimitedReader(overrides: overrides)
        var table: SeriesRows?
        func begin() throws(AppError) -> SeriesRows {
            if let table { return table }
            let found = try SeriesRows(header: reader.shape?.header ?? [], options)
            try call.write(Array("id,idx,score,flag,expected,lower,upper,kind,severity,explanation\n".utf8))
            table = found
            return found
        }
        func drain() throws(AppError) {
            while let batch = reader.next() {
                let table = try begin()
                for record in 0..<batch.count { try call.write(try answer(try table.series(batch, record), options)) }
            }
        }
        try call.forEachPiece { piece throws(AppError) in
            try reader.feed(piece)
            try drain()
        }
        try reader.finish()
        try drain()
        _ = try begin()
    }

    private static let overrides: ShapeOverrides = {
        var overrides = ShapeOverrides()
        overrides.encoding = "utf-8"
        overrides.delimiter = ","
        overrides.quote = "\""
        overrides.skipRows = 0
        overrides.headerRows = 1
        return overrides
    }()

    private static func answer(_ series: SeriesRow, _ options: AnomalyOptions) throws(AppError) -> [UInt8] {
        var detector = AnomalyDetector(step: series.step)
        var text = ""
        for (at, value) in series.values.enumerated() {
            let verdict = detector.next(value)
            if options.onlyAnomalies, verdict.kind == nil { continue }
            let words = [
                verdict.kind?.rawValue ?? "", verdict.severity?.rawValue ?? "", verdict.explanation(of: value ?? 0).map { "\"\($0)\"" } ?? "",
            ]
            text += "\(series.cell),\(at),\(verdict.score),\(verdict.isAnomaly ? 1 : 0),\(verdict.expected),\(verdict.lower),\(verdict.upper),"
            text += words.joined(separator: ",") + "\n"
        }
        return Array(text.utf8)
    }
}

/// The words behind the file's name.
struct AnomalyOptions {
    /// Seconds between values where the file does not say.
    var step: Int?
    /// Leaves out what is as usual.
    var onlyAnomalies = false

    init(_ arguments: [String]) throws(AppError) {
        var rest = arguments[...]
        while let word = rest.popFirst() {
            switch word {
            case "--only-anomalies": onlyAnomalies = true
            case "--step":
                guard let text = rest.popFirst(), let number = Int(text), number >= 1 else {
                    throw AppError.invalid(word, "expected a number of seconds, at least 1")
                }
                step = number
            default: throw AppError.invalid(word, "is not known; expected --step or --only-anomalies")
            }
        }
    }
}
