import Kernel

extension Trace {
    /// The version of the bytes below.
    private static let version: UInt8 = 1

    /// The trace as bytes; without entries, and marked so, where they would be more than ``maximumBytes``.
    public var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.put(Self.version)
        writer.put(isTruncated)
        writer.put(began)
        writer.put(String(detail.prefix(4096)))
        writer.put(Array(divergences.prefix(100))) { writer, text in writer.put(text) }
        writer.put(UInt32(entries.count))
        for entry in entries {
            entry.write(to: &writer)
            guard writer.bytes.count <= Self.maximumBytes else {
                return Trace(began: began, detail: detail, divergences: divergences, isTruncated: true).bytes
            }
        }
        return writer.finish()
    }

    /// Reads what ``bytes`` wrote. Throws ``WireError`` for anything else.
    public init(bytes: [UInt8]) throws(WireError) {
        self = try bytes.withUnsafeBytes { raw in Result { () throws(WireError) in try Self.read(raw) } }.get()
    }

    private static func read(_ raw: UnsafeRawBufferPointer) throws(WireError) -> Trace {
        var reader = ByteReader(raw)
        guard try reader.number(UInt8.self) == version else { throw WireError("a trace of another version") }
        var trace = Trace()
        trace.isTruncated = try reader.flag()
        trace.began = try reader.number()
        trace.detail = try reader.text()
        trace.divergences = try reader.items { reader throws(WireError) in try reader.text() }
        trace.entries = try reader.many { reader throws(WireError) in try Entry(from: &reader) }
        try reader.finish()
        return trace
    }
}

extension Trace.Entry {
    fileprivate init(from reader: inout ByteReader) throws(WireError) {
        switch try reader.number(UInt8.self) {
        case 1: self = .now(try reader.number())
        case 2: self = .instant(try reader.number())
        case 3: self = .id(try reader.uuid())
        case 4:
            let question = try Trace.Question(from: &reader)
            if let fault = try Trace.Fault.optional(from: &reader) {
                self = .statements(question, .fault(fault))
            } else {
                self = .statements(question, .value(try reader.many { reader throws(WireError) in try Trace.Table(from: &reader) }))
            }
        case 5: self = .opened(try Trace.Fault.optional(from: &reader))
        case 6: self = .committed(try Trace.Fault.optional(from: &reader))
        case 7:
            let question = try Trace.Question(from: &reader)
            let fault = try Trace.Fault.optional(from: &reader)
            self = .streamed(question, try reader.many { reader throws(WireError) in try Trace.Table(from: &reader) }, fault)
        case 8:
            let question = try Trace.Question(from: &reader)
            if let fault = try Trace.Fault.optional(from: &reader) {
                self = .called(question, .fault(fault))
            } else {
                self = .called(question, .value(.init(status: try reader.number(), body: try reader.blob())))
            }
        case 9:
            if let fault = try Trace.Fault.optional(from: &reader) {
                self = .sealed(.fault(fault))
            } else {
                self = .sealed(.value(try reader.blob()))
            }
        case let other: throw WireError("the unknown entry \(other) of a trace")
        }
    }

    fileprivate func write(to writer: inout ByteWriter) {
        switch self {
        case .now(let value):
            writer.put(UInt8(1))
            writer.put(value)
        case .instant(let value):
            writer.put(UInt8(2))
            writer.put(value)
        case .id(let id):
            writer.put(UInt8(3))
            writer.put(id)
        case .statements(let question, let outcome):
            writer.put(UInt8(4))
            question.write(to: &writer)
            Trace.Fault.write(outcome.fault, to: &writer)
            if case .value(let tables) = outcome { writer.many(tables) { writer, table in table.write(to: &writer) } }
        case .opened(let fault):
            writer.put(UInt8(5))
            Trace.Fault.write(fault, to: &writer)
        case .committed(let fault):
            writer.put(UInt8(6))
            Trace.Fault.write(fault, to: &writer)
        case .streamed(let question, let tables, let fault):
            writer.put(UInt8(7))
            question.write(to: &writer)
            Trace.Fault.write(fault, to: &writer)
            writer.many(tables) { writer, table in table.write(to: &writer) }
        case .called(let question, let outcome):
            writer.put(UInt8(8))
            question.write(to: &writer)
            Trace.Fault.write(outcome.fault, to: &writer)
            if case .value(let result) = outcome {
                writer.put(result.status)
                writer.put(result.body)
            }
        case .sealed(let outcome):
            writer.put(UInt8(9))
            Trace.Fault.write(outcome.fault, to: &writer)
            if case .value(let bytes) = outcome { writer.put(bytes) }
        }
    }
}

extension Trace.Outcome {
    /// The fault, if that is what came back.
    public var fault: Trace.Fault? { if case .fault(let fault) = self { fault } else { nil } }
}

extension Trace.Question {
    fileprivate init(from reader: inout ByteReader) throws(WireError) {
        self.init(name: try reader.text(), digest: try reader.uuid())
    }

    fileprivate func write(to writer: inout ByteWriter) {
        writer.put(name)
        writer.put(digest)
    }
}

extension Trace.Fault {
    fileprivate static func optional(from reader: inout ByteReader) throws(WireError) -> Trace.Fault? {
        guard try reader.flag() else { return nil }
        return Trace.Fault(code: try reader.text(), message: try reader.text(), detail: try reader.text())
    }

    fileprivate static func write(_ fault: Trace.Fault?, to writer: inout ByteWriter) {
        writer.put(fault != nil)
        guard let fault else { return }
        writer.put(fault.code)
        writer.put(fault.message)
        writer.put(fault.detail)
    }
}

extension Trace.Table {
    fileprivate init(from reader: inout ByteReader) throws(WireError) {
        columns = try reader.items { reader throws(WireError) in try reader.text() }
        affected = try reader.number()
        let width = columns.count
        rows = try reader.many { reader throws(WireError) in
            var row: [[UInt8]?] = []
            row.reserveCapacity(width)
            for _ in 0..<width { row.append(try reader.flag() ? try reader.blob() : nil) }
            return row
        }
    }

    fileprivate func write(to writer: inout ByteWriter) {
        writer.put(columns) { writer, name in writer.put(name) }
        writer.put(affected)
        writer.many(rows) { writer, row in
            for cell in row {
                writer.put(cell != nil)
                if let cell { writer.put(cell) }
            }
        }
    }
}

extension ByteWriter {
    /// A count of four bytes and each item; for lists that may be long.
    fileprivate mutating func many<T>(_ items: [T], _ each: (inout ByteWriter, T) -> Void) {
        put(UInt32(items.count))
        for item in items { each(&self, item) }
    }
}

extension ByteReader {
    fileprivate mutating func many<T>(_ each: (inout ByteReader) throws(WireError) -> T) throws(WireError) -> [T] {
        let count = Int(try number(UInt32.self))
        // Every item takes a byte or more, unless it is a row without columns: no count can make this take more memory than the message.
        guard count <= max(remaining, 1 << 16) else { throw WireError("a list of \(count) items in \(remaining) bytes") }
        var items: [T] = []
        for _ in 0..<count { items.append(try each(&self)) }
        return items
    }
}
