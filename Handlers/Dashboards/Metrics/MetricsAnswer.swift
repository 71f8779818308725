public import Kernel

/// The answer of a dashboard: every metric of a business in a range.
public struct MetricsAnswer: Sendable {
    public let business: UUID
    public let size: BucketSize
    /// The first instant of the range; nil where it is open.
    public let from: Timestamp?
    /// The first instant behind it; nil where it is open.
    public let to: Timestamp?
    public let metrics: [Metric]

    public init(business: UUID, size: BucketSize, from: Timestamp?, to: Timestamp?, metrics: [Metric]) {
        self.business = business
        self.size = size
        self.from = from
        self.to = to
        self.metrics = metrics
    }

    /// The answer as JSON. A sum that is no finite number is null.
    public func json() throws(AppError) -> [UInt8] {
        var writer = JSONWriter(capacity: 512 + metrics.reduce(0) { $0 + 320 + $1.content.count * (size == .raw ? 64 : 160) })
        try writer.object { writer throws(AppError) in
            writer.key("business_id")
            writer.value(business)
            writer.key("bucket")
            writer.value(size.rawValue)
            writer.key("from")
            writer.optional(from)
            writer.key("to")
            writer.optional(to)
            writer.key("metrics")
            try writer.array { writer throws(AppError) in
                for metric in metrics { try metric.write(to: &writer) }
            }
        }
        return writer.bytes
    }
}

extension Metric {
    fileprivate func write(to writer: inout JSONWriter) throws(AppError) {
        try writer.object { writer throws(AppError) in
            writer.key("source_id")
            writer.value(source)
            writer.key("name")
            writer.value(name)
            writer.key("unit")
            if let unit { writer.value(unit) } else { writer.null() }
            writer.key("points")
            try writer.array { writer throws(AppError) in
                switch content {
                case .points(let points): for point in points { try point.write(to: &writer) }
                case .buckets(let buckets): for bucket in buckets { try bucket.write(to: &writer) }
                }
            }
            writer.key("aggregates")
            try aggregates.write(to: &writer)
        }
    }
}

extension Point {
    fileprivate func write(to writer: inout JSONWriter) throws(AppError) {
        writer.beginObject()
        writer.key("timestamp")
        writer.value(Timestamp(microseconds: time))
        writer.key("value")
        try writer.finite(value)
        writer.endObject()
    }
}

extension Bucket {
    fileprivate func write(to writer: inout JSONWriter) throws(AppError) {
        writer.beginObject()
        writer.key("timestamp")
        writer.value(Timestamp(microseconds: start))
        writer.key("value")
        try writer.finite(mean)
        writer.key("count")
        writer.value(count)
        writer.key("sum")
        try writer.finite(sum)
        writer.key("min")
        try writer.finite(min)
        writer.key("max")
        try writer.finite(max)
        writer.endObject()
    }
}

extension Aggregates? {
    fileprivate func write(to writer: inout JSONWriter) throws(AppError) {
        writer.beginObject()
        writer.key("count")
        writer.value(self?.count ?? 0)
        writer.key("sum")
        try writer.finite(self?.sum ?? 0)
        let members: [(StaticString, Double?)] = [
            ("mean", self?.mean), ("min", self?.min), ("max", self?.max), ("first", self?.first), ("last", self?.last),
        ]
        for (name, value) in members {
            writer.key(name)
            try writer.finite(value)
        }
        writer.endObject()
    }
}

extension JSONWriter {
    fileprivate mutating func optional(_ time: Timestamp?) { if let time { value(time) } else { null() } }

    fileprivate mutating func finite(_ number: Double?) throws(AppError) {
        if let number, number.isFinite { try value(number) } else { null() }
    }
}
