import HandlerKit
import Tokens

/// What stands in the header lines of tus 1.0 (https://tus.io/protocols/resumable-upload, section "Headers").
enum TusHeaders {
    static let version = "1.0.0"
    static let extensions = "creation,expiration,checksum,termination"
    /// The largest file, in bytes.
    static let maximumSize = 1 << 30
    static let bodyType = "application/offset+octet-stream"

    /// Throws `PRECONDITION_FAILED` where the request is not of this version.
    static func checkVersion(_ request: Request) throws(AppError) {
        guard request.header("tus-resumable") == version else {
            throw AppError(.preconditionFailed, "Expected the header Tus-Resumable: \(version)")
        }
    }

    /// A number of bytes. Throws `VALIDATION_ERROR` naming the header.
    static func number(_ name: String, of request: Request, in range: ClosedRange<Int>) throws(AppError) -> Int {
        guard let text = request.header(name.lowercased()) else { throw AppError.invalid(name, "expected a number of bytes; the header is missing") }
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) else {
            throw AppError.invalid(name, "expected a number of bytes; got \(text.prefix(32))")
        }
        guard number <= range.upperBound else { throw AppError(.tooLarge, "The file is larger than the \(range.upperBound) bytes allowed here") }
        guard range.contains(number) else { throw AppError.invalid(name, "expected at least \(range.lowerBound); got \(number)") }
        return number
    }

    /// Names and values of `Upload-Metadata`: a name, a blank and the value in base 64, with commas between. Throws `VALIDATION_ERROR`.
    static func metadata(_ text: String?) throws(AppError) -> JSONObject {
        guard let text, !text.isEmpty else { return [:] }
        func refuse(_ issue: String) -> AppError { AppError.invalid("Upload-Metadata", issue) }
        guard text.utf8.count <= 8192 else { throw refuse("expected at most 8192 bytes") }
        var members: [JSONObject.Member] = []
        for pair in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = pair.split(separator: " ", omittingEmptySubsequences: true)
            guard let name = parts.first, parts.count <= 2, (1...64).contains(name.utf8.count), name.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else {
                throw refuse("expected a name, a blank and a value in base 64, with commas between")
            }
            guard !members.contains(where: { $0.name == name }) else { throw refuse("the name \(name) stands there twice") }
            var value = ""
            if parts.count == 2 {
                guard let bytes = base64(parts[1]), let decoded = String(validating: bytes, as: UTF8.self), !decoded.contains("\0") else {
                    throw refuse("expected the value of \(name) as UTF-8 in base 64")
                }
                value = decoded
            }
            members.append(.init(name: String(name), value: .string(value)))
            guard members.count <= 32 else { throw refuse("expected at most 32 names") }
        }
        return JSONObject(members)
    }

    /// With padding or without (RFC 4648 section 4).
    static func base64(_ text: Substring) -> [UInt8]? {
        var digits = text
        while digits.last == "=" { digits = digits.dropLast() }
        guard text.utf8.count - digits.utf8.count <= 2 else { return nil }
        return Base64.standard.decode(digits)
    }
}

/// What a sender says that the bytes of one piece are.
enum PieceChecksum: Sendable, Equatable {
    case sha1([UInt8])
    case sha256([UInt8])

    static let algorithms = "sha1,sha256"

    /// From `Upload-Checksum`; nil where there is none. Throws `VALIDATION_ERROR` for another algorithm or a value that has not its length.
    init?(_ text: String?) throws(AppError) {
        guard let text else { return nil }
        let parts = text.split(separator: " ")
        let value = parts.count == 2 ? TusHeaders.base64(parts[1]) : nil
        switch (parts.first, value?.count) {
        case ("sha1", 20): self = .sha1(value ?? [])
        case ("sha256", 32): self = .sha256(value ?? [])
        default: throw AppError.invalid("Upload-Checksum", "expected one of \(Self.algorithms), a blank and the checksum in base 64")
        }
    }
}
