import HandlerKit
import Imports

/// Refused rows as the database takes them.
struct RefusalBinds {
    let binds: [Bind]

    /// `from` is how many came before these.
    init(_ refusals: ArraySlice<Refusal>, from: Int) {
        var numbers = BinaryArray(of: .int32, capacity: refusals.count)
        var fields = BinaryArray(of: .text, capacity: refusals.count)
        var rows = BinaryArray(of: .json, capacity: refusals.count)
        for (offset, refusal) in refusals.enumerated() {
            numbers.append(Int32(from + offset + 1))
            if let column = refusal.column { fields.append(Self.cut(column)) } else { fields.appendNull() }
            rows.append(json: JSONValue.array(refusal.fields.map { .string(Self.clean($0)) }).description.utf8)
        }
        binds = [
            .array(numbers), .int64s(refusals.map { Int64($0.row) }), .int64s(refusals.map { Int64($0.line) }), .array(fields),
            .texts(refusals.map { Self.cut($0.reason) }), .array(rows),
        ]
    }

    /// At most as many characters as the table takes, without NUL, which no text in Postgres holds.
    private static func cut(_ text: String) -> String {
        let clean = clean(text)
        return clean.unicodeScalars.count > 1000 ? String(String.UnicodeScalarView(clean.unicodeScalars.prefix(1000))) : clean
    }

    private static func clean(_ text: String) -> String { text.utf8.contains(0) ? text.replacing("\0", with: "\u{FFFD}") : text }
}
