import Kernel
import Tokens

/// Makes the sealed form of an object while its bytes come (``SealedLayout``). Holds at most one chunk.
///
/// The key is the object's own: HKDF-SHA256 of the tenant's data key, with 32 fresh random bytes as salt and the object's place as purpose.
struct ObjectSealer: ~Copyable, Sendable {
    private let name: String
    private let version: Int
    private let salt: [UInt8]
    private let cipher: StreamCipher
    private var pending: [UInt8] = []
    private var number: UInt32 = 0
    private var hash = SHA256()
    private var size = 0

    init(_ place: ObjectPlace, keys: SecretRing, salt: [UInt8]) throws(AppError) {
        name = place.name
        version = keys.newest.id
        self.salt = salt
        cipher = try StreamCipher(HKDF.derive(keys.newest.bytes, salt: salt, info: place.purpose, count: 32))
    }

    /// The sealed chunks that these bytes complete; the last chunk is held back until it is known to be the last.
    mutating func seal(_ bytes: [UInt8]) throws(AppError) -> [UInt8] {
        guard size + bytes.count <= SealedLayout.largest else { throw AppError(.tooLarge, "The object is larger than any can be") }
        size += bytes.count
        hash.update(bytes)
        pending += bytes
        guard pending.count > SealedLayout.chunk else { return [] }
        var sealed: [UInt8] = []
        sealed.reserveCapacity(pending.count / SealedLayout.chunk * SealedLayout.sealedChunk)
        var position = 0
        while pending.count - position > SealedLayout.chunk {
            try put(position..<position + SealedLayout.chunk, .inner, &sealed)
            position += SealedLayout.chunk
        }
        pending.removeFirst(position)
        return sealed
    }

    /// The last chunk and the footer, and what the object is. Nothing may be sealed behind it.
    mutating func finish(at now: Timestamp) throws(AppError) -> (sealed: [UInt8], record: ObjectRecord) {
        var sealed: [UInt8] = []
        try put(0..<pending.count, .last, &sealed)
        let digest = hash.finalize().bytes
        let footer = ObjectFooter(version: version, salt: salt, size: size, madeAt: now, sha256: digest)
        try footer.write(to: &sealed, cipher)
        return (sealed, footer.record(name))
    }

    private mutating func put(_ range: Range<Int>, _ mark: StreamCipher.Mark, _ sealed: inout [UInt8]) throws(AppError) {
        try cipher.seal(pending[range], number: number, mark, to: &sealed)
        if mark == .inner { number += 1 }
    }
}
