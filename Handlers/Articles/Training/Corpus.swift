/// Texts with what people said of their tone.
struct Corpus {
    struct Entry {
        var set: String
        /// 0: bad, 1: neutral, 2: good.
        var label: Int
        var score: Float?
        var text: [UInt8]
    }

    var entries: [Entry] = []

    /// Reads `id,set,label,score,text` (RFC 4180).
    init(csv bytes: [UInt8]) {
        var record: [[UInt8]] = []
        var cell: [UInt8] = []
        var isQuoted = false
        var at = 0
        while at < bytes.count {
            let byte = bytes[at]
            if isQuoted {
                if byte == UInt8(ascii: "\""), at + 1 < bytes.count, bytes[at + 1] == byte {
                    cell.append(byte)
                    at += 1
                } else if byte == UInt8(ascii: "\"") {
                    isQuoted = false
                } else {
                    cell.append(byte)
                }
            } else if byte == UInt8(ascii: "\"") {
                isQuoted = true
            } else if byte == UInt8(ascii: ",") {
                record.append(cell)
                cell = []
            } else if byte == UInt8(ascii: "\n") {
                record.append(cell)
                take(record)
                record = []
                cell = []
            } else if byte != UInt8(ascii: "\r") {
                cell.append(byte)
            }
            at += 1
        }
        if !record.isEmpty {
            record.append(cell)
            take(record)
        }
    }

    private mutating func take(_ record: [[UInt8]]) {
        guard record.count == 5, let label = ["neg", "neu", "pos"].firstIndex(of: String(decoding: record[2], as: UTF8.self)) else { return }
        entries.append(
            Entry(
                set: String(decoding: record[1], as: UTF8.self), label: label, score: Float(String(decoding: record[3], as: UTF8.self)),
                text: record[4]))
    }
}
