/// Finds where a value ends, without checking more than its quotes and brackets: a strict reading follows.
///
/// Keeps its place, so that a value that comes in many pieces is gone through once.
struct JSONScanner {
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    private var isScalar = false
    private(set) var position = 0

    /// Begins with the value at a place, where a byte that is no blank stands.
    mutating func begin(at place: Int) {
        self = JSONScanner()
        position = place
    }

    /// Bytes in front were dropped.
    mutating func shift(by count: Int) { position -= count }

    /// Where the value ends; nil where that is not here yet. A number or a word ends only with what follows it, or where `isFinal` says so.
    mutating func end(_ bytes: UnsafeBufferPointer<UInt8>, isFinal: Bool) -> Int? {
        while position < bytes.count {
            let byte = bytes[position]
            if isInString {
                skipString(bytes)
                if !isInString, depth == 0 { return position }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""):
                if isScalar { return position }
                isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                if isScalar { return position }
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return position }
                depth -= 1
                if depth == 0 {
                    position += 1
                    return position
                }
            case UInt8(ascii: ","), 0x20, 0x0A, 0x0D, 0x09: if depth == 0 { return position }
            default: if depth == 0 { isScalar = true }
            }
            position += 1
        }
        return isFinal && isScalar ? position : nil
    }

    /// Goes to behind the closing quote, or as far as bytes are.
    private mutating func skipString(_ bytes: UnsafeBufferPointer<UInt8>) {
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
                return
            }
        }
    }
}
