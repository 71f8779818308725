import Glibc
import Kernel

/// A certificate of one name, its own authority, in files that go with the test. Made by `openssl`.
final class Certificate: Sendable {
    let path: String
    let keyPath: String
    let pem: String

    /// Blocks.
    init(names: String = "IP:127.0.0.1") throws {
        let base = "/tmp/tenantry-certificate-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        path = "\(base).pem"
        keyPath = "\(base).key"
        let command =
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test -addext subjectAltName=\(names) -keyout \(keyPath) -out \(path) 2>/dev/null"
        guard system(command) == 0 else { throw AppError(.internalError, "openssl made no certificate") }
        pem = String(decoding: try File.read(path), as: UTF8.self)
    }

    deinit {
        unlink(path)
        unlink(keyPath)
    }
}
