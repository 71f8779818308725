/// A 128-bit identifier (RFC 9562).
///
/// Printed in the lower-case 8-4-4-4-12 form; parsed from it in either case. Ordered by its bytes, so version 7 values sort by time.
public struct UUID: Hashable, Sendable, Comparable {
    /// The first eight bytes, big-endian.
    public let high: UInt64
    /// The last eight bytes, big-endian.
    public let low: UInt64

    /// All bits zero: RFC 9562 section 5.9.
    public static let zero = UUID(high: 0, low: 0)

    /// The value of sixteen bytes given as two big-endian halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A time-ordered identifier, version 7: 48 bits of Unix milliseconds, 74 random bits (RFC 9562 section 5.7).
    public static func v7(at time: Timestamp, using random: inout some RandomNumberGenerator) -> UUID {
        let milliseconds = UInt64(bitPattern: time.microseconds / 1000) & 0xFFFF_FFFF_FFFF
        let high = milliseconds << 16 | 0x7000 | (random.next() & 0x0FFF)
        return UUID(high: high, low: random.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }

    /// A random identifier, version 4 (RFC 9562 section 5.4).
    public static func v4(using random: inout some RandomNumberGenerator) -> UUID {
        UUID(
            high: random.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000,
            low: random.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }

    public static func < (a: UUID, b: UUID) -> Bool {
        (a.high, a.low) < (b.high, b.low)
    }
}

extension UUID: LosslessStringConvertible {
    /// Parses the 36-character form; nil for anything else, surrounding blanks and braces included.
    public init?(_ text: some StringProtocol) {
        guard let value = UUID(bytes: text.utf8) else { return nil }
        self = value
    }

    private init?(bytes: some Collection<UInt8>) {
        var halves: (UInt64, UInt64) = (0, 0)
        var digits = 0
        var position = 0
        for byte in bytes {
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
            } else {
                guard let digit = Hex.value(of: byte), digits < 32 else { return nil }
                if digits < 16 { halves.0 = halves.0 << 4 | UInt64(digit) } else { halves.1 = halves.1 << 4 | UInt64(digit) }
                digits += 1
            }
            position += 1
        }
        guard position == 36, digits == 32 else { return nil }
        self.init(high: halves.0, low: halves.1)
    }

    public var description: String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            var position = 0
            for digit in 0..<32 {
                if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
                    buffer[position] = UInt8(ascii: "-")
                    position += 1
                }
                let half = digit < 16 ? high : low
                buffer[position] = Hex.digit(UInt8(truncatingIfNeeded: half >> UInt64((15 - digit % 16) * 4)) & 15)
                position += 1
            }
            return 36
        }
    }
}

extension UUID: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = UUID(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected a UUID such as 0190c5a4-…")
        }
        self = value
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
