/// The items of a query, decoded as `application/x-www-form-urlencoded` (WHATWG URL, section 5.1): `+` is a blank, `%` precedes two digits.
struct QueryItems {
    private(set) var items: [(name: String, value: String)] = []

    /// Throws `BAD_REQUEST` where an escape is broken or the text behind it is not UTF-8.
    init(_ query: String) throws(AppError) {
        if query.isEmpty { return }
        var query = query
        items = try query.withUTF8 { bytes in Result { () throws(AppError) in try Self.split(bytes) } }.get()
    }

    private static func split(_ bytes: UnsafeBufferPointer<UInt8>) throws(AppError) -> [(name: String, value: String)] {
        var items: [(name: String, value: String)] = []
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "&")) ?? bytes.count
            if end > start {
                let equals = bytes[start..<end].firstIndex(of: UInt8(ascii: "=")) ?? end
                items.append((try decode(bytes[start..<equals]), try decode(bytes[min(equals + 1, end)..<end])))
            }
            start = end + 1
        }
        return items
    }

    private static func decode(_ text: Slice<UnsafeBufferPointer<UInt8>>) throws(AppError) -> String {
        guard text.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(decoding: UnsafeBufferPointer(rebasing: text), as: UTF8.self)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            switch text[index] {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                let digits = String(decoding: text[(index + 1)...].prefix(2), as: UTF8.self)
                guard let value = Hex.decode(digits), value.count == 1 else {
                    throw AppError(.badRequest, "The query has a % that two hexadecimal digits do not follow")
                }
                bytes.append(value[0])
                index += 2
            case let byte: bytes.append(byte)
            }
            index += 1
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else { throw AppError(.badRequest, "The query is not UTF-8") }
        return decoded
    }
}
