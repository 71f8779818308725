public import Kernel

/// Whose object it is, and what it is called. There is no other way to name one, so that no name leads to another tenant or handler.
public struct ObjectPlace: Sendable, Hashable {
    public let tenant: TenantID
    /// The handler's name.
    public let handler: String
    public let name: String

    /// The longest name, in bytes.
    public static let longestName = 200

    /// Throws `VALIDATION_ERROR` for a name that is none: 1 to 200 bytes of letters, digits, `.`, `_`, `-`, in parts with `/` between, none of them empty,
    /// `.` or `..`.
    public init(tenant: TenantID, handler: String, name: String) throws(AppError) {
        guard Self.isName(name) else { throw Self.noName }
        self.tenant = tenant
        self.handler = handler
        self.name = name
    }

    /// What a key is derived for: an object that was moved to another place does not open there.
    var purpose: [UInt8] { Array("tenantry object 1\n\(tenant)\n\(handler)\n\(name)".utf8) }

    static let noName = AppError.invalid(
        "name", "expected 1 to \(longestName) bytes of letters, digits, `.`, `_`, `-`, in parts with `/` between, none of them empty, `.` or `..`")

    static func isName(_ text: String) -> Bool {
        (1...longestName).contains(text.utf8.count) && hasNameBytes(text)
            && text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { part in
                !part.isEmpty && !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8)
            }
    }

    /// Whether a text may begin a name.
    static func isPrefix(_ text: String) -> Bool { text.utf8.count <= longestName && hasNameBytes(text) }

    private static func hasNameBytes(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "/"):
                true
            default: false
            }
        }
    }
}

/// One object, whole.
public struct ObjectRecord: Sendable, Hashable {
    public let name: String
    /// In bytes, as they were before they were sealed.
    public let size: Int
    /// 32 bytes, of all of it.
    public let sha256: [UInt8]
    /// Another one each time that it is put.
    public let etag: String
    public let madeAt: Timestamp
}
