import Kernel
import Testing

@Suite struct InputDecoderTests {
    enum Bucket: String, Codable, CaseIterable { case raw, day, week, month }

    struct Query: Decodable {
        var businessID: UUID
        var from: Timestamp?
        var bucket: Bucket?
        var metric: [String]?
        var limit: Int?
        var ratio: Double?
        var exact: Bool?
        enum CodingKeys: String, CodingKey { case businessID = "business_id", from, bucket, metric, limit, ratio, exact }
    }

    struct Item: Decodable, Validated {
        var name: String
        var count: UInt8
        func validate(_ issues: inout [AppError.Issue]) { issues.requireLength(name, "name", 1...5) }
    }

    struct Location: Decodable {
        var city: String
        var zip: String?
    }

    struct Order: Decodable, Validated {
        var email: String
        var location: Location?
        var items: [Item]
        var labels: [String: Bool]?
        func validate(_ issues: inout [AppError.Issue]) { issues.require(email.contains("@"), "email", "expected an e-mail address") }
    }

    func issues<Value: Decodable>(
        _ type: Value.Type, path: [(String, String)] = [], query: [(String, String)] = [], body: JSONValue? = nil
    ) throws -> [String] {
        let decoder = try InputDecoder(type)
        let error = #expect(throws: AppError.self) {
            try decoder.decode(path: path.map { ($0.0, $0.1) }, query: query.map { ($0.0, $0.1) }, body: body)
        }
        #expect(error?.code == .validation)
        return error?.issues.map { "\($0.field): \($0.issue)" } ?? []
    }

    @Test func `texts of path and query become what the fields are`() throws {
        let decoder = try InputDecoder(Query.self)
        let value = try decoder.decode(
            path: [("business_id", UUID.zero.description)],
            query: [
                ("from", "2026-03-01"), ("bucket", "week"), ("metric", "a"), ("metric", "b"), ("limit", "10"), ("ratio", "1e-1"), ("exact", "true"),
            ])
        #expect(value.businessID == .zero)
        #expect(value.from == Timestamp("2026-03-01T00:00:00Z"))
        #expect(value.bucket == .week)
        #expect(value.metric == ["a", "b"])
        #expect(value.limit == 10)
        #expect(value.ratio == 0.1)
        #expect(value.exact == true)
        #expect(try decoder.decode(path: [("business_id", UUID.zero.description)]).metric == nil)
    }

    @Test func `everything that is wrong is reported at once`() throws {
        let found = try issues(
            Query.self, path: [("business_id", "42")],
            query: [
                ("from", "yesterday"), ("bucket", "hour"), ("limit", "ten"), ("ratio", "nan"), ("exact", "yes"), ("buckt", "day"), ("limit", "3"),
            ])
        #expect(
            found == [
                "business_id: expected a UUID such as 0190c5a4-7d3b-7c2e-9f00-2b6c1d4e5f60",
                "from: expected an RFC 3339 time such as 2026-03-01T08:00:00Z", "bucket: expected one of raw, day, week, month",
                "limit: given 2 times, expected once", "limit: expected a whole number", "ratio: expected a number", "exact: expected true or false",
                "buckt: unknown; did you mean bucket?",
            ])
    }

    @Test(arguments: ["", "+5", " 5", "5 ", "0x5", "5.5", "٥", "1e400", "99999999999999999999"])
    func `a text that is no whole number is refused`(text: String) throws {
        #expect(
            try issues(Query.self, path: [("business_id", UUID.zero.description)], query: [("limit", text)]) == ["limit: expected a whole number"])
    }

    @Test func `fields inside objects and arrays are named by their path`() throws {
        let body: JSONValue = [
            "email": 5, "location": ["city": nil, "county": "x"], "items": [["name": "a", "count": 1], 7, ["count": 300]], "labels": ["x": "yes"],
            "itmes": [],
        ]
        let found = try issues(Order.self, body: body)
        #expect(
            found == [
                "email: expected a string", "location.city: expected a string", "location.county: unknown; expected city, zip",
                "items[1]: expected an object", "items[2].count: expected a whole number from 0 to 255", "items[2].name: required",
                "labels.x: expected true or false", "itmes: unknown; did you mean items?",
            ])
    }

    @Test func `rules beyond types are asked of every value, nested ones too`() throws {
        let body: JSONValue = ["email": "x", "items": [["name": "abcdef", "count": 1], ["name": "", "count": 2]]]
        #expect(
            try issues(Order.self, body: body) == [
                "items[0].name: expected 1 to 5 characters", "items[1].name: expected 1 to 5 characters", "email: expected an e-mail address",
            ])
    }

    @Test func `a missing body, one of another kind and an absent optional`() throws {
        #expect(try issues(Order.self) == ["email: required", "items: required"])
        #expect(try issues(Order.self, body: []).first == "body: expected an object")
        #expect(try issues([Int].self, body: nil) == ["body: expected an array"])
        #expect(try InputDecoder([Int].self).decode(body: [1, 2]) == [1, 2])
        #expect(try InputDecoder(Order.self).decode(body: ["email": "@", "items": [], "location": nil]).location == nil)
    }

    @Test func `a field has one place`() throws {
        struct Renaming: Decodable { var id: Int, name: String? }
        #expect(try issues(Renaming.self, path: [("id", "1")], body: ["id": 2]) == ["id: given in the path and in the body, expected once"])
        #expect(try issues(Renaming.self, path: [("id", "1")], query: [("id", "2")]) == ["id: given in the path and in the query, expected once"])
    }

    @Test func `a text with NUL is refused before it reaches the database`() throws {
        struct Named: Decodable { var name: String }
        #expect(try issues(Named.self, query: [("name", "a\u{0}b")]) == ["name: may not hold the character NUL"])
    }

    struct Email: Decodable {
        let text: String
        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            text = try container.decode(String.self)
            guard text.contains("@") else { throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected an e-mail address") }
        }
    }

    @Test func `types with a form of their own are all heard`() throws {
        struct Invitation: Decodable { var from: Email, to: [Email], copies: [String: Email]? }
        let body: JSONValue = ["from": "a", "to": ["b@c", "d"], "copies": ["x": "e"]]
        #expect(
            try issues(Invitation.self, body: body) == [
                "from: expected an e-mail address", "to[1]: expected an e-mail address", "copies.x: expected an e-mail address",
            ])
        #expect(try InputDecoder(Invitation.self).schema.fields[0].schema.kind == .text(example: "a@example.org"))
    }

    @Test func `an answer lists a hundred issues at most`() throws {
        let body = JSONValue.object(JSONObject((0..<500).map { .init(name: "unknown_member_\($0)", value: 1) }))
        #expect(try issues(Location.self, body: body).count == 100)
    }
}
