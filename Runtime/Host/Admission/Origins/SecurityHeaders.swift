import Wire

/// The lines that tell browsers what an answer of an API may be used for. One place for every way of writing an answer.
///
/// - `X-Content-Type-Options: nosniff`: an upload that is shown is never taken for a script.
/// - `Content-Security-Policy`: an answer that is opened as a page runs nothing and is framed nowhere.
/// - `Referrer-Policy`, `Cross-Origin-Resource-Policy`: addresses and answers stay with their origin.
/// - `Strict-Transport-Security` over TLS alone; over plain HTTP it must be ignored (RFC 6797 section 8.1).
/// - `Cache-Control: no-store` where the answer says nothing of its own: nearly all belong to one tenant.
///
/// A handler's own line of one of these names is kept instead.
struct SecurityHeaders: Sendable {
    /// The lines for HTTP/2, and for an answer that brings some of its own.
    let fields: [HeaderField]
    let secureFields: [HeaderField]
    /// The same as bytes of HTTP/1.1.
    private let plain: [UInt8]
    private let secure: [UInt8]

    /// `varies`: answers depend on the `Origin` line.
    init(varies: Bool = false) {
        var fields = [
            HeaderField(name: "x-content-type-options", value: "nosniff"), HeaderField(name: "referrer-policy", value: "no-referrer"),
            HeaderField(name: "content-security-policy", value: "default-src 'none'; frame-ancestors 'none'"),
            HeaderField(name: "cross-origin-resource-policy", value: "same-origin"), HeaderField(name: "cache-control", value: "no-store"),
        ]
        if varies { fields.append(HeaderField(name: "vary", value: "origin")) }
        self.fields = fields
        secureFields = fields + [HeaderField(name: "strict-transport-security", value: "max-age=31536000; includeSubDomains")]
        plain = Self.bytes(fields)
        secure = Self.bytes(secureFields)
    }

    /// The bytes to put behind an answer's own lines.
    func bytes(beside own: [HeaderField], isSecure: Bool) -> [UInt8] {
        guard own.contains(where: Self.isOne) else { return isSecure ? secure : plain }
        return Self.bytes(fields(beside: own, isSecure: isSecure))
    }

    /// The lines to put behind an answer's own.
    func fields(beside own: [HeaderField], isSecure: Bool) -> [HeaderField] {
        let all = isSecure ? secureFields : fields
        guard own.contains(where: Self.isOne) else { return all }
        return all.filter { field in field.name == "vary" || !own.contains { $0.name == field.name } }
    }

    /// Names that an answer may bring itself, told apart by their length first.
    private static func isOne(_ field: HeaderField) -> Bool {
        switch field.name.utf8.count {
        case 13: field.name == "cache-control"
        case 15: field.name == "referrer-policy"
        case 22: field.name == "x-content-type-options"
        case 23: field.name == "content-security-policy"
        case 25: field.name == "strict-transport-security"
        case 28: field.name == "cross-origin-resource-policy"
        default: false
        }
    }

    private static func bytes(_ fields: [HeaderField]) -> [UInt8] { Array(fields.map { "\($0.name): \($0.value)\r\n" }.joined().utf8) }
}
