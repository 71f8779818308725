import Kernel
import Logging
import Reactor
import ServiceLifecycle

/// Takes up rotated keys while the gateway runs: looks at their files once a second. Handlers that are given other secrets are replaced.
struct KeyService: Service {
    let keys: InstallationKeys
    let authenticator: Authenticator
    let logger: Logger
    private let pool = BlockingPool(threads: 1, name: "keys")

    init(keys: InstallationKeys, authenticator: Authenticator, logger: Logger) {
        self.keys = keys
        self.authenticator = authenticator
        self.logger = logger
    }

    /// How often it looks.
    static let look: Duration = .seconds(1)

    func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask { await look() }
            try? await gracefulShutdown()
            group.cancelAll()
        }
    }

    private func look() async {
        var noted = ""
        while await pause(for: Self.look) {
            do {
                let change = try await pool.run { [keys] in try keys.look() }
                noted = ""
                guard change.verifying else { continue }
                authenticator.trust(try keys.verifier(), forgetting: change.forgotten)
                logger.notice("other keys verify access tokens")
            } catch {
                let text = String(reflecting: error)
                if text != noted { logger.error("the keys could not be read again; those before stay", metadata: .keys([.error: "\(text)"])) }
                noted = text
            }
        }
    }
}
