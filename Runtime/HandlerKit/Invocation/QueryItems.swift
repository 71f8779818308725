/// The items of a query, decoded as `application/x-www-form-urlencoded` (WHATWG URL, section 5.1): `+` is a blank, `%` precedes two digits.
struct QueryItems {
    let items: [(name: String, value: String)]

    /// Throws `BAD_REQUEST` where an escape is broken or the text behind it is not UTF-8.
    init(_ query: String) throws(AppError) {
        var items: [(name: String, value: String)] = []
        for part in query.utf8.split(separator: UInt8(ascii: "&")) {
            let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            items.append((try Self.decode(part[..<equals]), try Self.decode(part[equals...].dropFirst())))
        }
        self.items = items
    }

    private static func decode(_ text: Substring.UTF8View) throws(AppError) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let value = Hex.decode(Substring(rest.prefix(2))), value.count == 1 else {
                    throw AppError(.badRequest, "The query has a % that two hexadecimal digits do not follow")
                }
                bytes.append(value[0])
                rest = rest.dropFirst(2)
            default: bytes.append(byte)
            }
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else { throw AppError(.badRequest, "The query is not UTF-8") }
        return decoded
    }
}
