/// What the encoder's containers share: the text written so far and the brackets that are open.
///
/// Containers close by themselves when their parent writes on or the value is done, so an encodable type needs no word for it.
/// A container that is used after its parent wrote on cannot be served by one pass; that is an error.
final class EncodingState {
    private struct Container {
        let isObject: Bool
        let id: Int
    }

    var writer = JSONWriter()
    /// The first thing that went wrong where the `Encoder` protocol has no way to throw.
    private(set) var failure: AppError?
    private var open: [Container] = []
    private var nextID = 0

    var depth: Int { open.count }

    func encode(_ value: some Encodable, at path: [any CodingKey]) throws {
        if try encodeKnown(value) { return }
        let depth = open.count
        let before = writer.bytes.count
        try value.encode(to: JSONTreeEncoder(state: self, codingPath: path, depth: depth))
        close(downTo: depth)
        guard writer.bytes.count > before else {
            throw AppError(.internalError, detail: "\(type(of: value)) encoded nothing at \(path.fieldPath)")
        }
    }

    /// The types whose form the writer knows need no containers.
    private func encodeKnown<Value: Encodable>(_ value: Value) throws -> Bool {
        if Value.self == UUID.self, let uuid = value as? UUID {
            writer.value(uuid)
        } else if Value.self == Timestamp.self, let time = value as? Timestamp {
            writer.value(time)
        } else if Value.self == JSONValue.self, let json = value as? JSONValue {
            try writer.value(json)
        } else {
            return false
        }
        return true
    }

    /// Opens a container at a depth, or gives the one that the same value opened there before.
    func openContainer(isObject: Bool, depth: Int) -> Int {
        if open.count > depth, open[depth].isObject == isObject {
            close(downTo: depth + 1)
            return open[depth].id
        }
        if open.count > depth { fail("one value asked for an object and an array") }
        nextID += 1
        open.append(Container(isObject: isObject, id: nextID))
        if isObject { writer.beginObject() } else { writer.beginArray() }
        return nextID
    }

    /// Makes the container the innermost one again, ready for its next member.
    func resume(_ id: Int, depth: Int) {
        close(downTo: depth + 1)
        if open.count != depth + 1 || open[depth].id != id { fail("a container was used after its parent had gone on") }
    }

    func close(downTo depth: Int) {
        while open.count > depth {
            if open.removeLast().isObject { writer.endObject() } else { writer.endArray() }
        }
    }

    private func fail(_ reason: String) {
        if failure == nil { failure = AppError(.internalError, detail: "not encodable as JSON in one pass: \(reason)") }
    }
}
