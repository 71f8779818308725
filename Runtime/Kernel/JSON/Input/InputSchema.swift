/// What a type reads from the input: its fields, their types, which are required. Learned from the type itself, never written twice.
public struct InputSchema: Hashable, Sendable {
    /// The shape of a value.
    public indirect enum Kind: Hashable, Sendable {
        /// Any JSON value.
        case any
        case boolean
        /// A whole number within a range.
        case integer(ClosedRange<Int64>)
        case number
        case string
        case uuid
        /// An RFC 3339 time.
        case timestamp
        /// A string with a form of its own, of which this is an example.
        case text(example: String)
        /// One of these strings.
        case choice([String])
        /// One of these whole numbers.
        case integerChoice([Int64])
        case array(InputSchema)
        /// An object of any names with values of one kind.
        case dictionary(InputSchema)
        /// An object of known names.
        case object([Field])
    }

    /// A member of an object.
    public struct Field: Hashable, Sendable {
        public let name: String
        public let schema: InputSchema
        public let isRequired: Bool

        /// A member of that name.
        public init(name: String, schema: InputSchema, isRequired: Bool) {
            self.name = name
            self.schema = schema
            self.isRequired = isRequired
        }
    }

    public let kind: Kind
    /// Whether `null` may stand in its place.
    public let isNullable: Bool

    /// A schema of that kind.
    public init(_ kind: Kind, isNullable: Bool = false) {
        self.kind = kind
        self.isNullable = isNullable
    }

    /// The fields of an object; empty for any other kind.
    public var fields: [Field] { if case .object(let fields) = kind { fields } else { [] } }
}

extension InputSchema {
    /// What a type reads.
    ///
    /// Known by themselves: the types of the standard library that JSON has a form for, `UUID`, `Timestamp`, typed ids, `JSONValue`, enums that are
    /// `CaseIterable` with raw values, structs of these, and types that read one string. A type that reads more or less depending on what it finds, or
    /// that contains itself other than in an array or dictionary, says its schema itself: ``InputDescribing``.
    /// Throws `INTERNAL_ERROR` naming the type that could not be asked.
    public static func of<Value: Decodable>(_ type: Value.Type) throws(AppError) -> InputSchema {
        do {
            let recorder = SchemaRecorder()
            _ = try SchemaNode(recorder: recorder, codingPath: []).decode(type)
            return recorder.schema
        } catch {
            throw AppError(.internalError, detail: "\(type) does not say what it reads: \(error)")
        }
    }
}

/// What a type writes as an answer.
public enum OutputSchema {
    /// The schema of a type that is decodable, too; nil for any other, of which nothing is known.
    public static func of(_ type: any Encodable.Type) throws(AppError) -> InputSchema? {
        guard let decodable = type as? any Decodable.Type else { return nil }
        return try InputSchema.of(decodable)
    }
}
