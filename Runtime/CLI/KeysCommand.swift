import ArgumentParser
import Host
import Kernel
import Tokens

struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "List, rotate and retire the keys of this installation.",
        discussion:
            "They lie in keys/ of TENANTRY_HOME, made by the first start; run this as the gateway's user. Running gateways see a change within a second; nobody is signed out by a rotation.",
        subcommands: [List.self, Rotate.self, Retire.self, DataKeysCommand.self])

    /// What a key is for.
    enum Kind: String, ExpressibleByArgument, CaseIterable, Encodable {
        /// Signs access tokens.
        case jwt
        /// What all of the handlers' other secrets are derived from.
        case master
    }

    /// One key as it is shown.
    struct Shown: Encodable {
        let kind: Kind
        let id: String
        let algorithm: String
        let state: String
        let createdAt: Timestamp
        var signsFrom: Timestamp?
        var verifiesUntil: Timestamp?

        enum CodingKeys: String, CodingKey {
            case kind, id, algorithm, state
            case createdAt = "created_at"
            case signsFrom = "signs_from"
            case verifiesUntil = "verifies_until"
        }

        init(_ key: JWTKeyRing.Key, of ring: JWTKeyRing, at now: Timestamp) {
            kind = .jwt
            id = key.id
            algorithm = key.algorithm.rawValue
            state = ring.state(of: key, at: now).rawValue
            createdAt = key.createdAt
            signsFrom = key.signsFrom
            verifiesUntil = ring.end(of: key)
        }

        init(_ version: MasterSecret.Version, of master: MasterSecret, at now: Timestamp) {
            kind = .master
            id = "\(version.id)"
            algorithm = "HKDF-SHA256"
            let used = master.used(at: now)
            state = version.id == used ? "used" : version.id > used ? "announced" : "kept"
            createdAt = version.createdAt
        }

        var row: [String] {
            [kind.rawValue, id, algorithm, state, createdAt.description, signsFrom?.description ?? "-", verifiesUntil?.description ?? "-"]
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the keys and what each does now. Shows no secret.")
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                let (ring, master) = try KeyStore(home: try Settings().home).known()
                let now = TimeSource.system.now()
                var shown: [Shown] = []
                if let ring { shown += ring.keys.map { Shown($0, of: ring, at: now) } }
                if let master { shown += master.versions.map { Shown($0, of: master, at: now) } }
                let head = ["kind", "id", "algorithm", "state", "created_at", "signs_from", "verifies_until"]
                try output.show(shown, lines: Output.table([head] + shown.map(\.row)))
            }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let the next key take over.",
            discussion: """
                jwt: the key that stands by signs from now on, or five minutes after it was made if that is later; the one before verifies until its last \
                token has ended. TENANTRY_JWT_ALGORITHM says for which algorithm the new ones are. master: a new version is used a minute from now; \
                what older ones sealed stays readable.
                """)
        @Argument(help: "jwt or master.") var kind: Kind = .jwt
        @Flag(help: "jwt: do not wait until others who keep the public keys can know the next one.") var now = false
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                let settings = try Settings()
                let store = KeyStore(home: settings.home)
                let time = TimeSource.system.now()
                let shown: Shown
                switch kind {
                case .jwt:
                    shown = try store.changeRing(settings.tokenAlgorithm) { ring throws(AppError) in
                        Shown(try ring.rotate(settings.tokenAlgorithm, at: time, immediately: now), of: ring, at: time)
                    }
                case .master:
                    shown = try store.changeMaster { master throws(AppError) in
                        _ = master.rotate(at: time)
                        return Shown(master.versions[0], of: master, at: time)
                    }
                }
                try output.show(shown, lines: ["\(shown.kind.rawValue) \(shown.id) is \(shown.state)"])
            }
        }
    }

    struct Retire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget a key that leaked, and with it all that it signed or sealed, at once.",
            discussion:
                "The key that is in use is rotated first. Tokens that a retired key signed are refused within a second. An id that begins with a dash stands behind --."
        )
        @Argument(help: "The key's id, as `keys list` shows it.") var id: String
        @Option(help: "jwt or master.") var kind: Kind = .jwt
        @Flag(help: "master: what the version sealed can never be opened again, and that is meant.") var loseSealed = false
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                let settings = try Settings()
                let store = KeyStore(home: settings.home)
                let time = TimeSource.system.now()
                switch kind {
                case .jwt: try store.changeRing(settings.tokenAlgorithm) { ring throws(AppError) in _ = try ring.retire(id, at: time) }
                case .master:
                    guard let number = Int(id) else { throw AppError.invalid("id", "expected the number of a version; got \(id)") }
                    guard loseSealed else {
                        throw AppError.invalid("--lose-sealed", "say it: what version \(number) sealed can never be opened again")
                    }
                    try await DataKeysCommand.checkUnused(version: number, settings)
                    try store.changeMaster { master throws(AppError) in try master.retire(number, at: time) }
                }
                try output.show(["kind": kind.rawValue, "id": id, "state": "retired"], lines: ["\(kind.rawValue) \(id) is forgotten"])
            }
        }
    }
}
