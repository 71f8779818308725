import TestSupport

/// Random numbers of a seed: SplitMix64 (Steele, Lea, Flood 2014).
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    /// A stream of its own for a part of the work.
    init(_ seed: UInt64, _ part: Int) { state = seed &+ UInt64(bitPattern: Int64(part)) &* 0xD1B5_4A32_D192_ED03 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

/// What is killed in a round, and when.
struct Kill: Sendable, CustomStringConvertible {
    enum Target: String, Sendable, CaseIterable {
        case gateway
        /// Postgres' first process: the server has to be started again.
        case server
        /// A process of Postgres that serves a handler: the server restarts itself.
        case backend
    }

    let round: Int
    let target: Target
    /// The kill follows the start of so many writes …
    let writes: Int
    /// … by so many milliseconds.
    let milliseconds: Int

    init(round: Int, seed: UInt64) {
        var random = Seeded(seed, round)
        self.round = round
        target = Target.allCases[Int.random(in: 0..<3, using: &random)]
        writes = Int.random(in: 4...20, using: &random)
        milliseconds = Int.random(in: 0...40, using: &random)
    }

    var description: String { "round \(round): \(target.rawValue), \(milliseconds) ms behind write \(writes)" }
}
