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
    private let jwt: RSAKey
    private let master: MasterSecret
    private let time: TimeSource
    private let passwords: Mutex<[String: String]>
    private let known = Mutex<[Manifest: Start]>([:])

    init(_ settings: HostSettings, _ base: PostgresClient.Configuration, _ jwt: RSAKey, _ master: MasterSecret, time: TimeSource) {
        self.settings = settings
        self.base = base
        self.jwt = jwt
        self.master = master
        self.time = time
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
        var secrets: [Start.Secret] = []
        for name in manifest.secrets {
            guard let known = SecretName(rawValue: name) else {
                let names = SecretName.allCases.map(\.rawValue).joined(separator: ", ")
                throw AppError(.validation, "\(manifest.folder)/\(Manifest.fileName): no secret is called `\(name)`; known are \(names)")
            }
            secrets.append(Start.Secret(name: name, value: try value(of: known)))
        }
        var told = settings
        told.passwords = passwords.withLock { $0 }
        let greeting = Start(
            handler: manifest.name, databaseURL: base.url(role: role, password: try told.password(of: role)),
            connections: UInt16(manifest.connections), concurrency: UInt16(manifest.concurrency), secrets: secrets, logLevel: settings.logLevel)
        known.withLock { $0[manifest] = greeting }
    }

    private func value(of name: SecretName) throws(AppError) -> [UInt8] {
        switch name {
        case .signingKeys: Array(jwt.privatePEM.utf8)
        default: try master.ring(of: name, at: time.now()).encoded
        }
    }

    /// The greeting of a manifest that was prepared.
    func greeting(_ manifest: Manifest) -> Start { known.withLock { $0[manifest] }! }

    /// Greetings of versions that nobody runs any more are dropped.
    func keep(_ manifests: [Manifest]) { known.withLock { known in known = known.filter { manifests.contains($0.key) } } }
}
