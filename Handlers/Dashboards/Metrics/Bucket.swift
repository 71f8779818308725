/// The points of one part of a range, summed up.
public struct Bucket: Sendable, Hashable {
    /// Where the part begins, in microseconds since 1970-01-01T00:00:00Z.
    public let start: Int64
    public let count: Int64
    public let sum: Double
    public let min: Double
    public let max: Double

    public var mean: Double { sum / Double(count) }

    public init(start: Int64, count: Int64, sum: Double, min: Double, max: Double) {
        self.start = start
        self.count = count
        self.sum = sum
        self.min = min
        self.max = max
    }
}

extension [Bucket] {
    /// Ordered points, gathered in parts of a size; parts without a point are left out.
    public init(_ points: [Point], by size: BucketSize) {
        self = []
        var index = 0
        while index < points.count {
            let start = size.start(of: points[index].time)
            let end = Swift.max(size.end(of: start), start + 1)
            var bucket = (count: Int64(0), sum: 0.0, min: Double.infinity, max: -Double.infinity)
            while index < points.count, points[index].time < end {
                let value = points[index].value
                bucket = (bucket.count + 1, bucket.sum + value, Swift.min(bucket.min, value), Swift.max(bucket.max, value))
                index += 1
            }
            append(Bucket(start: start, count: bucket.count, sum: bucket.sum, min: bucket.min, max: bucket.max))
        }
    }

    /// Buckets from `timestamptz_send`, `int8send` and three times `float8send`, forty bytes each, in the order of their times.
    public init(packed bytes: UnsafeRawBufferPointer) {
        self = (0..<bytes.count / 40).map { index in
            let offset = index * 40
            return Bucket(
                start: bytes.postgresTime(at: offset), count: bytes.integer(at: offset + 8), sum: bytes.double(at: offset + 16),
                min: bytes.double(at: offset + 24), max: bytes.double(at: offset + 32))
        }
        sort { $0.start < $1.start }
    }
}
