import Kernel
import Postgres

extension PostgresClient.Configuration {
    /// The same database for another role, as a libpq URL (PostgreSQL, "Connection URIs").
    func url(role: String, password: String) -> String {
        var url = "postgres://\(Self.escaped(role)):\(Self.escaped(password))@/\(Self.escaped(database))?host=\(Self.escaped(host))&port=\(port)"
        for (name, value) in parameters.sorted(by: { $0.key < $1.key }) { url += "&\(Self.escaped(name))=\(Self.escaped(value))" }
        return url
    }

    /// Percent-encoded but for the unreserved characters of RFC 3986.
    private static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): bytes.append(byte)
            default: bytes += "%\(Hex.encode([byte]).uppercased())".utf8
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
