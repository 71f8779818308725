public import Kernel
public import Tokens

/// Wraps tenants' data keys and unwraps them: with the installation's master secret, or with a key that only a command reaches.
///
/// What was wrapped opens for the same tenant and version of its key only. Where a command is set it wraps all that is new; what the master secret has
/// wrapped before still opens. Everything here blocks where a command is asked.
public struct MasterKey: Sendable {
    /// Which data key it is about.
    struct Name: Sendable, Hashable {
        let tenant: TenantID
        let version: Int
    }

    /// A data key as it is stored.
    struct Wrapped: Sendable, Hashable {
        var bytes: [UInt8]
        /// Names the version of the master key, in the words of who holds it.
        var master: String
    }

    private static let filePrefix = "file:"

    private let secret: @Sendable () throws(AppError) -> MasterSecret
    private let stored: (@Sendable () throws(AppError) -> MasterSecret)?
    private let command: MasterKeyCommand?
    private let time: TimeSource

    /// The master secret as it is remembered, and the command in whose hands the master key is instead; nil: there is none.
    ///
    /// `stored` reads the secret anew, for a key that a version wraps which is not remembered yet; nil: `secret` reads it each time.
    public init(
        command: MasterKeyCommand? = nil, time: TimeSource = .system, stored: (@Sendable () throws(AppError) -> MasterSecret)? = nil,
        secret: @escaping @Sendable () throws(AppError) -> MasterSecret
    ) {
        self.secret = secret
        self.stored = stored
        self.command = command
        self.time = time
    }

    /// How a version of the master secret is named in the database.
    static func name(of version: Int) -> String { "\(filePrefix)\(version)" }

    /// Whether other programs are asked, so that it takes long.
    var isCommand: Bool { command != nil }

    /// Whether a program or a file is asked for one of these.
    func waits(for wrapped: [Wrapped]) throws(AppError) -> Bool {
        if isCommand { return true }
        let known = Set(try ring().all.map { Self.name(of: $0.id) })
        return wrapped.contains { !known.contains($0.master) }
    }

    /// Names the version that wraps now. Throws `UNAVAILABLE` where the command does not say.
    func current() throws(AppError) -> String {
        if let command { return try command.current() }
        return Self.name(of: try ring().newest.id)
    }

    /// Throws `UNAVAILABLE` where the command fails.
    func wrap(_ key: [UInt8], _ name: Name) throws(AppError) -> Wrapped {
        if let command { return try command.wrap(key, name) }
        let ring = try ring()
        return Wrapped(bytes: try SealingRing(ring).seal(key, for: Self.associated(name)), master: Self.name(of: ring.newest.id))
    }

    /// Throws `FORBIDDEN` where it was changed, is another tenant's, or its master key is no more; `UNAVAILABLE` where the command fails.
    func unwrap(_ wrapped: Wrapped, _ name: Name) throws(AppError) -> [UInt8] {
        let key: [UInt8]
        if wrapped.master.hasPrefix(Self.filePrefix) {
            key = try SealingRing(try ring(for: wrapped)).open(wrapped.bytes, for: Self.associated(name))
        } else {
            guard let command else {
                throw AppError(.unavailable, "a data key is wrapped by \(wrapped.master), but TENANTRY_MASTER_KEY_COMMAND is not set")
            }
            key = try command.unwrap(wrapped, name)
        }
        guard key.count == 32 else { throw AppError(.internalError, detail: "a data key of \(key.count) bytes, expected 32") }
        return key
    }

    private func ring() throws(AppError) -> SecretRing { try secret().dataKeyRing(at: time.now()) }

    /// The versions remembered, or those of the file where the one in question was made a moment ago.
    private func ring(for wrapped: Wrapped) throws(AppError) -> SecretRing {
        let known = try ring()
        guard let stored, !known.all.contains(where: { Self.name(of: $0.id) == wrapped.master }) else { return known }
        return try stored().dataKeyRing(at: time.now())
    }

    private static func associated(_ name: Name) -> [UInt8] { Array("tenant data key\n\(name.tenant)\n\(name.version)".utf8) }
}
