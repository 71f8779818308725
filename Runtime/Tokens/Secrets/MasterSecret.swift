public import Kernel

/// The installation's one secret, in all its versions. Every named secret is derived from it, so that one file is all there is to keep and to rotate.
public struct MasterSecret: Sendable, Codable {
    /// One version.
    public struct Version: Sendable, Codable {
        /// From 1; a later version has a higher number.
        public let id: Int
        public let createdAt: Timestamp
        /// 32 random bytes, base64url. A secret.
        let secret: String

        enum CodingKeys: String, CodingKey {
            case id, secret
            case createdAt = "created_at"
        }

        init(id: Int, at now: Timestamp) {
            self.id = id
            createdAt = now
            secret = Base64.url.encode(SecureRandom.bytes(SecretRing.secretBytes))
        }
    }

    /// How long a new version is known everywhere before anything is made with it: in that time every process has been replaced, so that none meets
    /// what it cannot open.
    public static let settling = Duration.seconds(60)

    /// Latest first; never empty.
    public private(set) var versions: [Version]

    /// A new master secret.
    public init(at now: Timestamp) { versions = [Version(id: 1, at: now)] }

    /// The master secret in a file's JSON. Throws `INTERNAL_ERROR` for anything else.
    public init(json: [UInt8]) throws(AppError) {
        do throws(AppError) {
            self = try JSON.decode(MasterSecret.self, from: JSON.read(json))
        } catch { throw AppError(.internalError, "the master secret cannot be read: \(error.message)") }
        versions.sort { $0.id > $1.id }
        _ = try ring(of: .refresh, at: Timestamp(seconds: 0))
    }

    /// Adds a version and returns its number. It is used ``settling`` later.
    public mutating func rotate(at now: Timestamp) -> Int {
        let id = versions[0].id + 1
        versions.insert(Version(id: id, at: now), at: 0)
        return id
    }

    /// Drops a version for ever: what it sealed cannot be opened again.
    ///
    /// Throws `NOT_FOUND` for a number that is not there, `CONFLICT` for the one in use.
    public mutating func retire(_ id: Int, at now: Timestamp) throws(AppError) {
        guard let place = versions.firstIndex(where: { $0.id == id }) else {
            throw AppError(.notFound, "there is no version \(id) of the master secret")
        }
        guard place != inUse(at: now) else { throw AppError(.conflict, "version \(id) of the master secret is in use; rotate first") }
        versions.remove(at: place)
    }

    /// The number of the version that new things are made with.
    public func used(at now: Timestamp) -> Int { versions[inUse(at: now)].id }

    /// One named secret in all its versions: HKDF-SHA-256 (RFC 5869) over the version's bytes, with the name as its purpose.
    public func ring(of name: SecretName, at now: Timestamp) throws(AppError) -> SecretRing { try ring(for: "secret \(name.rawValue)", at: now) }

    /// What wraps tenants' data keys, in all its versions. No manifest can name it.
    public func dataKeyRing(at now: Timestamp) throws(AppError) -> SecretRing { try ring(for: "data keys", at: now) }

    private func ring(for purpose: String, at now: Timestamp) throws(AppError) -> SecretRing {
        let used = inUse(at: now)
        let order = versions.isEmpty ? [] : [versions[used]] + versions.enumerated().filter { $0.offset != used }.map(\.element)
        var ring: [SecretRing.Version] = []
        for version in order {
            guard let secret = Base64.url.decode(version.secret), secret.count == SecretRing.secretBytes else {
                throw AppError(.internalError, "version \(version.id) of the master secret has not 32 bytes")
            }
            let bytes = HKDF.derive(secret, info: Array("tenantry \(purpose)".utf8), count: SecretRing.secretBytes)
            ring.append(SecretRing.Version(id: version.id, bytes: bytes))
        }
        return try SecretRing(ring)
    }

    /// The latest that has settled; where none has, the oldest.
    private func inUse(at now: Timestamp) -> Int {
        versions.firstIndex { $0.createdAt + Self.settling <= now } ?? max(0, versions.count - 1)
    }
}

extension MasterSecret: CustomStringConvertible {
    /// The numbers, never the secrets.
    public var description: String { "MasterSecret(\(versions.map { "\($0.id)" }.joined(separator: ", ")))" }
}
