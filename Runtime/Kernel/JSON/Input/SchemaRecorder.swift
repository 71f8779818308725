/// Writes down what a type asks of its decoder.
final class SchemaRecorder {
    private var kind: InputSchema.Kind?
    private var isNullable = false
    private var members: [(name: String, recorder: SchemaRecorder)] = []
    private var optional: Set<String> = []
    private var element: SchemaRecorder?
    /// The types that are being asked at this place, outermost first: a type among them contains itself.
    private let types: [ObjectIdentifier]

    init(types: [ObjectIdentifier] = []) { self.types = types }

    var schema: InputSchema { InputSchema(recordedKind, isNullable: isNullable) }

    private var recordedKind: InputSchema.Kind {
        if let kind { return kind }
        if let element { return .array(element.schema) }
        return .object(members.map { .init(name: $0.name, schema: $0.recorder.schema, isRequired: !optional.contains($0.name)) })
    }

    func record(_ kind: InputSchema.Kind) { self.kind = kind }
    func recordNullable() { isNullable = true }
    func recordOptional(_ name: String) { optional.insert(name) }

    /// Whether the type read one string.
    var readsText: Bool { if case .string? = kind { true } else { false } }

    func member(_ name: String) -> SchemaRecorder {
        if let known = members.first(where: { $0.name == name }) { return known.recorder }
        let recorder = SchemaRecorder(types: types)
        members.append((name, recorder))
        return recorder
    }

    func elementRecorder() -> SchemaRecorder {
        let recorder = element ?? SchemaRecorder(types: types)
        element = recorder
        return recorder
    }

    /// What the elements of an array or dictionary are; any value where the type is the one that is being asked.
    func schema<Element: Decodable>(ofElement type: Element.Type, at path: [any CodingKey]) throws -> InputSchema {
        if types.contains(ObjectIdentifier(type)) { return InputSchema(.any) }
        let recorder = SchemaRecorder(types: types)
        _ = try SchemaNode(recorder: recorder, codingPath: path + [JSONKey(intValue: 0)]).decode(type)
        return recorder.schema
    }

    /// A recorder for one more try at the same place.
    func inside(_ type: Any.Type) throws -> SchemaRecorder {
        guard !types.contains(ObjectIdentifier(type)) else {
            throw AppError(.internalError, detail: "\(type) contains itself; let it be InputDescribing")
        }
        return SchemaRecorder(types: types + [ObjectIdentifier(type)])
    }

    func adopt(_ other: SchemaRecorder) {
        kind = other.kind
        isNullable = isNullable || other.isNullable
        members = other.members
        optional = other.optional
        element = other.element
    }
}
