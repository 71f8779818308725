import Testing

@testable import Archives

/// Members who have another id where an archive is read.
@Suite("Ids of members in archives") struct MemberIDsTests {
    private let people = [
        "01900000-0000-7001-8000-000000000001": "09000000-0000-0000-0000-000000000009",
        // Somebody has here the id that another one had there.
        "09000000-0000-0000-0000-000000000009": "01900000-0000-7001-8000-000000000001",
    ]

    private func mapped(_ type: String, _ text: String) -> String? {
        MemberIDs(type: type).mapped(Array(text.utf8)[...], people).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("an id alone, in a list, and as a string or a name in a document is the one here; two that change places do") func mapped() {
        let (a, b, c) = (
            "01900000-0000-7001-8000-000000000001", "09000000-0000-0000-0000-000000000009", "01900000-0000-7001-8000-000000000002"
        )
        #expect(mapped("uuid", a) == b && mapped("uuid", c) == nil)
        #expect(mapped("uuid[]", "{\(a),\(c),\(b)}") == "{\(b),\(c),\(a)}" && mapped("uuid[]", "{}") == nil && mapped("uuid[]", "{\(c)}") == nil)
        #expect(mapped("jsonb", #"{"user_ids": ["\#(a)", "\#(c)", "\#(b)"]}"#) == #"{"user_ids": ["\#(b)", "\#(c)", "\#(a)"]}"#)
        #expect(mapped("json", #"{"\#(a)":1}"#) == #"{"\#(b)":1}"# && mapped("jsonb", "\"\(a)\"") == "\"\(b)\"")
        // What only contains it is no id.
        #expect(mapped("jsonb", #"{"text": "by \#(a)"}"#) == nil && mapped("text", a) == nil && mapped("jsonb", #"{"n": 1}"#) == nil)
    }
}
