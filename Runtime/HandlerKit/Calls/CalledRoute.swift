import Wire

/// A route of another handler with its parameters filled in: what goes over the wire.
struct CalledRoute: Sendable, Hashable {
    /// Upper case.
    let method: String
    /// With its parameters' values percent-encoded.
    let path: String
    /// Without the question mark.
    let query: String

    /// Reads `GET /businesses/{business_id}` and fills the braces. Throws `INTERNAL_ERROR` naming what does not fit.
    init(_ route: String, _ parameters: some Collection<(key: String, value: String)>, query: some Collection<(key: String, value: String)>)
        throws(AppError)
    {
        func refuse(_ why: String) -> AppError { AppError(.internalError, detail: "the call of \(route) \(why)") }
        let parts = route.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(String(parts[0])), parts[1].hasPrefix("/") else {
            throw refuse("names no method and path; expected the form `GET /businesses/{business_id}`")
        }
        method = String(parts[0])
        var unused = parameters.map(\.key)
        var path = ""
        for segment in parts[1].dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            path += "/"
            guard segment.hasPrefix("{"), segment.hasSuffix("}") else {
                path += segment
                continue
            }
            let name = segment.dropFirst().dropLast()
            guard let value = parameters.first(where: { $0.key == name })?.value else { throw refuse("has no value for \(segment)") }
            guard !value.isEmpty, value != ".", value != ".." else { throw refuse("has the value `\(value)` for \(segment)") }
            path += Self.encoded(value)
            unused.removeAll { $0 == name }
        }
        if let name = unused.first { throw refuse("has a value for {\(name)}, which its path does not have") }
        self.path = path
        self.query = query.map { "\(Self.encoded($0.key))=\(Self.encoded($0.value))" }.joined(separator: "&")
    }

    /// The gateway's own answer with a tenant's data keys.
    init(keysOf tenant: TenantID) {
        method = NestedCall.keysMethod
        path = NestedCall.keysPath + tenant.description
        query = ""
    }

    /// Everything but the unreserved characters of RFC 3986 section 2.3 as `%` and two digits.
    private static func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes.append(contentsOf: "%\(Hex.encode([byte]).uppercased())".utf8)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
