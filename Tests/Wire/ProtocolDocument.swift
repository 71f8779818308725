import Kernel

@testable import Wire

/// The tables of `Runtime/Wire/PROTOCOL.md`, and messages taken apart with nothing but them.
struct ProtocolDocument {
    /// A field as the document names it; of a choice, the fields of each of its numbers.
    struct Table {
        var fields: [(name: String, type: String)] = []
        var choices: [UInt8: [(name: String, type: String)]] = [:]
    }

    enum Value: Equatable {
        case number(UInt64)
        case text(String)
        case bytes([UInt8])
        case list([Value])
        case fields([String: Value])
        case none
    }

    private(set) var kinds: [UInt8: String] = [:]
    private(set) var tables: [String: Table] = [:]
    private(set) var example: [UInt8] = []

    init(_ text: String) throws {
        var current: String?
        var isExample = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") { isExample = line == "```hex" }
            if isExample, !line.hasPrefix("```") {
                example += try line.split(separator: " ").prefix { $0 != "#" }.map { pair throws(WireError) in
                    guard let byte = UInt8(pair, radix: 16), pair.utf8.count == 2 else { throw WireError("no byte: \(pair)") }
                    return byte
                }
            }
            if line.hasPrefix("## ") { current = nil }
            if line.hasPrefix("### "), let name = Self.quoted(line).first {
                current = name
                tables[name] = Table()
                if let open = line.firstIndex(of: "("), let number = UInt8(line[line.index(after: open)...].prefix { $0.isNumber }) {
                    kinds[number] = name
                }
            }
            guard let current, line.hasPrefix("| ") else { continue }
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().map { $0.filter { $0 != " " } }
            if let number = UInt8(cells[0]) {
                tables[current]?.choices[number] = cells[1].split(separator: ",").map { field in
                    let parts = field.split(separator: ":")
                    return (String(parts[0]), String(parts[1]))
                }
            } else if cells[0].hasPrefix("`") {
                tables[current]?.fields.append((cells[0].filter { $0 != "`" }, cells[1].filter { $0 != "`" }))
            }
        }
    }

    /// The fields of a frame's message. Throws where bytes are missing or left over.
    func read(_ frame: [UInt8]) throws -> (kind: String, fields: [String: Value]) {
        try frame.withUnsafeBytes { raw in
            var reader = ByteReader(raw)
            guard Int(try reader.number(UInt32.self)) == raw.count - 4, let kind = kinds[try reader.number()] else {
                throw WireError("the document knows no such frame")
            }
            _ = try reader.number(UInt32.self)
            let fields = try fields(tables[kind]?.fields ?? [], &reader)
            try reader.finish()
            return (kind, fields)
        }
    }

    private func fields(_ list: [(name: String, type: String)], _ reader: inout ByteReader) throws -> [String: Value] {
        var values: [String: Value] = [:]
        for field in list { values[field.name] = try value(field.type, &reader) }
        return values
    }

    private func value(_ type: String, _ reader: inout ByteReader) throws -> Value {
        switch type {
        case "u8": return .number(UInt64(try reader.number(UInt8.self)))
        case "u16": return .number(UInt64(try reader.number(UInt16.self)))
        case "u32": return .number(UInt64(try reader.number(UInt32.self)))
        case "u64": return .number(try reader.number())
        case "flag": return .number(try reader.flag() ? 1 : 0)
        case "text": return .text(try reader.text())
        case "bytes": return .bytes(try reader.blob())
        case "rest": return .bytes(try reader.rest())
        case "uuid":
            let (high, low): (UInt64, UInt64) = (try reader.number(), try reader.number())
            return .text(UUID(high: high, low: low).description)
        default: break
        }
        if type.hasPrefix("listof") {
            let count = try reader.number(UInt16.self)
            return .list(try (0..<count).map { _ in try value(String(type.dropFirst(6)), &reader) })
        }
        if type.hasPrefix("optional") { return try reader.flag() ? try value(String(type.dropFirst(8)), &reader) : .none }
        if type.hasPrefix("choice") {
            let number = try reader.number(UInt8.self)
            guard let list = tables[String(type.dropFirst(6))]?.choices[number] else {
                throw WireError("the document has no choice \(number) of \(type)")
            }
            return .fields(try fields(list, &reader))
        }
        guard let table = tables[type] else { throw WireError("the document does not explain the type \(type)") }
        return .fields(try fields(table.fields, &reader))
    }

    private static func quoted(_ line: Substring) -> [String] {
        line.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }
}
