import Glibc

/// Series that are the same in every run.
struct Noise {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    /// Of a normal distribution, by the sum of twelve (I. Good's rule of thumb: variance 1).
    mutating func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + uniform() } }

    mutating func uniform() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) / Double(1 << 53)
    }

    /// Days with a weekly wave.
    static func days(_ count: Int, level: Double = 100, seed: UInt64 = 1) -> [Double] {
        var noise = Noise(seed)
        return (0..<count).map { day in level * (1 + 0.1 * sin(Double(day) * 2 * .pi / 7) + 0.05 * noise.normal()) }
    }

    /// Hours with a daily wave.
    static func hours(_ count: Int, seed: UInt64 = 1) -> [Double] {
        var noise = Noise(seed)
        return (0..<count).map { hour in 50 + 20 * sin(Double(hour) * 2 * .pi / 24) + 2 * noise.normal() }
    }
}
