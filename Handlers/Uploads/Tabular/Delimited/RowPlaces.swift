/// Places in a delimited text where reading may begin anew, noted while it is read from its beginning.
///
/// Only of text in UTF-8 whose bytes and quotes needed no repair: elsewhere a place does not stand for what follows.
public struct RowPlaces: Sendable, Hashable, Codable {
    /// Where a record begins.
    public struct Place: Sendable, Hashable, Codable {
        /// The record's number among the data rows, from 0.
        public let record: Int
        /// Its first byte in the file, from 0.
        public let byte: Int
        /// Its line in the file, from 1.
        public let line: Int
    }

    /// Bytes from one place to the next, at least. A text of 1 GiB has 256 places.
    private static let stride = 4 << 20
    /// In the order of the file.
    public private(set) var places: [Place] = []

    /// None yet.
    public init() {}

    /// Notes where a batch begins, if that is far enough behind the last place. `mark` is the length of the byte order mark.
    public mutating func note(_ batch: RecordBatch, mark: Int) {
        guard batch.firstByte >= (places.last?.byte ?? 0) + Self.stride, let line = batch.lines.first else { return }
        places.append(Place(record: batch.firstRecord, byte: batch.firstByte + mark, line: line))
    }

    /// The last place that is not behind a row; rows are records without those of `totals`. Nil where the beginning is nearest.
    public func nearest(toRow row: Int, totals: Set<Int>) -> Place? {
        places.last { place in place.record - totals.count { $0 < place.record } <= row }
    }
}
