import Reactor
import ServiceLifecycle

/// Looks every few seconds whether the certificate's files were replaced.
struct CertificateService: Service {
    let certificates: Certificates

    static let interval: Duration = .seconds(2)

    func run() async throws {
        let pool = BlockingPool(threads: 1, name: "certificates")
        await cancelWhenGracefulShutdown {
            while await pause(for: Self.interval) { try? await pool.run { certificates.reload() } }
        }
    }
}
