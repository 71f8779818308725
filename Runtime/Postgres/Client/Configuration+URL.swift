import Kernel

extension PostgresClient.Configuration {
    /// Reads `postgres://user:password@host:port/database?name=value` (PostgreSQL, "Connection URIs"); `host` and `port` may be given as parameters
    /// too, which is how a Unix socket's directory is named. Percent-encoding is decoded.
    ///
    /// `user` signs in where the URL names nobody; without it such a URL is refused. Throws `configuration` with what is wrong, without the password.
    public init(url: String, user otherwise: String? = nil) throws(PostgresError) {
        func refuse(_ why: String) -> PostgresError { PostgresError(.configuration, detail: "the database URL \(why)") }
        guard let scheme = ["postgres://", "postgresql://"].first(where: url.hasPrefix) else {
            throw refuse("must begin with postgres://")
        }
        let parts = url.dropFirst(scheme.count).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let place = parts[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        var authority = place[0]
        var (user, password): (String?, String?) = (nil, nil)
        if let at = authority.lastIndex(of: "@") {
            let login = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            authority = authority[authority.index(after: at)...]
            user = try Self.decoded(login[0])
            if login.count > 1 { password = try Self.decoded(login[1]) }
        }
        var (host, port) = try Self.hostAndPort(authority)
        var database = place.count > 1 ? try Self.decoded(place[1]) : ""
        var parameters: [String: String] = [:]
        for item in parts.count > 1 ? parts[1].split(separator: "&") : [] {
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else { throw refuse("has the parameter \(pair[0]) without a value") }
            let value = try Self.decoded(pair[1])
            switch pair[0] {
            case "host": host = value
            case "port": port = value
            case "user": user = value
            case "password": password = value
            case "dbname": database = value
            default: parameters[String(pair[0])] = value
            }
        }
        if user?.isEmpty ?? true { user = otherwise }
        guard let user else { throw refuse("names no user") }
        guard let number = Int(port.isEmpty ? "5432" : port), (1...65535).contains(number) else {
            throw refuse("has the port \(port); expected one number from 1 to 65535")
        }
        guard !host.contains(",") else { throw refuse("names several hosts; expected one") }
        self.init(
            host: host.isEmpty ? "/var/run/postgresql" : host, port: number, user: user, password: password,
            database: database.isEmpty ? user : database)
        self.parameters = parameters
        if let name = self.parameters.removeValue(forKey: "application_name") { applicationName = name }
    }

    private static func hostAndPort(_ text: Substring) throws(PostgresError) -> (String, String) {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else {
                throw PostgresError(.configuration, detail: "the database URL has an address without the closing ]")
            }
            return (String(text[text.index(after: text.startIndex)..<end]), String(text[text.index(after: end)...].drop { $0 == ":" }))
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return (try decoded(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }

    private static func decoded(_ text: Substring) throws(PostgresError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let value = Hex.decode(String(decoding: rest.prefix(2), as: UTF8.self)), value.count == 1 else {
                throw PostgresError(.configuration, detail: "the database URL has a % that two hexadecimal digits do not follow")
            }
            bytes.append(value[0])
            rest = rest.dropFirst(2)
        }
        guard !bytes.contains(0), let decoded = String(validating: bytes, as: UTF8.self) else {
            throw PostgresError(.configuration, detail: "the database URL does not decode to UTF-8")
        }
        return decoded
    }
}
