extension JSONParser {
    /// The error for what stands at the position in place of what the grammar asks for there.
    func unexpected(_ expected: String) -> AppError {
        failure("expected \(expected), found \(found)", at: position)
    }

    /// The error for what is wrong at a place, the position unless another is given.
    func failure(_ problem: String, at place: Int? = nil) -> AppError {
        let place = place ?? position
        var line = 1
        var column = 1
        for byte in bytes[..<place] {
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return AppError(.badRequest, "Not valid JSON at line \(line), column \(column) (byte \(place)): \(problem)")
    }

    private var found: String {
        guard position < bytes.count else { return "the end of the text" }
        let byte = bytes[position]
        return (0x21...0x7E).contains(byte) ? "'\(Unicode.Scalar(byte))'" : "byte 0x\(Hex.encode(CollectionOfOne(byte)))"
    }
}
