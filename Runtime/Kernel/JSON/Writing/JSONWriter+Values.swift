extension JSONWriter {
    /// The literal `null`.
    public mutating func null() { scalar { $0.append(contentsOf: "null".utf8) } }

    /// `true` or `false`.
    public mutating func value(_ flag: Bool) { scalar { $0.append(contentsOf: flag ? "true".utf8 : "false".utf8) } }

    /// A string, escaped where RFC 8259 section 7 asks for it.
    public mutating func value(_ string: String) { text(string) }

    /// A whole number.
    public mutating func value(_ integer: Int) { value(Int64(integer)) }

    /// A whole number.
    public mutating func value(_ integer: Int64) { scalar { JSONNumber.append(integer, to: &$0) } }

    /// A whole number.
    public mutating func value(_ integer: UInt64) {
        scalar {
            if integer > Int64.max { $0.append(contentsOf: integer.description.utf8) } else { JSONNumber.append(Int64(integer), to: &$0) }
        }
    }

    /// The shortest decimal that reads back as the same double. Throws `INTERNAL_ERROR` for NaN and infinities, which JSON cannot say.
    public mutating func value(_ number: Double) throws(AppError) {
        guard number.isFinite else { throw AppError(.internalError, detail: "JSON has no form for \(number)") }
        scalar { JSONNumber.append(number, to: &$0) }
    }

    /// A time as an RFC 3339 string in UTC.
    public mutating func value(_ time: Timestamp) {
        scalar {
            $0.append(UInt8(ascii: "\""))
            time.write(to: &$0)
            $0.append(UInt8(ascii: "\""))
        }
    }

    /// An identifier as a string of 36 characters.
    public mutating func value(_ uuid: UUID) {
        scalar {
            $0.append(UInt8(ascii: "\""))
            uuid.write(to: &$0)
            $0.append(UInt8(ascii: "\""))
        }
    }

    /// An identifier as a string of 36 characters.
    public mutating func value(_ id: some TypedID) { value(id.uuid) }

    /// Any JSON value. Throws as ``value(_:)-(Double)`` does.
    public mutating func value(_ json: JSONValue) throws(AppError) {
        switch json {
        case .null: null()
        case .bool(let flag): value(flag)
        case .integer(let integer): value(integer)
        case .number(let number): try value(number)
        case .string(let string): value(string)
        case .array(let elements):
            beginArray()
            for element in elements { try value(element) }
            endArray()
        case .object(let members):
            beginObject()
            for member in members {
                key(named: member.name)
                try value(member.value)
            }
            endObject()
        }
    }
}

extension UUID {
    /// Appends the lower-case 8-4-4-4-12 form: 36 bytes.
    public func write(to bytes: inout [UInt8]) {
        for index in 0..<16 {
            if index == 4 || index == 6 || index == 8 || index == 10 { bytes.append(UInt8(ascii: "-")) }
            let half = index < 8 ? high : low
            let byte = UInt8(truncatingIfNeeded: half >> UInt64((7 - index % 8) * 8))
            bytes.append(Hex.digit(byte >> 4))
            bytes.append(Hex.digit(byte & 15))
        }
    }
}
