internal import COpenSSL

/// Random numbers that cannot be guessed, from OpenSSL's generator (NIST SP 800-90A, seeded by the kernel).
///
/// Stops the process where the generator fails: going on without it would hand out secrets that can be guessed.
public struct SecureRandom: RandomNumberGenerator, Sendable {
    /// The process's generator.
    public init() {}

    public func next() -> UInt64 {
        var value: UInt64 = 0
        withUnsafeMutableBytes(of: &value) { Self.fill($0) }
        return value
    }

    /// That many random bytes.
    public static func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            fill(UnsafeMutableRawBufferPointer(buffer))
            initialized = count
        }
    }

    private static func fill(_ memory: UnsafeMutableRawBufferPointer) {
        let result = RAND_bytes(memory.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(memory.count))
        precondition(result == 1, "the random generator failed")
    }
}
