/// Names and values as `application/x-www-form-urlencoded` (WHATWG URL section 5), which queries of OAuth are too (RFC 6749 appendix B).
public enum FormEncoding {
    /// `name=value&…` in the given order.
    public static func encode(_ items: [(name: String, value: String)]) -> String {
        items.map { "\(escape($0.name))=\(escape($0.value))" }.joined(separator: "&")
    }

    /// A URL with further query items.
    public static func url(_ base: String, adding items: [(name: String, value: String)]) -> String {
        base + (base.contains("?") ? "&" : "?") + encode(items)
    }

    /// A text with all but unreserved characters (RFC 3986 section 2.3) as percent signs and digits.
    public static func escape(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".unicodeScalars)
        var result = String.UnicodeScalarView()
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"):
                result.append(Unicode.Scalar(byte))
            default: result.append(contentsOf: ["%", digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            }
        }
        return String(result)
    }
}
