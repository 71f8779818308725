import Glibc

/// How many different values there are: exact up to a limit, then about (HyperLogLog, standard error 1.04 / sqrt(registers)). Mergeable.
///
/// Flajolet, Fusy, Gandouet, Meunier (2007), "HyperLogLog: the analysis of a near-optimal cardinality estimation algorithm", figure 3; hashes have 64
/// bits, so its correction for large ranges is not needed.
public struct DistinctCounter: Sendable {
    private let limit: Int
    private let precision: UInt64
    /// An open table of the hashes; empty once there are too many.
    private var table: [UInt64]
    private var used = 0
    private var registers: [UInt8] = []

    /// - Parameters:
    ///   - limit: how many values are counted exactly. Defaults to 16,384, at most 256 KiB.
    ///   - precision: 2^precision registers of one byte, 4…16. Defaults to 14: an error of 0.8 %.
    public init(limit: Int = 16_384, precision: Int = 14) {
        self.limit = max(limit, 1)
        self.precision = UInt64(min(max(precision, 4), 16))
        table = [UInt64](repeating: 0, count: 16)
    }

    /// Whether ``count`` is exact.
    public var isExact: Bool { registers.isEmpty }

    /// How many different hashes there were.
    public var count: Int { isExact ? used : estimate() }

    /// Adds the hash of a value.
    @inline(__always)
    public mutating func add(_ hash: UInt64) {
        if registers.isEmpty { insert(hash == 0 ? 1 : hash) } else { register(hash) }
    }

    private mutating func insert(_ hash: UInt64) {
        let mask = table.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while table[slot] != 0 {
            if table[slot] == hash { return }
            slot = (slot + 1) & mask
        }
        guard used < limit else {
            registers = [UInt8](repeating: 0, count: 1 << Int(precision))
            for kept in table where kept != 0 { register(kept) }
            table = []
            register(hash)
            return
        }
        table[slot] = hash
        used += 1
        if used * 2 > table.count { grow() }
    }

    private mutating func grow() {
        let old = table
        table = [UInt64](repeating: 0, count: old.count * 2)
        let mask = table.count - 1
        for hash in old where hash != 0 {
            var slot = Int(truncatingIfNeeded: hash) & mask
            while table[slot] != 0 { slot = (slot + 1) & mask }
            table[slot] = hash
        }
    }

    @inline(__always)
    private mutating func register(_ hash: UInt64) {
        let index = Int(hash >> (64 - precision))
        let rank = UInt8(truncatingIfNeeded: ((hash << precision) | (1 << (precision - 1))).leadingZeroBitCount + 1)
        if registers[index] < rank { registers[index] = rank }
    }

    private func estimate() -> Int {
        let size = Double(registers.count)
        var sum = 0.0
        var zeros = 0
        for rank in registers {
            sum += 1 / Double(UInt64(1) << UInt64(rank))
            if rank == 0 { zeros += 1 }
        }
        let alpha = size >= 128 ? 0.7213 / (1 + 1.079 / size) : size >= 64 ? 0.709 : size >= 32 ? 0.697 : 0.673
        let raw = alpha * size * size / sum
        if raw <= 2.5 * size, zeros > 0 { return Int((size * log(size / Double(zeros))).rounded()) }
        return Int(raw.rounded())
    }

    /// Adds what another one of the same limits has seen.
    public mutating func merge(_ other: DistinctCounter) {
        if other.isExact {
            for hash in other.table where hash != 0 { add(hash) }
            return
        }
        if isExact {
            let mine = table.filter { $0 != 0 }
            self = other
            for hash in mine { add(hash) }
        } else {
            for index in registers.indices where index < other.registers.count { registers[index] = max(registers[index], other.registers[index]) }
        }
    }
}
