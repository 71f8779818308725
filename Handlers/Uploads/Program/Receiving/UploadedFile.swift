import FormData
import HandlerKit

/// The bytes of the file in a request, without what encloses them. One reader at a time.
actor UploadedFile {
    nonisolated let business: UUID
    nonisolated let name: String?
    private var pieces: RequestBody.Iterator
    private var form: FormPieces?

    private init(business: UUID, name: String?, pieces: RequestBody.Iterator, form: FormPieces?) {
        self.business = business
        self.name = name
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
            return UploadedFile(business: business, name: form.fileName ?? query.fileName, pieces: pieces, form: form)
        }
        guard rawTypes.contains(type.value.lowercased()), ["utf-8", "utf8", "us-ascii"].contains(type.parameters["charset"]?.lowercased() ?? "utf-8")
        else {
            throw AppError(.unsupportedMedia, "Send the file as text/csv in UTF-8, or as the part `file` of multipart/form-data")
        }
        return UploadedFile(business: try agreed(query.business, nil), name: query.fileName, pieces: pieces, form: nil)
    }

    /// The next bytes of the file; nil behind its last.
    func next() async throws -> [UInt8]? {
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

    private static func agreed(_ first: UUID?, _ second: UUID?) throws -> UUID {
        guard let business = first ?? second else {
            throw AppError.invalid("business_id", "expected the id of a business, in the query or in the form before the file")
        }
        guard second == nil || second == business else { throw AppError.invalid("business_id", "the query and the form name different businesses") }
        return business
    }
}
