public import Kernel
import Tokens

/// Passwords of database roles, in a file that only its owner may read. Never printed.
///
/// The file is JSON: `{"passwords": {"tenantry_host": "…", "tenantry_h_auth": "…"}}`.
public struct Credentials: Sendable, Codable {
    /// By the role's whole name.
    public private(set) var passwords: [String: String]

    public init(passwords: [String: String] = [:]) { self.passwords = passwords }

    /// What the gateway needs: its own password and the handlers'.
    public static func hostFile(home: String) -> String { "\(home)/credentials/host.json" }
    /// What administration needs: admin, migrator, backup.
    public static func adminFile(home: String) -> String { "\(home)/credentials/admin.json" }

    /// The passwords of a file; none where there is no file yet.
    public static func load(_ path: String) throws(AppError) -> Credentials {
        guard File.exists(path) else { return Credentials() }
        return try JSON.decode(Credentials.self, from: try JSON.read(try File.read(path)))
    }

    /// Writes the file, readable by its owner alone.
    public func save(_ path: String) throws(AppError) {
        if let slash = path.lastIndex(of: "/") { try File.makeFolder(String(path[..<slash])) }
        try File.write(try JSON.encode(self), to: path)
    }

    /// Lets go of a role that is no more.
    public mutating func forget(_ role: String) { passwords[role] = nil }

    /// The password of a role, made now (192 random bits) where it has none.
    public mutating func password(of role: String) -> String {
        if let known = passwords[role] { return known }
        let fresh = Base64.url.encode(SecureRandom.bytes(24))
        passwords[role] = fresh
        return fresh
    }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible {
    /// The roles, never their passwords.
    public var description: String { "Credentials(\(passwords.keys.sorted().joined(separator: ", ")))" }
    public var debugDescription: String { description }
}
