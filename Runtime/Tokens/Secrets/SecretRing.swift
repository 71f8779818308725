public import Kernel

/// All versions of one named secret, as a handler is given them. What is made uses ``newest``, what is checked or opened the version that it names.
public struct SecretRing: Sendable {
    /// One version.
    public struct Version: Sendable {
        /// From 1; a later version has a higher number.
        public let id: Int
        /// 32 bytes.
        public let bytes: [UInt8]

        public init(id: Int, bytes: [UInt8]) {
            self.id = id
            self.bytes = bytes
        }
    }

    /// The one in use first, then the others, latest first. Never empty.
    public let all: [Version]

    /// What new things are made with.
    public var newest: Version { all[0] }

    /// The version of that number; nil where it was never there or is no more.
    public subscript(id: Int) -> Version? { all.first { $0.id == id } }

    /// A ring of versions, the one in use first. Throws `INTERNAL_ERROR` where there is none, a number is used twice or outside 1…2³²-1, or a
    /// secret has not 32 bytes.
    public init(_ versions: [Version]) throws(AppError) {
        guard !versions.isEmpty, Set(versions.map(\.id)).count == versions.count,
            versions.allSatisfy({ (1...Int(UInt32.max)).contains($0.id) && $0.bytes.count == Self.secretBytes })
        else { throw AppError(.internalError, detail: "a secret's versions have numbers from 1 on, each once, and 32 bytes") }
        all = versions
    }

    /// The ring that a handler was given: for each version its number in 4 bytes, big-endian, and its 32 bytes.
    ///
    /// Throws `INTERNAL_ERROR` for any other bytes.
    public init(_ bytes: [UInt8]) throws(AppError) {
        let size = Self.numberBytes + Self.secretBytes
        guard bytes.count % size == 0 else { throw AppError(.internalError, detail: "a secret's versions are cut short") }
        var versions: [Version] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            let secret = start + Self.numberBytes
            versions.append(Version(id: Self.number(bytes[start..<secret]), bytes: Array(bytes[secret..<start + size])))
        }
        try self.init(versions)
    }

    /// The bytes that ``init(_:)-([UInt8])`` reads.
    public var encoded: [UInt8] { all.flatMap { Self.bytes(of: $0.id) + $0.bytes } }

    static let secretBytes = 32
    static let numberBytes = 4

    static func bytes(of number: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: number).bigEndian) { Array($0) }
    }

    static func number(_ bytes: some Sequence<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
}

extension SecretRing: CustomStringConvertible {
    /// The numbers, never the secrets.
    public var description: String { "SecretRing(\(all.map { "\($0.id)" }.joined(separator: ", ")))" }
}
