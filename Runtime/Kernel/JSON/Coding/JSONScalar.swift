/// A Swift type that one JSON value stands for.
protocol JSONScalar: Decodable {
    static var kind: InputSchema.Kind { get }
    /// Nil where the value is of another kind or out of range.
    init?(json: JSONValue)
    /// A value for a type that is only being asked what it reads.
    static func sample(text: String, number: Int) -> Self
}

extension Bool: JSONScalar {
    static var kind: InputSchema.Kind { .boolean }
    init?(json: JSONValue) {
        guard let value = json.bool else { return nil }
        self = value
    }
    static func sample(text: String, number: Int) -> Bool { false }
}

extension String: JSONScalar {
    static var kind: InputSchema.Kind { .string }
    init?(json: JSONValue) {
        guard let value = json.string else { return nil }
        self = value
    }
    static func sample(text: String, number: Int) -> String { text }
}

extension Double: JSONScalar {
    static var kind: InputSchema.Kind { .number }
    init?(json: JSONValue) {
        guard let value = json.number else { return nil }
        self = value
    }
    static func sample(text: String, number: Int) -> Double { Double(number) }
}

extension Float: JSONScalar {
    static var kind: InputSchema.Kind { .number }
    init?(json: JSONValue) {
        guard let value = json.number, Float(value).isFinite else { return nil }
        self = Float(value)
    }
    static func sample(text: String, number: Int) -> Float { Float(number) }
}

extension JSONScalar where Self: FixedWidthInteger {
    static var kind: InputSchema.Kind { .integer(Int64(clamping: Self.min)...Int64(clamping: Self.max)) }
    init?(json: JSONValue) {
        guard let value = json.integer else { return nil }
        self.init(exactly: value)
    }
    static func sample(text: String, number: Int) -> Self { Self(clamping: number) }
}

extension Int: JSONScalar {}
extension Int8: JSONScalar {}
extension Int16: JSONScalar {}
extension Int32: JSONScalar {}
extension Int64: JSONScalar {}
extension UInt: JSONScalar {}
extension UInt8: JSONScalar {}
extension UInt16: JSONScalar {}
extension UInt32: JSONScalar {}
extension UInt64: JSONScalar {}
