import Kernel
import MetricSeries
import Testing

@Suite struct MetricsTests {
    private static func time(_ text: String) -> Int64 { Timestamp(text)?.microseconds ?? 0 }
    private static let source = UUID(high: 1, low: 2)

    private static func packed(_ points: [(Int64, Double)]) -> [UInt8] {
        points.flatMap { time, value in
            [UInt64(bitPattern: time - 946_684_800_000_000), value.bitPattern].flatMap { word in
                (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - $0 * 8)) }
            }
        }
    }

    @Test func pointsAreUnpackedInOrder() {
        let bytes = Self.packed([(Self.time("2024-01-02"), 2), (Self.time("1970-01-01"), -1.5), (Self.time("2024-01-03"), 3)])
        let points = bytes.withUnsafeBytes { [Point](packed: $0) }
        #expect(points.map(\.value) == [-1.5, 2, 3])
        #expect(points.map(\.time) == [0, Self.time("2024-01-02"), Self.time("2024-01-03")])
    }

    @Test(arguments: [
        (BucketSize.day, "2024-02-29T23:59:59.999999Z", "2024-02-29"), (.day, "1969-12-31T23:00:00Z", "1969-12-31"),
        (.day, "2024-03-01", "2024-03-01"),
        (.week, "2024-03-03T12:00:00Z", "2024-02-26"), (.week, "2024-02-26", "2024-02-26"), (.week, "1969-12-31T23:00:00Z", "1969-12-29"),
        (.month, "2024-02-29T12:00:00Z", "2024-02-01"), (.month, "1969-12-31T23:00:00Z", "1969-12-01"), (.month, "2024-12-31", "2024-12-01"),
    ])
    func bucketsBeginWhereTheCalendarSays(size: BucketSize, instant: String, start: String) {
        let buckets = [Bucket]([Point(time: Self.time(instant), value: 1)], by: size)
        #expect(buckets.map(\.start) == [Self.time(start)])
    }

    @Test func bucketsSumUp() {
        let points = [("2024-01-30", 4.0), ("2024-01-31T12:00:00Z", 2), ("2024-02-01", 10), ("2024-04-01", 1)].map {
            Point(time: Self.time($0), value: $1)
        }
        let buckets = [Bucket](points, by: .month)
        #expect(
            buckets == [
                Bucket(start: Self.time("2024-01-01"), count: 2, sum: 6, min: 2, max: 4),
                Bucket(start: Self.time("2024-02-01"), count: 1, sum: 10, min: 10, max: 10),
                Bucket(start: Self.time("2024-04-01"), count: 1, sum: 1, min: 1, max: 1),
            ])
        #expect(buckets[0].mean == 3)
        #expect(Aggregates(buckets, first: 4, last: 1) == Aggregates(points))
    }

    @Test func theAnswerOfPoints() throws {
        let points = [Point(time: Self.time("2024-01-30"), value: 4), Point(time: Self.time("2024-01-31T12:00:00Z"), value: 2.5)]
        let answer = MetricsAnswer(
            business: .zero, size: .raw, from: Timestamp("2024-01-01"), to: nil,
            metrics: [
                Metric(source: Self.source, name: "sales \"A\"", unit: "EUR", points: points, size: .raw),
                Metric(source: Self.source, name: "empty", unit: nil, points: [], size: .raw),
            ])
        #expect(
            String(decoding: try answer.json(), as: UTF8.self) == """
                {"business_id":"00000000-0000-0000-0000-000000000000","bucket":"raw","from":"2024-01-01T00:00:00Z","to":null,"metrics":[\
                {"source_id":"00000000-0000-0001-0000-000000000002","name":"sales \\"A\\"","unit":"EUR","points":[\
                {"timestamp":"2024-01-30T00:00:00Z","value":4},{"timestamp":"2024-01-31T12:00:00Z","value":2.5}],\
                "aggregates":{"count":2,"sum":6.5,"mean":3.25,"min":2.5,"max":4,"first":4,"last":2.5}},\
                {"source_id":"00000000-0000-0001-0000-000000000002","name":"empty","unit":null,"points":[],\
                "aggregates":{"count":0,"sum":0,"mean":null,"min":null,"max":null,"first":null,"last":null}}]}
                """)
    }

    @Test func theAnswerOfBuckets() throws {
        let points = [Point(time: Self.time("2024-01-30"), value: 4), Point(time: Self.time("2024-01-31T12:00:00Z"), value: 2)]
        let metric = Metric(source: Self.source, name: "a", unit: nil, points: points, size: .month)
        let json = String(decoding: try MetricsAnswer(business: .zero, size: .month, from: nil, to: nil, metrics: [metric]).json(), as: UTF8.self)
        #expect(json.contains("\"points\":[{\"timestamp\":\"2024-01-01T00:00:00Z\",\"value\":3,\"count\":2,\"sum\":6,\"min\":2,\"max\":4}]"))
        #expect(json.contains("\"from\":null,\"to\":null"))
    }

    @Test func aSumBeyondAllNumbersIsNull() throws {
        let points = [Point(time: 0, value: 1.7e308), Point(time: 1, value: 1.7e308)]
        let metric = Metric(source: Self.source, name: "a", unit: nil, points: points, size: .raw)
        let json = String(decoding: try MetricsAnswer(business: .zero, size: .raw, from: nil, to: nil, metrics: [metric]).json(), as: UTF8.self)
        #expect(json.contains("\"sum\":null,\"mean\":null"))
    }
}
