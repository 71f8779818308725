import Kernel
import Logging
import NIOSSL
import Synchronization

/// The certificate that the gateway shows, read from files that may be replaced while it runs.
final class Certificates: Sendable {
    /// What a file was when it was last read.
    private struct Mark: Equatable {
        var certificate: [UInt8]
        var key: [UInt8]
    }

    private let files: TLSFiles
    private let current: Mutex<NIOSSLContext>
    private let mark: Mutex<Mark>
    private let logger: Logger

    /// Reads the files. Blocks. Throws `VALIDATION_ERROR` that names the setting at fault.
    init(_ files: TLSFiles, logger: Logger) throws(AppError) {
        self.files = files
        self.logger = logger
        let mark = try Self.read(files)
        self.mark = Mutex(mark)
        current = Mutex(try Self.context(mark, files))
    }

    /// For the next connection.
    var context: NIOSSLContext { current.withLock { $0 } }

    /// Reads the files again and takes them where they changed and are sound; connections that stand keep what they have. Blocks.
    func reload() {
        do throws(AppError) {
            let fresh = try Self.read(files)
            guard fresh != mark.withLock({ $0 }) else { return }
            let context = try Self.context(fresh, files)
            current.withLock { $0 = context }
            mark.withLock { $0 = fresh }
            logger.notice("the certificate was replaced", metadata: .keys([.path: "\(files.certificate)"]))
        } catch {
            logger.error("the certificate could not be read again; the old one stays", metadata: .keys([.error: "\(String(reflecting: error))"]))
        }
    }

    private static func read(_ files: TLSFiles) throws(AppError) -> Mark {
        func bytes(_ path: String, _ name: String) throws(AppError) -> [UInt8] {
            do throws(AppError) {
                return try File.read(path)
            } catch { throw AppError.invalid(name, "cannot read \(path): \(error.message)") }
        }
        return Mark(
            certificate: try bytes(files.certificate, "TENANTRY_TLS_CERTIFICATE"), key: try bytes(files.key, "TENANTRY_TLS_KEY"))
    }

    /// TLS 1.3 alone, HTTP/2 before HTTP/1.1.
    private static func context(_ mark: Mark, _ files: TLSFiles) throws(AppError) -> NIOSSLContext {
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMBytes(mark.certificate)
        } catch { throw AppError.invalid("TENANTRY_TLS_CERTIFICATE", "\(files.certificate) holds no certificate in PEM") }
        guard !chain.isEmpty else { throw AppError.invalid("TENANTRY_TLS_CERTIFICATE", "\(files.certificate) holds no certificate in PEM") }
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(bytes: mark.key, format: .pem)
        } catch { throw AppError.invalid("TENANTRY_TLS_KEY", "\(files.key) holds no private key in PEM without a password") }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv13
        configuration.applicationProtocols = ["h2", "http/1.1"]
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch { throw AppError.invalid("TENANTRY_TLS_KEY", "\(files.key) is not the key of \(files.certificate)") }
    }
}

/// Where certificate chain and private key lie, both in PEM.
public struct TLSFiles: Sendable, Hashable {
    public var certificate: String
    public var key: String

    /// Paths; `key` must not have a password.
    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }
}
