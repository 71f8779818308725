/// The bytes of one cell, without blanks around it.
struct Cell {
    let bytes: UnsafePointer<UInt8>
    let count: Int

    /// The content of a field, blanks and tabs around it cut off.
    @inline(__always)
    init(_ field: Field, _ base: UnsafePointer<UInt8>) {
        var bytes = base + Int(field.start)
        var count = Int(field.length)
        while count > 0, Self.isBlank(bytes[0]) {
            bytes += 1
            count -= 1
        }
        while count > 0, Self.isBlank(bytes[count - 1]) { count -= 1 }
        self.bytes = bytes
        self.count = count
    }

    @inline(__always)
    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// The cell as a text, doubled quotes made one.
    func text(_ form: Field.Form, quote: UInt8) -> String {
        let raw = UnsafeBufferPointer(start: bytes, count: count)
        guard form == .escaped else { return String(decoding: raw, as: UTF8.self) }
        var kept: [UInt8] = []
        kept.reserveCapacity(count)
        var doubled = false
        for byte in raw {
            doubled = byte == quote && !doubled
            if !doubled { kept.append(byte) }
        }
        return String(decoding: kept, as: UTF8.self)
    }

    /// The cell for a message: at most 40 characters of it.
    func excerpt(_ form: Field.Form, quote: UInt8) -> String {
        let text = text(form, quote: quote)
        return text.count > 40 ? "\(text.prefix(40))…" : text
    }
}
