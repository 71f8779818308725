import Kernel
import Tokens

/// What stands at the end of an object's sealed form. A form without it was cut off.
struct ObjectFooter {
    private static let magic = Array("TNTRYOB1".utf8)

    let version: Int
    let salt: [UInt8]
    let size: Int
    let madeAt: Timestamp
    let sha256: [UInt8]

    init(version: Int, salt: [UInt8], size: Int, madeAt: Timestamp, sha256: [UInt8]) {
        self.version = version
        self.salt = salt
        self.size = size
        self.madeAt = madeAt
        self.sha256 = sha256
    }

    func record(_ name: String) -> ObjectRecord {
        ObjectRecord(name: name, size: size, sha256: sha256, etag: Hex.encode(Array(salt.prefix(16))), madeAt: madeAt)
    }

    func write(to sealed: inout [UInt8], _ cipher: borrowing StreamCipher) throws(AppError) {
        sealed += Self.magic + Self.bytes(UInt32(truncatingIfNeeded: version)) + salt
        let plain = Self.bytes(UInt64(size)) + Self.bytes(UInt64(bitPattern: madeAt.microseconds)) + sha256
        try cipher.seal(plain[...], number: 0, .footer, to: &sealed)
    }

    /// Reads the footer of an object of a place, and the cipher that opens its chunks.
    ///
    /// Throws `INTERNAL_ERROR` where the bytes are no footer or were changed, or the key that sealed them is no more.
    static func open(_ bytes: [UInt8], of place: ObjectPlace, keys: SecretRing) throws(AppError) -> (footer: ObjectFooter, cipher: OpenedCipher) {
        guard bytes.count == SealedLayout.footer, bytes.starts(with: magic) else { throw damaged(place, "it has no footer") }
        let version = bytes[8..<12].reduce(0) { $0 << 8 | Int($1) }
        guard let key = keys[version] else { throw damaged(place, "the tenant has no data key \(version)") }
        let salt = Array(bytes[12..<44])
        let cipher = OpenedCipher(try StreamCipher(HKDF.derive(key.bytes, salt: salt, info: place.purpose, count: 32)), place)
        let plain = try cipher.open(bytes[44...], number: 0, .footer)
        let footer = ObjectFooter(
            version: version, salt: salt, size: Int(clamping: number(plain[0..<8])),
            madeAt: Timestamp(microseconds: Int64(bitPattern: number(plain[8..<16]))), sha256: Array(plain[16..<48]))
        return (footer, cipher)
    }

    /// What is stored is not what was put. Names the object for the log alone.
    static func damaged(_ place: ObjectPlace, _ what: String) -> AppError {
        AppError(
            .internalError, "This file's stored bytes were damaged",
            detail: "the object \(place.name) of \(place.handler), tenant \(place.tenant): \(what)"
        )
    }

    private static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }
    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
