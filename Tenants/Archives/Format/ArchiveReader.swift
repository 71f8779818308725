public import Kernel
import Tokens

/// Takes an archive apart while its bytes come. A pure value; it keeps at most one line and one batch.
///
/// Strict: the tables in the manifest's order, each named once, every row as wide as its table, the counts and the hash at the end, nothing behind it.
/// Whoever acts on its events must be able to take that back until ``finish()`` has returned.
public struct ArchiveReader: Sendable {
    /// What was read.
    public enum Event: Sendable {
        /// The first line.
        case manifest(ArchiveManifest)
        /// A table begins: its place in the manifest.
        case table(Int)
        /// Rows of that table, in their order.
        case rows(RowBatch)
        /// The last line; it fits to all before it.
        case end(ArchiveEnd)
    }

    private enum Stage {
        case manifest
        /// Behind so many heads of tables.
        case tables(Int)
        case ended(ArchiveEnd)
    }

    /// A batch is handed out from so many bytes or rows on.
    private static let batchBytes = 256 << 10, batchRows = 4096

    private var stage = Stage.manifest
    private var manifest: ArchiveManifest?
    private var hash = SHA256()
    private var rows: [Int64] = []
    /// The beginning of a line whose end has not come.
    private var pending: [UInt8] = []
    private var line = 0
    private var batch: RowBatch?

    public init() {}

    /// Takes more bytes. Throws `UNPROCESSABLE_FILE` with the line and what was expected there; nothing can be read then.
    public mutating func read(_ bytes: [UInt8]) throws(AppError) -> [Event] {
        var events: [Event] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            if pending.isEmpty {
                try take(rest[..<end], &events)
            } else {
                pending.append(contentsOf: rest[..<end])
                let whole = pending
                pending.removeAll(keepingCapacity: whole.count <= ArchiveForm.longestObject)
                try take(whole[...], &events)
            }
            rest = rest[(end + 1)...]
        }
        pending.append(contentsOf: rest)
        guard pending.count <= longest else { throw tooLong(pending.count) }
        return events
    }

    /// The end, once all bytes were read. Throws `UNPROCESSABLE_FILE` where it has not come.
    public func finish() throws(AppError) -> ArchiveEnd {
        guard case .ended(let end) = stage, pending.isEmpty else {
            throw ArchiveForm.fault(line + 1, "the archive is cut off here; expected its last line with the hash")
        }
        return end
    }

    private var longest: Int {
        // A row may only stand where a table has begun.
        if case .tables(let begun) = stage, begun > 0 { ArchiveForm.longestLine } else { ArchiveForm.longestObject }
    }

    private func tooLong(_ count: Int) -> AppError { ArchiveForm.fault(line + 1, "expected at most \(longest) bytes in a line") }

    private mutating func take(_ text: ArraySlice<UInt8>, _ events: inout [Event]) throws(AppError) {
        guard text.count <= longest else { throw tooLong(text.count) }
        line += 1
        switch stage {
        case .manifest: events.append(.manifest(try begin(text)))
        case .tables(let begun):
            if begun > 0, text.first == UInt8(ascii: "[") {
                try row(text, &events)
            } else {
                try object(text, begun, &events)
                if case .ended = stage { return }
            }
        case .ended: throw ArchiveForm.fault(line, "expected nothing behind the last line")
        }
        text.withUnsafeBytes { hash.update($0) }
        hash.update([UInt8(ascii: "\n")])
    }

    private mutating func begin(_ text: ArraySlice<UInt8>) throws(AppError) -> ArchiveManifest {
        let value = try read(text)
        guard let format = value["tenantry_archive"]?.integer else {
            throw ArchiveForm.fault(line, "this is no archive of a tenant; expected `tenantry_archive` with the version of its form")
        }
        guard (1...Int64(ArchiveForm.version)).contains(format) else {
            throw ArchiveForm.fault(
                line, "the archive has the form \(format), this installation reads up to \(ArchiveForm.version); upgrade it first")
        }
        let read: ArchiveManifest
        do throws(AppError) {
            read = try JSON.decode(ArchiveManifest.self, from: value)
        } catch {
            let issues = error.issues.map { "\($0.field): \($0.issue)" }.joined(separator: "; ")
            throw ArchiveForm.fault(line, "the manifest is not one: \(issues)")
        }
        try read.check(line: line)
        manifest = read
        stage = .tables(0)
        return read
    }

    private mutating func row(_ text: ArraySlice<UInt8>, _ events: inout [Event]) throws(AppError) {
        guard var batch = self.batch.take() else { throw ArchiveForm.fault(line, "a row outside of a table") }
        if batch.count == 0 { batch = RowBatch(table: batch.table, width: batch.width, firstLine: line) }
        let fault: RowLine.Fault? = text.withUnsafeBufferPointer { bytes in
            do throws(RowLine.Fault) {
                try RowLine.read(bytes, into: &batch)
                return nil
            } catch { return error }
        }
        if let fault { throw ArchiveForm.fault(line, "\(manifest?.tables[batch.table].name ?? ""): \(fault.issue)") }
        rows[rows.count - 1] += 1
        if batch.byteCount >= Self.batchBytes || batch.count >= Self.batchRows {
            events.append(.rows(batch))
            batch = RowBatch(table: batch.table, width: batch.width)
        }
        self.batch = batch
    }

    private mutating func object(_ text: ArraySlice<UInt8>, _ begun: Int, _ events: inout [Event]) throws(AppError) {
        let tables = manifest?.tables ?? []
        let value = try read(text)
        if let batch = batch.take(), batch.count > 0 { events.append(.rows(batch)) }
        if begun < tables.count {
            guard let name = value["table"]?.string, value.object?.count == 1, name == tables[begun].name else {
                throw ArchiveForm.fault(line, "expected the head of the table \(tables[begun].name)")
            }
            rows.append(0)
            batch = RowBatch(table: begun, width: tables[begun].columns.count)
            stage = .tables(begun + 1)
            events.append(.table(begun))
            return
        }
        guard let member = value["end"], value.object?.count == 1, let end = try? JSON.decode(ArchiveEnd.self, from: member) else {
            throw ArchiveForm.fault(line, "expected the last line with the hash")
        }
        guard end.rows == rows else {
            throw ArchiveForm.fault(line, "the archive holds other numbers of rows than its last line says; it is damaged")
        }
        guard end.sha256 == hash.finalize().hex else { throw ArchiveForm.fault(line, "the hash does not fit; the archive is damaged or was changed") }
        stage = .ended(end)
        events.append(.end(end))
    }

    private func read(_ text: ArraySlice<UInt8>) throws(AppError) -> JSONValue {
        do throws(AppError) {
            let value = try JSONReader(maximumDepth: 16, maximumBytes: ArchiveForm.longestObject).read(text)
            guard value.object != nil else { throw AppError(.badRequest, "expected an object") }
            return value
        } catch {
            throw ArchiveForm.fault(line, "expected JSON: \(error.message)")
        }
    }
}
