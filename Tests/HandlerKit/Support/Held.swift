/// Holds a value where an expectation can change it: `#expect(held { $0.remove(1) })`.
final class Held<Value> {
    private var value: Value
    init(_ value: Value) { self.value = value }

    func callAsFunction<R, E: Error>(_ body: (inout Value) throws(E) -> R) throws(E) -> R { try body(&value) }
}
