import Kernel
import TypedTables

/// Turns one JSON value after the other into a record each.
struct JSONRecordReader: Sendable {
    let limits: JSONTableLimits
    private(set) var tree: ColumnTree
    private(set) var warnings = WarningList()
    var builder: TypedBatchBuilder
    /// Whether records are arrays, whose columns have no names.
    private(set) var isPositional = false
    private(set) var positions = 0
    private var scratch: [UInt8] = []
    private var seen: [Int] = []

    init(limits: JSONTableLimits) {
        self.limits = limits
        tree = ColumnTree(limits: limits)
        builder = TypedBatchBuilder(limits: limits.typed, word: "record")
    }

    /// Reads the value at a place as the next record; gives the place behind it.
    mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int, line: Int) throws(JSONFault) -> Int {
        var grammar = JSONGrammar(bytes, at: place, deepest: limits.depth)
        let first = place < bytes.count ? bytes[place] : 0
        if builder.record == 0 { isPositional = first == UInt8(ascii: "[") }
        if first == UInt8(ascii: "["), isPositional {
            var column = 0
            try grammar.elements { (grammar) throws(JSONFault) in
                grammar.skipBlanks()
                try leaf(&grammar, column: column)
                column += 1
            }
            positions = max(positions, column)
        } else if first == UInt8(ascii: "{"), !isPositional {
            try object(&grammar, ColumnTree.root)
        } else {
            try leaf(&grammar, column: isPositional ? 0 : try own(ColumnTree.root))
            positions = max(positions, 1)
        }
        try JSONFault.keeping { () throws(AppError) in try builder.endRecord(number: builder.record + 1, line: line) }
        return grammar.position
    }

    private mutating func object(_ grammar: inout JSONGrammar, _ node: Int) throws(JSONFault) {
        try grammar.members { (grammar, name) throws(JSONFault) in
            let child = try child(of: node, grammar, name)
            grammar.skipBlanks()
            if grammar.position < grammar.bytes.count, grammar.bytes[grammar.position] == UInt8(ascii: "{") {
                try object(&grammar, child)
            } else {
                try leaf(&grammar, column: try own(child))
            }
        }
    }

    private mutating func child(of node: Int, _ grammar: JSONGrammar, _ name: (place: Range<Int>, hasEscapes: Bool)) throws(JSONFault) -> Int {
        guard name.hasEscapes else {
            return try JSONFault.keeping { () throws(AppError) in
                try tree.child(of: node, UnsafeBufferPointer(rebasing: grammar.bytes[name.place]))
            }
        }
        try unescape(grammar, name.place)
        return try JSONFault.keeping { () throws(AppError) in
            try scratch.withUnsafeBufferPointer { (name) throws(AppError) in try tree.child(of: node, name) }
        }
    }

    /// The column of the values that a node has itself.
    private mutating func own(_ node: Int) throws(JSONFault) -> Int {
        try JSONFault.keeping { () throws(AppError) in try tree.column(of: node) }
    }

    /// A value that becomes a field. Arrays stay as they were written, and so do objects where none is expected.
    private mutating func leaf(_ grammar: inout JSONGrammar, column: Int) throws(JSONFault) {
        let start = grammar.position
        guard start < grammar.bytes.count else { throw grammar.failure("a value") }
        switch grammar.bytes[start] {
        case UInt8(ascii: "\""):
            let string = try grammar.string()
            if string.hasEscapes {
                try unescape(grammar, string.place)
                try JSONFault.keeping { () throws(AppError) in try builder.add(.text, scratch, column: column) }
            } else {
                try add(.text, grammar, string.place, column)
            }
        case UInt8(ascii: "n"): try grammar.word("null")
        case UInt8(ascii: "t"), UInt8(ascii: "f"): try field(&grammar, .bool, column)
        case UInt8(ascii: "["):
            try field(&grammar, .json, column)
            warnings.add(row: builder.record + 1, kind: "array", "column \(column + 1) holds an array, which is kept as JSON text")
        case UInt8(ascii: "{"):
            try field(&grammar, .json, column)
            warnings.add(row: builder.record + 1, kind: "object", "column \(column + 1) holds an object, which is kept as JSON text")
        default: try field(&grammar, .number, column)
        }
    }

    private mutating func field(_ grammar: inout JSONGrammar, _ kind: CellKind, _ column: Int) throws(JSONFault) {
        let start = grammar.position
        try grammar.value()
        try add(kind, grammar, start..<grammar.position, column)
    }

    private mutating func add(_ kind: CellKind, _ grammar: JSONGrammar, _ place: Range<Int>, _ column: Int) throws(JSONFault) {
        try JSONFault.keeping { () throws(AppError) in
            try builder.add(kind, UnsafeBufferPointer(rebasing: grammar.bytes[place]), column: column)
        }
    }

    private mutating func unescape(_ grammar: JSONGrammar, _ place: Range<Int>) throws(JSONFault) {
        scratch.removeAll(keepingCapacity: true)
        var grammar = JSONGrammar(UnsafeBufferPointer(rebasing: grammar.bytes[..<place.upperBound]), at: place.lowerBound, deepest: 1)
        while grammar.position < place.upperBound {
            if grammar.bytes[grammar.position] == UInt8(ascii: "\\") {
                scratch.append(contentsOf: UTF8.encode(try grammar.escape())!)
            } else {
                scratch.append(grammar.bytes[grammar.position])
                grammar.position += 1
            }
        }
    }
}
