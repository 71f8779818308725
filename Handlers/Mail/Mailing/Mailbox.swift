public import HandlerKit

/// One mail address, with or without a name (RFC 5322 section 3.4; RFC 6532 for letters beyond ASCII). Quoted local parts, comments, routes and lists
/// are refused, as is everything that could end a line or begin another address.
public struct Mailbox: Sendable, Hashable {
    /// What a mail program shows; empty for none.
    public let name: String
    /// `local@domain`.
    public let address: String
    /// Where the domain begins.
    private let at: String.Index

    /// An address without a name. Throws `VALIDATION_ERROR` that says what is wrong; `field` names it there.
    public init(address: String, field: String = "email") throws(AppError) {
        try self.init(name: "", address: address, field: field)
    }

    /// `local@domain` or `Name <local@domain>`, as settings give it. Throws `VALIDATION_ERROR` that says what is wrong.
    public init(_ text: String, field: String) throws(AppError) {
        guard text.hasSuffix(">"), let bracket = text.firstIndex(of: "<") else {
            try self.init(name: "", address: text, field: field)
            return
        }
        var name = text[..<bracket]
        while name.last == " " { name.removeLast() }
        if name.first == "\"", name.last == "\"", name.count > 1 { name = name.dropFirst().dropLast() }
        try self.init(name: String(name), address: String(text[text.index(after: bracket)...].dropLast()), field: field)
    }

    private init(name: String, address: String, field: String) throws(AppError) {
        guard let at = address.lastIndex(of: "@") else { throw AppError.invalid(field, "expected an e-mail address such as name@example.com") }
        let local = address[..<at]
        let domain = address[address.index(after: at)...]
        guard (1...64).contains(local.utf8.count), (1...253).contains(domain.utf8.count) else {
            throw AppError.invalid(field, "expected at most 64 bytes before the @ and 253 behind it")
        }
        guard Self.isDotAtom(local) else {
            throw AppError.invalid(field, "expected letters, digits, . and !#$%&'*+-/=?^_`{|}~ before the @")
        }
        guard domain.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(Self.isLabel) else {
            throw AppError.invalid(field, "expected a domain such as example.com behind the @")
        }
        guard !name.unicodeScalars.contains(where: CleanText.isControl) else {
            throw AppError.invalid(field, "expected a name without control characters")
        }
        self.name = name
        self.address = address
        self.at = at
    }

    /// What stands behind the `@`.
    public var domain: Substring { address[address.index(after: at)...] }

    /// Whether the other end must know SMTPUTF8 (RFC 6531): the address itself is not ASCII.
    public var needsUTF8: Bool { !address.utf8.allSatisfy { $0 < 0x80 } }

    private static func isDotAtom(_ text: Substring) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.unicodeScalars.allSatisfy { isAtom($0) }
        }
    }

    private static func isAtom(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": true
        case "!", "#", "$", "%", "&", "'", "*", "+", "-", "/", "=", "?", "^", "_", "`", "{", "|", "}", "~": true
        default: isInternational(scalar)
        }
    }

    /// RFC 5890: letters, digits, hyphens inside; beyond ASCII letters and digits, which the mailer turns into A-labels.
    private static func isLabel(_ label: Substring) -> Bool {
        guard (1...63).contains(label.utf8.count), label.first != "-", label.last != "-" else { return false }
        return label.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-": true
            default: isInternational(scalar)
            }
        }
    }

    private static func isInternational(_ scalar: Unicode.Scalar) -> Bool {
        guard !scalar.isASCII else { return false }
        return switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber, .nonspacingMark, .spacingMark: true
        default: false
        }
    }
}
