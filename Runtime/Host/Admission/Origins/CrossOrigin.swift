import Wire

/// Which web pages of other origins may call (WHATWG Fetch, "CORS protocol"). An origin that is not listed is never repeated.
struct CrossOrigin: Sendable {
    private let origins: Set<String>
    /// `*`: any page, without credentials.
    private let any: Bool

    /// Origins such as `https://app.example.com`, or `*`.
    init(_ origins: [String]) {
        any = origins.contains("*")
        self.origins = Set(origins.filter { $0 != "*" })
    }

    var isEmpty: Bool { origins.isEmpty && !any }

    /// Whether an origin is named, so that its pages may call with credentials.
    func lists(_ origin: String) -> Bool { origins.contains(origin) }

    /// The lines of an answer to a page of that origin.
    func lines(_ origin: String?) -> [HeaderField] {
        guard let origin, !isEmpty else { return [] }
        if origins.contains(origin) {
            return [HeaderField(name: "access-control-allow-origin", value: origin)] + Self.named
        }
        return any ? [HeaderField(name: "access-control-allow-origin", value: "*"), Self.exposed] : []
    }

    /// What a page is told that asks before it calls; empty where it may not.
    func preflight(_ origin: String?, methods: [String]) -> [HeaderField] {
        guard let origin, any || origins.contains(origin) else { return [] }
        return [
            HeaderField(name: "access-control-allow-methods", value: methods.joined(separator: ", ")),
            HeaderField(name: "access-control-allow-headers", value: Self.requestHeaders), HeaderField(name: "access-control-max-age", value: "600"),
        ]
    }

    private static let named = [HeaderField(name: "access-control-allow-credentials", value: "true"), exposed]
    private static let exposed = HeaderField(
        name: "access-control-expose-headers",
        value: "x-request-id, x-process-time, server-timing, retry-after, ratelimit, ratelimit-policy, location, upload-offset, upload-length, "
            + "upload-expires, tus-resumable, tus-version, tus-extension, tus-max-size, tus-checksum-algorithm")
    private static let requestHeaders =
        "authorization, content-type, content-disposition, idempotency-key, if-match, if-none-match, last-event-id, range, x-csrf-token, "
        + "x-request-id, tus-resumable, upload-length, upload-offset, upload-metadata, upload-checksum, x-http-method-override"
}
