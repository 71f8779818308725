/// A JSON value (RFC 8259). Whole numbers that fit 64 bits stay exact.
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// A number written without fraction and exponent, from -2^63 to 2^63 - 1.
    case integer(Int64)
    /// Any other number: always finite.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue {
    /// The text of a string; nil for any other value.
    public var string: String? { if case .string(let text) = self { text } else { nil } }

    /// The value of true or false; nil for any other value.
    public var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }

    /// A whole number, also where it was written as `5.0` or `5e3`; nil where it has a fraction, does not fit or is no number.
    public var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value)
        default: nil
        }
    }

    /// A number, rounded to the nearest double where a whole number has more than 53 bits; nil for any other value.
    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The elements of an array; nil for any other value.
    public var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }

    /// The members of an object; nil for any other value.
    public var object: JSONObject? { if case .object(let members) = self { members } else { nil } }

    /// Whether this is the literal `null`.
    public var isNull: Bool { self == .null }

    /// The member of that name; nil where there is none or this is no object.
    public subscript(name: String) -> JSONValue? { object?[name] }

    /// The element at that place, from 0; nil where there is none or this is no array.
    public subscript(index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(nilLiteral: ()) { self = .null }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(elements.map { JSONObject.Member(name: $0.0, value: $0.1) }))
    }
}

extension JSONValue: CustomStringConvertible {
    /// The value as compact JSON text.
    public var description: String {
        var writer = JSONWriter()
        do { try writer.value(self) } catch { return error.description }
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
