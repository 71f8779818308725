import Kernel
import Synchronization
import Tokens

/// The installation's keys as its files say them now: what handlers are given, what tokens are verified with, what is published.
final class InstallationKeys: Sendable {
    private struct State {
        var master: MasterSecret
        var ring: JWTKeyRing
        var files: [String?]
        /// The names of the keys that tokens are verified with.
        var verifying: [String]
        var published: [UInt8]
    }

    private let store: KeyStore
    private let time: TimeSource
    private let state: Mutex<State>

    /// Reads the files, and makes those that are missing. Where tokens are to be signed with another algorithm than they are, a key of that one takes
    /// over. Blocks.
    init(_ store: KeyStore, _ algorithm: JWSAlgorithm, time: TimeSource) throws(AppError) {
        self.store = store
        self.time = time
        let now = time.now()
        let files = store.identity
        var ring = try store.ring(algorithm)
        if ring.signing(at: now)?.algorithm != algorithm {
            ring = try store.changeRing(algorithm) { ring throws(AppError) in
                if ring.signing(at: now)?.algorithm != algorithm { try ring.rotate(algorithm, at: now, immediately: true) }
                return ring
            }
        }
        let state = try Self.state(try store.master(), ring, files, now)
        self.state = Mutex(state)
    }

    /// A verifier for what tokens may be signed with now.
    func verifier() throws(AppError) -> JWTVerifier {
        let ring = state.withLock { $0.ring }
        return JWTVerifier(keys: try ring.verifying(at: time.now()), issuer: AccessClaims.issuer, audience: AccessClaims.issuer)
    }

    /// The master secret as its file says it now, for who cannot wait for the next look. Blocks.
    func storedMaster() throws(AppError) -> MasterSecret { try store.master() }

    /// The public keys, as JSON.
    var published: [UInt8] { state.withLock { $0.published } }

    /// The master secret as the file said last.
    var master: MasterSecret { state.withLock { $0.master } }

    /// What a handler is given under a name.
    func secret(_ name: SecretName) throws(AppError) -> [UInt8] {
        let (master, ring) = state.withLock { ($0.master, $0.ring) }
        switch name {
        case .signingKeys: return try JSON.encode(ring.forSigning(at: time.now()))
        default: return try master.ring(of: name, at: time.now()).encoded
        }
    }

    /// What has changed since the last look.
    struct Change: Sendable, Equatable {
        /// Whether the keys that tokens are verified with are others.
        var verifying = false
        /// Whether one of them is gone, and with it what it signed.
        var forgotten = false
    }

    /// Reads the files again where they have changed. Blocks. Where they cannot be read, what was known stays.
    func look() throws(AppError) -> Change {
        let now = time.now()
        let files = store.identity
        let old = state.withLock { $0 }
        var master = old.master
        var ring = old.ring
        if files != old.files {
            master = try store.master()
            ring = try store.ring(ring.signing(at: now)?.algorithm ?? .rs256)
        }
        let new = try Self.state(master, ring, files, now, old)
        state.withLock { $0 = new }
        return Change(verifying: new.verifying != old.verifying, forgotten: !Set(old.verifying).isSubset(of: new.verifying))
    }

    private static func state(
        _ master: MasterSecret, _ ring: JWTKeyRing, _ files: [String?], _ now: Timestamp, _ old: State? = nil
    ) throws(AppError) -> State {
        let verifying = ring.names(at: now)
        // Reading a key costs some tenths of a millisecond; this is asked each second.
        let published: [UInt8]
        if let old, old.verifying == verifying { published = old.published } else { published = Array(try ring.published(at: now).description.utf8) }
        return State(master: master, ring: ring, files: files, verifying: verifying, published: published)
    }
}
