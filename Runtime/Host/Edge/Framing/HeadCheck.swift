import Kernel

/// Gathers what a head says of its message's end and of the host, and refuses what two servers could read differently. A pure value.
struct HeadCheck {
    enum Framing: Equatable {
        case none
        case length(Int)
        case chunked
    }

    /// Header lines, or trailer lines, so far.
    var fields = 0
    /// Where the first header line starts.
    var fieldsStart = 0
    private(set) var needsRequestLine = true
    private var emptyLines = 0
    private var isOld = false
    private var hosts = 0
    private var length: Int?
    private var codings = 0
    private var isChunked = false

    /// One empty line in front of a request is overlooked (RFC 9112 section 2.2).
    mutating func skipEmptyLine() throws(AppError) {
        emptyLines += 1
        guard emptyLines == 1 else { throw AppError(.badRequest, "This is not an HTTP/1.1 request") }
    }

    mutating func begin(_ line: RequestLine) throws(AppError) {
        needsRequestLine = false
        isOld = line.isOld
    }

    mutating func add(_ field: FieldLine, limit: Int) throws(AppError) {
        fields += 1
        guard fields <= limit else { throw AppError(.headersTooLarge) }
        switch field.name.count {
        case 4 where FieldLine.same(field.name, "host"):
            hosts += 1
            guard hosts == 1, HostField.isSound(field.value) else { throw AppError(.badRequest, "The Host line is not one host") }
        case 14 where FieldLine.same(field.name, "content-length"):
            guard length == nil else { throw AppError(.badRequest, "The body's length is said twice") }
            length = try Self.length(field.value)
        case 17 where FieldLine.same(field.name, "transfer-encoding"): try addCodings(field.value)
        default: break
        }
    }

    /// Whether a header line says where the body ends.
    func saysLength(_ field: FieldLine) -> Bool {
        FieldLine.same(field.name, "content-length") || FieldLine.same(field.name, "transfer-encoding")
    }

    /// How the message's end is found (RFC 9112 section 6.3).
    func framing() throws(AppError) -> Framing {
        guard hosts == 1 || isOld else { throw AppError(.badRequest, "The Host line is missing") }
        guard codings > 0 else { return length.map { .length($0) } ?? .none }
        guard length == nil else { throw AppError(.badRequest, "The body's length is said twice") }
        guard !isOld else { throw AppError(.badRequest, "HTTP/1.0 has no Transfer-Encoding") }
        guard isChunked else { throw AppError(.badRequest, "The last Transfer-Encoding is not `chunked`") }
        guard codings == 1 else { throw AppError(.notImplemented, "Transfer-Encoding other than `chunked` is not read here") }
        return .chunked
    }

    private mutating func addCodings(_ value: UnsafeRawBufferPointer) throws(AppError) {
        for part in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let coding = UnsafeRawBufferPointer(rebasing: part.drop { $0 == 0x20 || $0 == 0x09 })
            guard !isChunked else { throw AppError(.badRequest, "`chunked` is not the last Transfer-Encoding") }
            isChunked = FieldLine.same(coding, "chunked")
            codings += 1
        }
    }

    private static func length(_ value: UnsafeRawBufferPointer) throws(AppError) -> Int {
        guard !value.isEmpty, value.allSatisfy({ (0x30...0x39).contains($0) }) else { throw AppError(.badRequest, "Content-Length is not a number") }
        var result = 0
        for digit in value {
            let (tenfold, over) = result.multipliedReportingOverflow(by: 10)
            let (sum, overAgain) = tenfold.addingReportingOverflow(Int(digit) - 0x30)
            guard !over, !overAgain else { throw AppError(.tooLarge) }
            result = sum
        }
        return result
    }
}
