public import Kernel
public import Tokens

/// Where a page begins: behind a row, for one tenant and one question. Opaque to clients; one that was changed, or is another's, is refused.
public struct PageCursor: Sendable, Hashable {
    public var time: Timestamp
    public var id: UUID

    public init(time: Timestamp, id: UUID) {
        self.time = time
        self.id = id
    }

    /// Behind everything: the newest row comes next.
    public static let newest = PageCursor(time: Timestamp(seconds: 250_000_000_000), id: .zero)

    private static let bodyBytes = 24
    private static let macBytes = 16

    /// The text for a client. `question` names what is asked, filters included.
    public func text(for question: [String], of tenant: TenantID, keys: SecretRing) -> String {
        let body = self.body
        return Base64.url.encode(body + Self.mac(body, question, tenant, keys.newest))
    }

    /// The cursor in a client's text. Throws `VALIDATION_ERROR` of the field `cursor` for one that was not made for this tenant and question.
    public init(_ text: String, for question: [String], of tenant: TenantID, keys: SecretRing) throws(AppError) {
        guard let bytes = Base64.url.decode(text), bytes.count == Self.bodyBytes + Self.macBytes else { throw Self.refusal }
        let body = Array(bytes[..<Self.bodyBytes])
        // Compared by their hashes, so that time tells nothing.
        let given = SHA256.hash(Array(bytes[Self.bodyBytes...]))
        guard keys.all.contains(where: { SHA256.hash(Self.mac(body, question, tenant, $0)) == given }) else { throw Self.refusal }
        func number(_ start: Int) -> UInt64 { body[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        time = Timestamp(microseconds: Int64(bitPattern: number(0)))
        id = UUID(high: number(8), low: number(16))
    }

    private static let refusal = AppError.invalid("cursor", "expected the cursor of the page before, with the same filters")

    private var body: [UInt8] {
        [UInt64(bitPattern: time.microseconds), id.high, id.low].flatMap { withUnsafeBytes(of: $0.bigEndian) { Array($0) } }
    }

    private static func mac(_ body: [UInt8], _ question: [String], _ tenant: TenantID, _ key: SecretRing.Version) -> [UInt8] {
        var form = CanonicalForm("tenantry audit cursor 1")
        form.add(tenant.uuid)
        for part in question { form.add(part) }
        form.add(body)
        return Array(HMACKey(key.bytes).authenticate(form.bytes).bytes.prefix(macBytes))
    }
}
