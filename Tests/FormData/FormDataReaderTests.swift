import FormData
import Kernel
import Testing

@Suite struct FormDataReaderTests {
    /// `name/file/type: content` of each part, read in pieces of a size.
    private static func parts(_ body: String, boundary: String? = "xyz", pieces: Int) throws -> [String] {
        var reader = try FormDataReader(boundary: boundary)
        var parts: [String] = []
        var content: [UInt8] = []
        let bytes = Array(body.utf8)
        var position = 0
        while position < bytes.count {
            let end = min(position + pieces, bytes.count)
            for event in try reader.read(Array(bytes[position..<end])) {
                switch event {
                case .part(let part): parts.append("\(part.name)/\(part.fileName ?? "-")/\(part.contentType ?? "-"): ")
                case .bytes(let some): content += some
                case .end:
                    parts[parts.count - 1] += String(decoding: content, as: UTF8.self)
                    content = []
                }
            }
            position = end
        }
        try reader.finish()
        return parts
    }

    private static let field = "--xyz\r\nContent-Disposition: form-data; name=\"business_id\"\r\n\r\n42\r\n"

    @Test(arguments: [
        ("one field", "\(field)--xyz--\r\n", ["business_id/-/-: 42"]),
        (
            "a file behind a field",
            "\(field)--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv; charset=utf-8\r\n\r\na\r\nb\r\n\r\n--xyz--",
            ["business_id/-/-: 42", "file/a.csv/text/csv: a\r\nb\r\n"]
        ),
        ("preamble and epilogue", "hello\r\n\r\n\(field)--xyz--\r\nbye\r\n--xyz\r\n", ["business_id/-/-: 42"]),
        ("an empty part", "--xyz\r\ncontent-disposition: form-data; name=a\r\n\r\n\r\n--xyz--", ["a/-/-: "]),
        (
            "near boundaries", "--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--xy\r\n-\r\r\n--\r\n--xyz--",
            ["a/-/-: \r\n--xy\r\n-\r\r\n--"]
        ),
        ("blanks behind a boundary", "--xyz \t\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--xyz--", ["a/-/-: 1"]),
        ("no parts", "--xyz--", []),
        (
            "escaped names",
            "--xyz\r\nContent-Disposition: form-data; name=\"f\"; filename=\"C:\\dir\\a \\\"b\\\"; %22c%22.csv\"\r\n\r\n1\r\n--xyz--",
            ["f/a \"b\"; \"c\".csv/-: 1"]
        ),
    ])
    func reads(name: String, body: String, parts: [String]) throws {
        for pieces in [1, 2, 3, 5, 4096] { #expect(try Self.parts(body, pieces: pieces) == parts, "\(name) in pieces of \(pieces)") }
    }

    @Test(arguments: [
        ("", "The form ends before its last boundary"), ("a,b\n1,2\n", "The form ends before its last boundary"),
        (field, "The form ends before its last boundary"),
        ("--xyzz\r\n", "A boundary of the form is followed by neither a line end nor two hyphens"),
        ("--xyz\r\nContent-Type: text/csv\r\n\r\n1\r\n--xyz--", "A part of the form lacks its line `Content-Disposition: form-data; name=\"…\"`"),
        ("--xyz\r\n\r\n1\r\n--xyz--", "A part of the form lacks its line `Content-Disposition: form-data; name=\"…\"`"),
        ("--xyz\r\n" + String(repeating: "a: b\r\n", count: 4000), "The head of a part of the form is longer than 16384 bytes"),
    ])
    func refuses(body: String, message: String) {
        for pieces in [1, 4096] {
            let error = #expect(throws: AppError.self) { try Self.parts(body, pieces: pieces) }
            #expect(error?.code == .badRequest)
            #expect(error?.message == message)
        }
    }

    @Test(arguments: [nil, "", String(repeating: "x", count: 71)] as [String?])
    func refusesBoundaries(boundary: String?) {
        #expect(throws: AppError.self) { try FormDataReader(boundary: boundary) }
    }

    @Test func readsHeaderValues() {
        let value = HeaderValue(" multipart/form-data ; charset=utf-8;boundary=\"a b\"; boundary=c; x; ")
        #expect(value.value == "multipart/form-data")
        #expect(value.parameters == ["charset": "utf-8", "boundary": "a b"])
    }
}
