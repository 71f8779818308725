/// A place that answers every question of a decodable type with a sample, and writes the question down.
struct SchemaNode: DecodingNode {
    let recorder: SchemaRecorder
    let codingPath: [any CodingKey]
    var sample = Sample.all[0]

    /// What a type is given in place of real input. A type that refuses one is asked again with the next.
    struct Sample {
        let text: String
        let number: Int

        static let all = [
            Sample(text: "", number: 0), Sample(text: "a", number: 1), Sample(text: "1", number: 10), Sample(text: "2000-01-01", number: 100),
            Sample(text: "a@example.org", number: 1000), Sample(text: "https://example.org/", number: -1),
        ]
    }

    func scalar<Value: JSONScalar>(_ type: Value.Type) throws -> Value {
        recorder.record(Value.kind)
        return Value.sample(text: sample.text, number: sample.number)
    }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if let known = try known(type) { return known }
        var failure: any Error = AppError(.internalError)
        for sample in Sample.all {
            let trial = try recorder.inside(type)
            do {
                let value = try Value(from: NodeDecoder(node: SchemaNode(recorder: trial, codingPath: codingPath, sample: sample)))
                if trial.readsText, !sample.text.isEmpty { trial.record(.text(example: sample.text)) }
                recorder.adopt(trial)
                return value
            } catch {
                failure = error
            }
        }
        throw failure
    }

    /// Types that can be described without being asked.
    private func known<Value: Decodable>(_ type: Value.Type) throws -> Value? {
        switch type {
        case let type as any InputDescribing.Type:
            let schema = type.inputSchema
            recorder.record(schema.kind)
            if schema.isNullable { recorder.recordNullable() }
            return type.inputExample as? Value
        case let type as any TypedID.Type:
            recorder.record(.uuid)
            return type.init(.zero) as? Value
        case let type as any InputHolding.Type:
            recorder.record(try type.describeElements(to: recorder, at: codingPath))
            return type.init() as? Value
        case let type as any (CaseIterable & RawRepresentable).Type:
            guard let (kind, first) = Self.choices(type) else { return nil }
            recorder.record(kind)
            return first as? Value
        default: return nil
        }
    }

    private static func choices<Choice: CaseIterable & RawRepresentable>(_ type: Choice.Type) -> (InputSchema.Kind, Any)? {
        guard let first = Choice.allCases.first else { return nil }
        let texts = Choice.allCases.compactMap { $0.rawValue as? String }
        if texts.count == Choice.allCases.count { return (.choice(texts), first) }
        let numbers = Choice.allCases.compactMap { ($0.rawValue as? any BinaryInteger).flatMap { Int64(exactly: $0) } }
        return numbers.count == Choice.allCases.count ? (.integerChoice(numbers), first) : nil
    }

    func isNull() -> Bool {
        recorder.recordNullable()
        return false
    }

    func requireObject() {}
    var memberNames: [String] { [] }

    /// A type that asks whether a member is there can do without it.
    func hasMember(_ name: String) -> Bool {
        recorder.recordOptional(name)
        return true
    }

    func member(_ key: any CodingKey) -> SchemaNode {
        SchemaNode(recorder: recorder.member(key.stringValue), codingPath: codingPath + [key], sample: sample)
    }

    func requireArray() { _ = recorder.elementRecorder() }
    var count: Int { 1 }

    func element(_ index: Int) -> SchemaNode {
        SchemaNode(recorder: recorder.elementRecorder(), codingPath: codingPath + [JSONKey(intValue: index)], sample: sample)
    }
}
