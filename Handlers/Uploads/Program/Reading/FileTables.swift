import HandlerKit
import Tabular

/// The tables of a file that was read once, opened again: as they were found then.
enum FileTables {
    /// The records of a table of a file with that name.
    static func open(_ table: TableReport, of fileName: String, _ bytes: StoredBytes, _ offload: Offloading) -> any TableBatches {
        FileBatches(table, fileName: fileName, bytes, offload)
    }

    /// The records of a delimited text from a place on, with the numbers that they have in the whole.
    static func resume(_ table: TableReport, at place: RowPlaces.Place, _ bytes: StoredBytes, _ offload: Offloading) -> any TableBatches {
        ResumedText(table.shape ?? TableShape(), place, bytes, offload)
    }
}

/// The records of one table, batch after batch.
private actor FileBatches: TableBatches {
    private let bytes: StoredBytes
    private let offload: Offloading
    private let machine: FileMachine<ChosenRows>
    private var supplied: [UInt8]?
    private var ended = false

    init(_ table: TableReport, fileName: String, _ bytes: StoredBytes, _ offload: Offloading) {
        self.bytes = bytes
        self.offload = offload
        machine = FileMachine(size: bytes.size, name: fileName, ChosenRows(table))
    }

    func next() async throws -> [RecordBatch]? {
        while !ended {
            let given = supplied
            supplied = nil
            let (want, batches) = try await offload { [machine] in
                let want = try machine.advance(given)
                return (want, try machine.withSink { $0.takeReady() })
            }
            switch want {
            case .bytes(let range): supplied = try await bytes.bytes(range)
            case .time: break
            case .nothing: ended = true
            }
            if !batches.isEmpty { return batches }
        }
        return nil
    }
}
