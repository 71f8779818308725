import Kernel
import Testing

@Suite struct JSONCodingTests {
    struct Place: Codable, Equatable {
        var city: String
        var zip: String?
    }

    struct Everything: Codable, Equatable {
        var id: TenantID
        var at: Timestamp
        var role: Role
        var place: Place
        var places: [Place]
        var counts: [String: Int]
        var ratio: Double
        var small: Float
        var flag: Bool?
        var free: JSONValue
        enum CodingKeys: String, CodingKey { case id, at, role, place, places, counts, ratio, small, flag = "is_flag", free }
    }

    let everything = Everything(
        id: TenantID(.zero), at: Timestamp(seconds: 0), role: .analyst, place: Place(city: "Łódź", zip: nil), places: [], counts: ["a": 1],
        ratio: 0.5,
        small: 0.1, flag: nil, free: ["x": [1, nil]])

    @Test func `a value goes out by its coding keys, without members that are nil`() throws {
        let text = String(decoding: try JSON.encode(everything), as: UTF8.self)
        #expect(
            text
                == #"{"id":"00000000-0000-0000-0000-000000000000","at":"1970-01-01T00:00:00Z","role":"analyst","place":{"city":"Łódź"},"places":[],"counts":{"a":1},"ratio":0.5,"small":0.1,"free":{"x":[1,null]}}"#
        )
        #expect(try JSON.decode(Everything.self, from: JSON.read(Array(text.utf8))) == everything)
    }

    struct Page: Codable, Equatable {
        var id: UUID
        @OrNull var next: UUID?
        @OrNull var place: Place?
    }

    @Test func `a member that may be null is written as null, and may be left out when it is read`() throws {
        var page = Page(id: .zero, next: nil, place: nil)
        #expect(try JSON.encode(page) == Array(#"{"id":"00000000-0000-0000-0000-000000000000","next":null,"place":null}"#.utf8))
        #expect(try JSON.decode(Page.self, from: ["id": "00000000-0000-0000-0000-000000000000"]) == page)
        page.next = .zero
        page.place = Place(city: "y", zip: nil)
        #expect(try JSON.decode(Page.self, from: JSON.read(JSON.encode(page))) == page)
        let wrong = #expect(throws: AppError.self) {
            try JSON.decode(Page.self, from: ["id": "00000000-0000-0000-0000-000000000000", "place": ["city": 1]])
        }
        #expect(wrong?.issues == [AppError.Issue(field: "place.city", issue: "expected a string")])
    }

    @Test func `plain values and arrays stand alone`() throws {
        #expect(try JSON.encode([1, 2]) == Array("[1,2]".utf8))
        #expect(try JSON.encode("x") == Array("\"x\"".utf8))
        #expect(try JSON.encode([Int?.none, 3]) == Array("[null,3]".utf8))
        #expect(try JSON.encode([[String]]()) == Array("[]".utf8))
        #expect(try JSON.decode([Int?].self, from: [nil, 3]) == [nil, 3])
    }

    struct ByHand: Encodable {
        func encode(to encoder: any Encoder) throws {
            var outer = encoder.container(keyedBy: Keys.self)
            var inner = outer.nestedContainer(keyedBy: Keys.self, forKey: .a)
            try inner.encode(1, forKey: .b)
            var list = inner.nestedUnkeyedContainer(forKey: .c)
            try list.encode("x")
            try list.encode(Place(city: "y", zip: nil))
            try outer.encode(2, forKey: .b)
            var again = encoder.container(keyedBy: Keys.self)
            try again.encodeNil(forKey: .c)
        }
        enum Keys: CodingKey { case a, b, c }
    }

    @Test func `nested containers close by themselves`() throws {
        #expect(String(decoding: try JSON.encode(ByHand()), as: UTF8.self) == #"{"a":{"b":1,"c":["x",{"city":"y"}]},"b":2,"c":null}"#)
    }

    struct OutOfOrder: Encodable {
        func encode(to encoder: any Encoder) throws {
            var outer = encoder.container(keyedBy: ByHand.Keys.self)
            var inner = outer.nestedContainer(keyedBy: ByHand.Keys.self, forKey: .a)
            try outer.encode(2, forKey: .b)
            try inner.encode(1, forKey: .b)
        }
    }

    struct Nothing: Encodable { func encode(to encoder: any Encoder) throws {} }

    @Test func `what one pass cannot write is an error, not broken text`() {
        #expect(throws: AppError.self) { try JSON.encode(OutOfOrder()) }
        #expect(throws: AppError.self) { try JSON.encode(Nothing()) }
    }

    @Test(arguments: [
        (#"{"city": 1}"#, "city", "expected a string"), (#"{}"#, "city", "required"), (#"[]"#, "", "expected an object"),
    ])
    func `the first thing that does not fit is named`(text: String, field: String, issue: String) throws {
        let value = try JSON.read(Array(text.utf8))
        let error = #expect(throws: AppError.self) { try JSON.decode(Place.self, from: value) }
        #expect(error?.issues == [AppError.Issue(field: field, issue: issue)])
    }

    @Test func `whole numbers are exact and keep their range`() throws {
        #expect(try JSON.decode(Int64.self, from: .integer(.max)) == .max)
        #expect(try JSON.decode(Int.self, from: .number(5)) == 5)
        #expect(try JSON.decode(Double.self, from: 5) == 5)
        #expect(throws: AppError.self) { try JSON.decode(Int.self, from: 5.5) }
        #expect(throws: AppError.self) { try JSON.decode(UInt8.self, from: 256) }
        #expect(throws: AppError.self) { try JSON.decode(Int.self, from: "5") }
    }
}
