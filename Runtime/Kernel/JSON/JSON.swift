/// JSON in and out: the one seam, so that every room reads equally strictly and writes the same form.
public enum JSON {
    /// The one value in a text, read with the default limits of ``JSONReader``.
    ///
    /// Throws `BAD_REQUEST` naming line, column and byte and what was expected there.
    public static func read(_ bytes: [UInt8]) throws(AppError) -> JSONValue {
        try JSONReader().read(bytes)
    }

    /// A value as compact JSON. Names come from the type's `CodingKeys` as they stand; members that are nil are left out.
    ///
    /// Throws `INTERNAL_ERROR` where the value has no JSON form: a number that is not finite, or nothing encoded at all.
    public static func encode(_ value: some Encodable) throws(AppError) -> [UInt8] {
        let state = EncodingState()
        do {
            try state.encode(value, at: [])
            if let failure = state.failure { throw failure }
            return state.writer.bytes
        } catch let error as AppError {
            throw error
        } catch {
            throw AppError(.internalError, detail: "\(type(of: value)) has no JSON form: \(error)")
        }
    }

    /// A value of a type, from JSON that was read before. Unknown members are skipped; ``InputDecoder`` is the stricter way in.
    ///
    /// Throws `VALIDATION_ERROR` with the first issue.
    public static func decode<Value: Decodable>(_ type: Value.Type, from value: JSONValue) throws(AppError) -> Value {
        do {
            return try JSONNode(value: value, codingPath: []).decode(type)
        } catch let error as AppError {
            throw error
        } catch {
            throw AppError(.validation, issues: [AppError.Issue(decoding: error)])
        }
    }
}
