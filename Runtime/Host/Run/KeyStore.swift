import Kernel
import Tokens

/// The keys of this installation that are not the database's.
enum KeyStore {
    /// The key that access tokens are signed with, in `keys/jwt.pem`; made where there is none. Blocks.
    static func jwt(home: String) throws(AppError) -> RSAKey {
        let path = "\(home)/keys/jwt.pem"
        if !File.exists(path) {
            try File.makeFolder("\(home)/keys")
            try File.write(Array(RSAKey.generate().privatePEM.utf8), to: path)
        }
        return try RSAKey(privatePEM: String(decoding: try File.read(path), as: UTF8.self))
    }
}
