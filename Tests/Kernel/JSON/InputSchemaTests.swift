import Kernel
import Testing

@Suite struct InputSchemaTests {
    enum Level: Int, Codable, CaseIterable { case low = 1, high = 2 }

    enum Kind: String, Codable, CaseIterable { case viewer, analyst, admin, owner }

    struct Tree: Codable {
        var name: String
        var children: [Tree]
    }

    struct Shape: Codable {
        var id: UserID
        var at: Timestamp?
        var level: Level
        var role: Kind?
        var byte: Int8
        var free: JSONValue
        var tags: Set<String>
        var tree: Tree
    }

    @Test func `the type itself says what it reads, as JSON Schema`() throws {
        let schema = try InputSchema.of(Shape.self)
        #expect(schema.fields.map(\.name) == ["id", "at", "level", "role", "byte", "free", "tags", "tree"])
        #expect(schema.fields.filter { !$0.isRequired }.map(\.name) == ["at", "role"])
        #expect(
            schema.jsonSchema().description
                == #"{"type":"object","properties":{"id":{"type":"string","format":"uuid"},"at":{"type":["string","null"],"format":"date-time"},"level":{"type":"integer","enum":[1,2]},"role":{"type":["string","null"],"enum":["viewer","analyst","admin","owner"]},"byte":{"type":"integer","minimum":-128,"maximum":127},"free":{},"tags":{"type":"array","items":{"type":"string"}},"tree":{"type":"object","properties":{"name":{"type":"string"},"children":{"type":"array","items":{}}},"required":["name","children"],"additionalProperties":false}},"required":["id","level","byte","free","tags","tree"],"additionalProperties":false}"#
        )
        #expect(try OutputSchema.of(Shape.self) == schema)
    }

    struct Nothing: Codable {}
    struct Written: Encodable {}

    @Test func `types without fields, elements that may be null, types that are only written`() throws {
        #expect(try InputSchema.of(Nothing.self) == InputSchema(.object([])))
        #expect(try InputSchema.of([Int?].self).jsonSchema().description == #"{"type":"array","items":{"type":["integer","null"]}}"#)
        #expect(try OutputSchema.of(Written.self) == nil)
    }

    struct Endless: Decodable {
        final class Box: Decodable { let inside: Endless }
        let box: Box?
    }

    enum Coded: String, Decodable { case first, second }

    @Test func `a type that cannot say what it reads is named when it is asked, not when it is used`() {
        for ask in [{ _ = try InputSchema.of(Endless.self) }, { _ = try InputSchema.of(Coded.self) }] {
            let error = #expect(throws: AppError.self, performing: ask)
            #expect(error?.code == .internalError)
        }
    }

    @Test(arguments: [
        ("bucket", "buckt"), ("business_id", "businessId"), ("email", "e-mail"), ("from", "form"), ("name", "NAME"),
    ])
    func `a misspelled name finds its neighbour`(known: String, given: String) {
        #expect(NearestName.find(given, in: ["zzz", known]) == known)
        #expect(NearestName.find("entirely_else", in: [known]) == nil)
    }
}
