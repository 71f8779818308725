public import Tokens

/// A code on paper for the day when the phone is gone. Works once.
///
/// 125 random bits, so that a plain hash keeps it (OWASP ASVS 5.0, 6.5.2 asks for 112): five groups of five digits of base 32.
public struct RecoveryCode: Hashable, Sendable, CustomStringConvertible {
    /// How many a person is given.
    public static let count = 10
    private static let length = 25

    private let digits: [UInt8]

    /// `ABCDE-FGHIJ-KLMNO-PQRST-UVWXY`
    public var description: String {
        stride(from: 0, to: digits.count, by: 5).map { String(decoding: digits[$0..<$0 + 5], as: UTF8.self) }.joined(separator: "-")
    }

    /// The hash that is stored instead of the code.
    public var hash: Digest { SHA256.hash(String(decoding: digits, as: UTF8.self)) }

    /// A new code.
    public init() { digits = SecureRandom.bytes(Self.length).map { Base32.digits[Int($0 & 31)] } }

    /// The code as somebody typed it: any case, with or without blanks and hyphens, and with the digits that are mistaken for letters.
    ///
    /// Nil where it cannot be one.
    public init?(_ text: String) {
        var digits: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: " "): continue
            case UInt8(ascii: "0"): digits.append(UInt8(ascii: "O"))
            case UInt8(ascii: "1"): digits.append(UInt8(ascii: "I"))
            case UInt8(ascii: "8"): digits.append(UInt8(ascii: "B"))
            case UInt8(ascii: "a")...UInt8(ascii: "z"): digits.append(byte - 32)
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "2")...UInt8(ascii: "7"): digits.append(byte)
            default: return nil
            }
            if digits.count > Self.length { return nil }
        }
        guard digits.count == Self.length else { return nil }
        self.digits = digits
    }

    /// As many as a person is given, all different.
    public static func makeSet() -> [RecoveryCode] {
        var codes: Set<RecoveryCode> = []
        while codes.count < count { codes.insert(RecoveryCode()) }
        return Array(codes)
    }
}
