import Kernel

/// How records of JSON become values of KPIs.
public struct RecordMapping: Sendable {
    /// A KPI with a path of its own.
    struct Metric: Sendable {
        let name: String
        let path: JSONPath
        let unit: String?
    }

    let records: JSONPath
    let time: JSONPath
    let metrics: [Metric]
    /// Of records that each hold one value: its KPI's name, the value, its unit.
    let name: JSONPath?
    let value: JSONPath?
    let unit: JSONPath?

    /// The settings that say it.
    static let fields: [ConnectorField] = [
        .optional("records", .text, "JSONPath to the records", otherwise: "$[*]", range: 1...500, example: "$.data[*]"),
        .required("time", .text, "JSONPath in a record to its time", range: 1...500, example: "$.date"),
        .optional(
            "metrics", .objects, "KPIs: objects of name, path (JSONPath in a record) and, as needed, unit", range: 1...100,
            example: [["name": "Sales", "path": "$.amount", "unit": "EUR"]]),
        .optional("metric", .text, "JSONPath in a record to its KPI's name, where each record holds one value", range: 1...500),
        .optional("value", .text, "JSONPath in a record to its value; together with metric", range: 1...500),
        .optional("unit", .text, "JSONPath in a record to its unit; together with metric", range: 1...500),
    ]

    /// Nil where something is wrong, which is appended.
    init?(_ config: ConnectorSettings, _ issues: inout [AppError.Issue]) {
        var faults: [AppError.Issue] = []
        func path(_ text: String, _ field: String) -> JSONPath? {
            do throws(AppError) { return try JSONPath(text, field: "config.\(field)") } catch {
                faults += error.issues
                return nil
            }
        }
        let records = path(config.text("records") ?? "$[*]", "records")
        let time = path(config.text("time") ?? "", "time")
        var metrics: [Metric] = []
        var names: Set<String> = []
        for (index, one) in config.objects("metrics").enumerated() {
            let field = "metrics[\(index)]"
            for member in one where !["name", "path", "unit"].contains(member.name) {
                faults.append(.init(field: "config.\(field).\(member.name.prefix(64))", issue: "unknown; expected one of name, path, unit"))
            }
            let name = one["name"]?.string ?? ""
            faults.require((1...200).contains(name.unicodeScalars.count), "config.\(field).name", "expected 1 to 200 characters")
            faults.require(names.insert(name).inserted, "config.\(field).name", "expected each name once")
            let unit = one["unit"]?.string
            faults.requireLength(unit, "config.\(field).unit", 1...50)
            if let path = path(one["path"]?.string ?? "", "\(field).path") { metrics.append(Metric(name: name, path: path, unit: unit)) }
        }
        name = config.text("metric").flatMap { path($0, "metric") }
        value = config.text("value").flatMap { path($0, "value") }
        unit = config.text("unit").flatMap { path($0, "unit") }
        faults.require((config.text("metric") == nil) == (config.text("value") == nil), "config.value", "expected together with metric")
        faults.require(
            config.objects("metrics").isEmpty != (config.text("metric") == nil), "config.metrics", "expected this, or metric with value")
        guard faults.isEmpty, let records, let time else {
            issues += faults
            return nil
        }
        self.records = records
        self.time = time
        self.metrics = metrics
    }

    /// Of rows whose members are columns.
    init(time: JSONPath, metrics: [(name: String, path: JSONPath)], name: JSONPath?, value: JSONPath?) {
        records = .elements
        self.time = time
        self.metrics = metrics.map { Metric(name: $0.name, path: $0.path, unit: nil) }
        self.name = name
        self.value = value
        unit = nil
    }

    /// The values of an answer.
    func page(of json: JSONValue) throws(PullFault) -> PullPage {
        guard let records = records.values(in: json) else {
            throw PullFault(.tooLarge, "The answer has more than \(JSONPath.most) records. Ask for less, for example a shorter period.")
        }
        var page = PullPage(.values(ValueBatch()), read: records.count)
        if records.isEmpty { page.warning = "Nothing in the answer is at \(self.records.text)." }
        var batch = ValueBatch()
        for (index, record) in records.enumerated() {
            if let problem = read(record, &batch) { page.refuse(index + 1, problem) }
            if batch.isCut { break }
        }
        if batch.isCut { page.warning = ValueBatch.cutWarning }
        page.records = .values(batch)
        return page
    }

    /// Adds a record's values; what is wrong with it. Of a record with several, those that can be read are taken.
    private func read(_ record: JSONValue, _ batch: inout ValueBatch) -> String? {
        guard record.object != nil || record.array != nil else { return "is no object" }
        guard let found = time.first(in: record) else { return "has nothing at \(time.text), where its time was expected" }
        guard let time = RecordTime.read(found) else {
            return "has \(Self.excerpt(found)) at \(self.time.text); expected a time such as 2026-01-31 or 2026-01-31T12:00:00Z"
        }
        if let name, let value {
            let unit = unit?.first(in: record)?.string.flatMap { $0.unicodeScalars.count <= 50 ? $0 : nil }
            guard let text = name.first(in: record)?.string, text.unicodeScalars.count <= 200,
                case let series = ValueBatch.Series(name: text, unit: unit), series.name.contains(where: { !$0.isWhitespace })
            else {
                return "has no name of 1 to 200 characters at \(name.text)"
            }
            return add(value, record, series, time, &batch)
        }
        var problem: String?
        for metric in metrics {
            let fault = add(metric.path, record, .init(name: metric.name, unit: metric.unit), time, &batch)
            if problem == nil { problem = fault }
        }
        return problem
    }

    private func add(
        _ path: JSONPath, _ record: JSONValue, _ series: ValueBatch.Series, _ time: Timestamp, _ batch: inout ValueBatch
    ) -> String? {
        // A value that is not there, or null, is none; that is no fault.
        guard let found = path.first(in: record), !found.isNull else { return nil }
        guard let number = RecordNumber.read(found) else { return "has \(Self.excerpt(found)) at \(path.text); expected a number" }
        return batch.add(series, time, number) ? nil : "is of one KPI more than \(ValueBatch.mostSeries)"
    }

    private static func excerpt(_ value: JSONValue) -> String {
        let text = value.description
        return text.count > 40 ? "\(text.prefix(40))…" : text
    }
}

extension JSONPath {
    init(segments: [Segment], text: String) {
        self.segments = segments
        self.text = text
    }

    /// A member of that name.
    static func member(_ name: String) -> JSONPath { JSONPath(segments: [.init(descends: false, selectors: [.name(name)])], text: name) }

    /// Each element.
    static var elements: JSONPath { JSONPath(segments: [.init(descends: false, selectors: [.all])], text: "$[*]") }
}

/// Times as APIs write them. Without a zone they are UTC.
enum RecordTime {
    static func read(_ value: JSONValue) -> Timestamp? {
        switch value {
        case .string(let text): read(text)
        case .integer(let number): epoch(Double(number))
        case .number(let number): epoch(number)
        default: nil
        }
    }

    /// Seconds since 1970, or milliseconds where they would be beyond the year 5138.
    private static func epoch(_ number: Double) -> Timestamp? {
        let seconds = number.magnitude >= 1e11 ? number / 1000 : number
        guard seconds.magnitude < 253_402_300_800, seconds > -62_135_596_800 else { return nil }
        return Timestamp(microseconds: Int64((seconds * 1_000_000).rounded()))
    }

    private static func read(_ text: String) -> Timestamp? {
        var text = text
        while text.last?.isWhitespace == true { text.removeLast() }
        while text.first?.isWhitespace == true { text.removeFirst() }
        let bytes = Array(text.utf8)
        guard (4...40).contains(bytes.count) else { return nil }
        if bytes.count == 7, bytes[4] == UInt8(ascii: "-") { return Timestamp("\(text)-01T00:00:00Z") }
        if bytes.count == 10 { return Timestamp("\(text)T00:00:00Z") }
        guard bytes.count > 10, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " ") else { return nil }
        var time = text.prefix(10) + "T" + text.dropFirst(11)
        if bytes.count == 16 { time += ":00" }
        if let whole = Timestamp(String(time)) { return whole }
        // `+0200` and `+02` for `+02:00`, as Postgres and Python write.
        let tail = time.dropFirst(11)
        if let sign = tail.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            let zone = tail[sign...]
            if zone.count == 3 { return Timestamp("\(time):00") }
            if zone.count == 5 { return Timestamp("\(time.dropLast(2)):\(time.suffix(2))") }
            return nil
        }
        return Timestamp("\(time)Z")
    }
}

/// Numbers as APIs write them: also as texts, and with commas between thousands.
enum RecordNumber {
    static func read(_ value: JSONValue) -> Double? {
        switch value {
        case .bool(let flag): return flag ? 1 : 0
        case .string(let text):
            var digits = text.filter { !$0.isWhitespace }
            if digits.contains(",") {
                let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
                let groups = parts[0].drop { $0 == "-" || $0 == "+" }.split(separator: ",", omittingEmptySubsequences: false)
                guard parts.count <= 2, groups.count > 1, (1...3).contains(groups[0].count), groups.dropFirst().allSatisfy({ $0.count == 3 }) else {
                    return nil
                }
                digits.removeAll { $0 == "," }
            }
            let isPlain = digits.utf8.allSatisfy { (48...57).contains($0) || "+-.eE".utf8.contains($0) }
            guard isPlain, let number = Double(digits), number.isFinite else { return nil }
            return number
        default: return value.number.flatMap { $0.isFinite ? $0 : nil }
        }
    }
}
