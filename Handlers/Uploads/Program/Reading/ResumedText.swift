import HandlerKit
import Synchronization
import Tabular

/// The records of a delimited text from a place on that was noted when it was read.
actor ResumedText: TableBatches {
    private let bytes: StoredBytes
    private let offload: Offloading
    private let place: RowPlaces.Place
    private let text: Text
    private var begun = false
    private var ended = false

    init(_ shape: TableShape, _ place: RowPlaces.Place, _ bytes: StoredBytes, _ offload: Offloading) {
        self.bytes = bytes
        self.offload = offload
        self.place = place
        text = Text(DelimitedReader(shape: shape, from: place))
    }

    func next() async throws -> [RecordBatch]? {
        if !begun { try await bytes.seek(place.byte) }
        begun = true
        while !ended {
            let piece = try await bytes.next()
            ended = piece == nil
            let batches = try await offload { [text] in try text.read(piece) }
            if !batches.isEmpty { return batches }
        }
        return nil
    }

    /// The reader, handed from thread to thread.
    private final class Text: Sendable {
        private let reader: Mutex<DelimitedReader>

        init(_ reader: consuming sending DelimitedReader) { self.reader = Mutex(reader) }

        /// The batches that a piece completes; nil is the end.
        func read(_ piece: [UInt8]?) throws(AppError) -> [RecordBatch] {
            try reader.withLock { reader throws(AppError) in
                if let piece { try reader.feed(piece) } else { try reader.finish() }
                var batches: [RecordBatch] = []
                while let batch = reader.next() { batches.append(batch) }
                return batches
            }
        }
    }
}
