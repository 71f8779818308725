import Kernel
import Manifest
import Postgres
import Synchronization
import Tokens
import Wire

/// What each handler's processes are told first: its database with its own role, and the secrets that its manifest names.
final class Greetings: Sendable {
    private let settings: HostSettings
    private let base: PostgresClient.Configuration
    private let keys: InstallationKeys
    private let passwords: Mutex<[String: String]>
    private let known = Mutex<[Manifest: Start]>([:])

    init(_ settings: HostSettings, _ base: PostgresClient.Configuration, _ keys: InstallationKeys) {
        self.settings = settings
        self.base = base
        self.keys = keys
        passwords = Mutex(settings.passwords)
    }

    /// Reads the passwords again, where that can be done. Blocks.
    func refresh() throws {
        guard let read = settings.readPasswords else { return }
        let found = try read()
        passwords.withLock { $0 = found }
    }

    /// Puts a handler's greeting together. Throws where a secret or the role's password is not known.
    func prepare(_ manifest: Manifest) throws(AppError) {
        let role = "\(settings.rolePrefix)_h_\(manifest.name)"
        let secrets = try secrets(of: manifest)
        var told = settings
        told.passwords = passwords.withLock { $0 }
        let greeting = Start(
            handler: manifest.name, databaseURL: base.url(role: role, password: try told.password(of: role)),
            connections: UInt16(manifest.connections), concurrency: UInt16(manifest.concurrency), secrets: secrets, logLevel: settings.logLevel)
        known.withLock { $0[manifest] = greeting }
    }

    /// What the manifest's `secrets` name, as it is now.
    private func secrets(of manifest: Manifest) throws(AppError) -> [Start.Secret] {
        var secrets: [Start.Secret] = []
        for name in manifest.secrets {
            guard let known = SecretName(rawValue: name) else {
                let names = SecretName.allCases.map(\.rawValue).joined(separator: ", ")
                throw AppError(.validation, "\(manifest.folder)/\(Manifest.fileName): no secret is called `\(name)`; known are \(names)")
            }
            secrets.append(Start.Secret(name: name, value: try value(of: known)))
        }
        return secrets
    }

    private func value(of name: SecretName) throws(AppError) -> [UInt8] {
        switch name {
        case .mailSettings: try settings.outside.mail(settings.ownAddress)
        case .federationSettings: try settings.outside.federation(settings.ownAddress)
        case .billingSettings: try settings.outside.billing(settings.ownAddress)
        case .sourceSettings: try settings.outside.sources(settings.ownAddress)
        case .outboundSettings: try JSON.encode(settings.outside.outbound)
        default: try keys.secret(name)
        }
    }

    /// Tells the secrets that a handler is given now from those before; nil where it is given none, or some that nobody knows.
    func mark(of manifest: Manifest) -> Digest? {
        guard !manifest.secrets.isEmpty, let secrets = try? secrets(of: manifest) else { return nil }
        return SHA256.hash(secrets.flatMap { SHA256.hash($0.name).bytes + SHA256.hash($0.value).bytes })
    }

    /// The greeting of a manifest that was prepared.
    func greeting(_ manifest: Manifest) -> Start { known.withLock { $0[manifest] }! }

    /// Greetings of versions that nobody runs any more are dropped.
    func keep(_ manifests: [Manifest]) { known.withLock { known in known = known.filter { manifests.contains($0.key) } } }
}
