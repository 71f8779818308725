/// A type that says itself what it reads, since it cannot be learned by asking it once.
public protocol InputDescribing: Decodable {
    /// What the type reads.
    static var inputSchema: InputSchema { get }
    /// Any value of the type; handed to the types around it while they are asked for their own schema.
    static var inputExample: Self { get }
}

extension UUID: InputDescribing {
    public static var inputSchema: InputSchema { InputSchema(.uuid) }
    public static var inputExample: UUID { .zero }
}

extension Timestamp: InputDescribing {
    public static var inputSchema: InputSchema { InputSchema(.timestamp) }
    public static var inputExample: Timestamp { Timestamp(microseconds: 0) }
}

extension JSONValue: InputDescribing {
    public static var inputSchema: InputSchema { InputSchema(.any, isNullable: true) }
    public static var inputExample: JSONValue { .null }
}

/// A type of the standard library that holds others; it is empty while its owner is asked.
protocol InputHolding {
    static func describeElements(to recorder: SchemaRecorder, at path: [any CodingKey]) throws -> InputSchema.Kind
    init()
}

extension Array: InputHolding where Element: Decodable {
    static func describeElements(to recorder: SchemaRecorder, at path: [any CodingKey]) throws -> InputSchema.Kind {
        .array(try recorder.schema(ofElement: Element.self, at: path))
    }
}

extension Set: InputHolding where Element: Decodable {
    static func describeElements(to recorder: SchemaRecorder, at path: [any CodingKey]) throws -> InputSchema.Kind {
        .array(try recorder.schema(ofElement: Element.self, at: path))
    }
}

extension Dictionary: InputHolding where Key == String, Value: Decodable {
    static func describeElements(to recorder: SchemaRecorder, at path: [any CodingKey]) throws -> InputSchema.Kind {
        .dictionary(try recorder.schema(ofElement: Value.self, at: path))
    }
}
