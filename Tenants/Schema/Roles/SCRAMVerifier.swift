import Tokens

/// What the server keeps of a password (RFC 5803, SCRAM-SHA-256), made here so that the password itself never reaches the server or its log.
struct SCRAMVerifier: CustomStringConvertible {
    /// PostgreSQL's own number of rounds.
    static let rounds = 4096
    let description: String

    /// Passwords are ASCII here, so that SASLprep (RFC 4013) leaves them as they are.
    init(password: String, salt: [UInt8] = SecureRandom.bytes(16), rounds: Int = rounds) {
        let salted = Self.derive(password, salt, rounds)
        let key = HMACKey(salted)
        let stored = SHA256.hash(key.authenticate(Array("Client Key".utf8)).bytes).bytes
        let server = key.authenticate(Array("Server Key".utf8)).bytes
        func base64(_ bytes: [UInt8]) -> String {
            let text = Base64.standard.encode(bytes)
            return text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        }
        description = "SCRAM-SHA-256$\(rounds):\(base64(salt))$\(base64(stored)):\(base64(server))"
    }

    /// PBKDF2 with HMAC-SHA-256 (RFC 8018 section 5.2), one block.
    private static func derive(_ password: String, _ salt: [UInt8], _ rounds: Int) -> [UInt8] {
        let key = HMACKey(Array(password.utf8))
        var block = key.authenticate(salt + [0, 0, 0, 1]).bytes
        var result = block
        for _ in 1..<rounds {
            block = key.authenticate(block).bytes
            for index in result.indices { result[index] ^= block[index] }
        }
        return result
    }
}
