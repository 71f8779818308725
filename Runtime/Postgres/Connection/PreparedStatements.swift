/// What one connection has prepared: each statement under the types with which it was called.
///
/// The name on the server is a hash of text and types (and of how often plans went stale), so that no name ever stands for two texts, here or behind
/// a connection pooler.
struct PreparedStatements {
    struct Variant: Equatable {
        let name: String
        let types: [UInt32]
        var isConfirmed = false
    }

    private var known: [Statement: [Variant]] = [:]
    private var generation: UInt64 = 0

    /// The name of a statement for binds of these types (0: null, fits any) if it is prepared or about to be.
    func name(of statement: Statement, types: UnsafeBufferPointer<UInt32>) -> String? {
        guard let variants = known[statement] else { return nil }
        for variant in variants where Self.fits(variant.types, types) { return variant.name }
        return nil
    }

    /// Notes that the statement is being prepared for these types, and how it is called from now on.
    mutating func add(_ statement: Statement, types: UnsafeBufferPointer<UInt32>) -> String {
        var fingerprint = statement.fingerprint
        for type in types { fingerprint.mix(UInt64(type)) }
        fingerprint.mix(generation)
        let name = "t\(Self.hex(fingerprint.high))\(Self.hex(fingerprint.low))"
        known[statement, default: []].append(Variant(name: name, types: Array(types)))
        return name
    }

    /// The server has prepared it.
    mutating func confirm(_ statement: Statement) {
        for index in known[statement, default: []].indices { known[statement]?[index].isConfirmed = true }
    }

    /// A segment ended before the server got to prepare this.
    mutating func dropUnconfirmed(_ statement: Statement) {
        known[statement]?.removeAll { !$0.isConfirmed }
    }

    /// Everything is prepared anew when next used, under new names, since the server may still hold the old ones.
    mutating func forgetAll() {
        known.removeAll()
        generation += 1
    }

    private static func fits(_ prepared: [UInt32], _ types: UnsafeBufferPointer<UInt32>) -> Bool {
        guard prepared.count == types.count else { return false }
        for index in prepared.indices where types[index] != 0 && types[index] != prepared[index] { return false }
        return true
    }

    private static func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
