import FormData
import HandlerKit

/// The bytes of the file in a request, without what encloses them. One reader at a time.
actor UploadedFile {
    /// For which business its values are; nil where the request names none.
    nonisolated let business: UUID?
    nonisolated let name: String?
    /// In lower case, without parameters.
    nonisolated let mimeType: String
    /// Whether the sender says that it is a table as text in UTF-8, or nothing.
    nonisolated let isPlainTable: Bool
    private var pieces: RequestBody.Iterator
    private var form: FormPieces?
    /// What was handed out and may be wanted again.
    private var remembered: [[UInt8]]? = []
    private var again: [[UInt8]] = []

    private init(business: UUID?, name: String?, mimeType: String, isPlainTable: Bool, pieces: RequestBody.Iterator, form: FormPieces?) {
        self.business = business
        self.name = name
        self.mimeType = mimeType
        self.isPlainTable = isPlainTable
        self.pieces = pieces
        self.form = form
    }

    /// Finds the file in the request and says for which business it is.
    static func open(_ query: UploadQuery, _ invocation: Invocation) async throws -> UploadedFile {
        let type = HeaderValue(invocation.request.header("content-type") ?? "")
        var pieces = invocation.body.makeAsyncIterator()
        if type.value.lowercased() == "multipart/form-data" {
            var form = try FormPieces(boundary: type.parameters["boundary"])
            while !form.hasFile, let piece = try await pieces.next() { try form.read(piece) }
            try form.requireFile()
            let business = try agreed(query.business, form.business)
            // Browsers name the types of files as they like, so in a form the bytes alone say what it is.
            return UploadedFile(
                business: business, name: form.fileName ?? query.fileName, mimeType: form.contentType ?? "application/octet-stream",
                isPlainTable: true, pieces: pieces, form: form)
        }
        let charset = type.parameters["charset"]?.lowercased() ?? "utf-8"
        let isPlain = rawTypes.contains(type.value.lowercased()) && ["utf-8", "utf8", "us-ascii"].contains(charset)
        return UploadedFile(
            business: query.business, name: query.fileName, mimeType: type.value.isEmpty ? "application/octet-stream" : type.value.lowercased(),
            isPlainTable: isPlain, pieces: pieces, form: nil)
    }

    /// The next bytes of the file; nil behind its last.
    func next() async throws -> [UInt8]? {
        guard let piece = try await again.isEmpty ? arriving() : again.removeFirst() else { return nil }
        remembered?.append(piece)
        return piece
    }

    /// What was handed out so far is not wanted again.
    func forget() { remembered = nil }

    /// Begins anew with the first byte. Only before ``forget()``.
    func rewind() {
        again = (remembered ?? []) + again
        remembered = []
    }

    private func arriving() async throws -> [UInt8]? {
        var pieces = pieces
        defer { self.pieces = pieces }
        guard form != nil else { return try await pieces.next() }
        while true {
            if let bytes = form?.takeFileBytes() { return bytes }
            guard let piece = try await pieces.next() else {
                try form?.finish()
                return nil
            }
            try form?.read(piece)
        }
    }

    private static let rawTypes: Set<String> = ["text/csv", "application/csv", "text/tab-separated-values", "text/plain"]

    private static func agreed(_ first: UUID?, _ second: UUID?) throws -> UUID? {
        guard first == nil || second == nil || second == first else {
            throw AppError.invalid("business_id", "the query and the form name different businesses")
        }
        return first ?? second
    }
}
