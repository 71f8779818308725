import Kernel

/// A request's first line (RFC 9112 section 3): method, target and version, with one space between.
struct RequestLine {
    /// The longest method that is looked at; every one that is known is shorter.
    static let longestMethod = 16

    /// Whether the client speaks HTTP/1.0.
    var isOld: Bool { minor == 0 }
    /// Of HTTP/1.
    private(set) var minor = 1

    /// Throws `BAD_REQUEST`, `NOT_IMPLEMENTED`, `URI_TOO_LONG` or `VERSION_NOT_SUPPORTED`.
    init(_ line: UnsafeRawBufferPointer, limit: Int) throws(AppError) {
        try Self.checkStart(line, limit: limit)
        guard let first = line.firstIndex(of: 0x20), let last = line.lastIndex(of: 0x20), first < last else {
            throw AppError(.badRequest, "The request line is not `METHOD target HTTP/1.1`")
        }
        let method = UnsafeRawBufferPointer(rebasing: line[..<first])
        let target = UnsafeRawBufferPointer(rebasing: line[(first + 1)..<last])
        guard target.count <= limit else { throw Self.longTarget(limit) }
        guard !target.isEmpty, target.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw AppError(.badRequest, "The address holds a character that must be percent-encoded")
        }
        let known = Self.isKnown(method)
        minor = try Self.minor(of: UnsafeRawBufferPointer(rebasing: line[(last + 1)...]))
        guard known else { throw Self.unknownMethod }
    }

    /// What can be said of a line before its end has come: the same errors.
    static func checkStart(_ line: UnsafeRawBufferPointer, limit: Int) throws(AppError) {
        var length = 0
        while length < line.count, line[length] != 0x20 {
            guard FieldLine.isTokenByte(line[length]) else { throw AppError(.badRequest, "This is not an HTTP/1.1 request") }
            length += 1
            guard length <= longestMethod else { throw unknownMethod }
        }
        guard length > 0 || line.isEmpty else { throw AppError(.badRequest, "The request line starts with a space") }
        guard line.count <= longestMethod + limit + 12 else { throw longTarget(limit) }
    }

    private static let unknownMethod = AppError(.notImplemented, "The method is not known here")

    private static func longTarget(_ limit: Int) -> AppError {
        AppError(.uriTooLong, "The address is longer than the \(limit) bytes allowed")
    }

    /// Methods are case-sensitive (RFC 9110 section 9.1).
    static func isKnown(_ method: some Collection<UInt8>) -> Bool {
        for known: StaticString in ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT"]
        where known.utf8CodeUnitCount == method.count {
            if known.withUTF8Buffer({ $0.elementsEqual(method) }) { return true }
        }
        return false
    }

    private static func minor(of version: UnsafeRawBufferPointer) throws(AppError) -> Int {
        let form: StaticString = "HTTP/"
        guard version.count == 8, form.withUTF8Buffer({ version.starts(with: $0) }), version[6] == UInt8(ascii: "."),
            (0x30...0x39).contains(version[5]), (0x30...0x39).contains(version[7])
        else { throw AppError(.badRequest, "The request line does not end in `HTTP/1.1`") }
        guard version[5] == 0x31 else { throw AppError(.versionNotSupported) }
        return Int(version[7]) - 0x30
    }
}
