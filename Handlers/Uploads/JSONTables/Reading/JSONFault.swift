import Kernel

/// What is wrong with a JSON text, and where: found without the text before, so that the reader adds the place.
struct JSONFault: Error {
    /// Bytes from the beginning of what is held.
    let offset: Int
    /// What was expected there, and what stands there.
    let what: String
    /// What is not about the grammar: a limit that was passed.
    var error: AppError?

    /// Runs what may pass a limit.
    @inline(__always)
    static func keeping<Result>(_ body: () throws(AppError) -> Result) throws(JSONFault) -> Result {
        do { return try body() } catch { throw JSONFault(offset: 0, what: error.message, error: error) }
    }

    /// "expected ',' or ']', found 'x'"
    static func expected(_ expected: String, _ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> JSONFault {
        JSONFault(offset: at, what: "expected \(expected), found \(found(bytes, at))")
    }

    static func found(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> String {
        guard at < bytes.count else { return "the end of the file" }
        let byte = bytes[at]
        return (0x21...0x7E).contains(byte) ? "'\(Unicode.Scalar(byte))'" : "byte 0x\(Hex.encode(CollectionOfOne(byte)))"
    }
}
