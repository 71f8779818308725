import Kernel

/// The id under which a request is found in the log and in the answer's `X-Request-ID`.
enum RequestID {
    /// A client's id is taken over where it is 1 to 64 of letters, digits, `-`, `_`, `.`, `:`.
    static func accepted(_ text: String?) -> String? {
        guard let text, (1...64).contains(text.utf8.count) else { return nil }
        let plain = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"): true
            default: false
            }
        }
        return plain ? text : nil
    }
}
