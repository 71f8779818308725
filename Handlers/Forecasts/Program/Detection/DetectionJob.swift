import Anomalies
import HandlerKit

/// Looks for unusual values of one KPI. The database makes the job in the transaction that changed values; see the migration of forecasts.
///
/// All known values are looked at again, so that nothing has to be kept between looks, and the same values give the same findings. Of a KPI with more
/// than ``most`` values only the newest are looked at, and the first half of those is only learned from.
enum DetectionJob {
    static let most = 10_000

    static let job = Job("detect_anomalies", summary: "Look for unusual values of a KPI that has changed") { (_: NoInput, job) in
        guard let taken = try await job.database.transaction([Call(DetectionSQL.take, [])])[0].first else { return }
        let (kpi, revision) = (try taken.uuid(0), try taken.int64(1))
        let read = try await job.database.transaction([
            Call(DetectionSQL.source, [.uuid(kpi)]), Call(ValuesSQL.newest, [.uuid(kpi), .int64(Int64(most))]),
        ])
        guard let source = read[0].first else { return }
        let (business, wasForecast) = (try source.uuid(0), try source.bool(1))
        let values = try read[1].first.map { try PackedValues($0, 0) } ?? PackedValues()
        let quiet = values.count == most ? most / 2 : 0
        let findings = try await job.offload { SeriesScan(times: values.times, values: values.values, quiet: quiet).findings }
        let from = quiet > 0 ? Timestamp(microseconds: values.times[quiet]) : earliest
        let rows = FindingRows(findings) { job.makeID() }
        try await job.finish { transaction in
            guard try await transaction.rows(DetectionSQL.judge, .uuid(kpi), .int64(revision))[0].bool(0) else { return }
            var calls = [Call(DetectionSQL.forget, [.uuid(kpi), .timestamp(from), .array(rows.times)])]
            if !findings.isEmpty { calls.append(Call(DetectionSQL.put, [.uuid(kpi)] + rows.binds)) }
            // What is new need not wait for the night.
            if !wasForecast { calls.append(try ForecastJobs.call(job.jobs, business, all: false)) }
            _ = try await transaction.batch(calls)
        }
    }

    private static let earliest = Timestamp(seconds: -62_135_596_800)
}

/// Findings as the arrays of a statement.
private struct FindingRows: Sendable {
    private(set) var times = BinaryArray(of: .timestamp)
    private var ids = BinaryArray(of: .uuid)
    private var kinds = BinaryArray(of: .text)
    private var severities = BinaryArray(of: .text)
    private var scores = BinaryArray(of: .float8)
    private var values = BinaryArray(of: .float8)
    private var expected = BinaryArray(of: .float8)
    private var lower = BinaryArray(of: .float8)
    private var upper = BinaryArray(of: .float8)
    private var explanations = BinaryArray(of: .text)

    init(_ findings: [SeriesScan.Finding], _ makeID: () -> UUID) {
        for finding in findings {
            let verdict = finding.verdict
            times.append(Timestamp(microseconds: finding.time))
            ids.append(makeID())
            kinds.append(verdict.kind?.rawValue ?? "")
            severities.append(verdict.severity?.rawValue ?? Verdict.Severity.low.rawValue)
            scores.append(Self.finite(verdict.score))
            if let value = finding.value { values.append(value) } else { values.appendNull() }
            expected.append(Self.finite(verdict.expected))
            lower.append(Self.finite(verdict.lower))
            upper.append(Self.finite(verdict.upper))
            explanations.append(verdict.explanation(of: finding.value ?? 0) ?? "")
        }
    }

    /// Bands of numbers at the end of what a float can hold may lie beyond it, and JSON knows no infinity.
    private static func finite(_ value: Double) -> Double {
        value.isNaN ? 0 : min(max(value, -.greatestFiniteMagnitude), .greatestFiniteMagnitude)
    }

    /// $3 to $12.
    var binds: [Bind] { [ids, times, kinds, severities, scores, values, expected, lower, upper, explanations].map(Bind.array) }
}
