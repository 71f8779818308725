import Glibc
import Kernel

/// What takes the elements of an XML text as they come. A subclass keeps what it needs.
class XMLHandler {
    /// What makes the text unusable; the parser stops behind the call that sets it.
    var fault: AppError?

    func start(_ name: XMLName, _ attributes: XMLAttributes) {}
    func end(_ name: XMLName) {}
    func text(_ bytes: UnsafeBufferPointer<UInt8>) {}

    /// Runs what may fail, and keeps the failure.
    @inline(__always)
    final func attempt(_ body: () throws(AppError) -> Void) {
        do { try body() } catch { fault = error }
    }
}

/// A name without its prefix. Workbooks are told apart by names alone: the prefixes and even the namespaces differ between programs.
struct XMLName {
    private let bytes: UnsafePointer<CChar>
    private let count: Int

    @inline(__always)
    init(_ qualified: UnsafePointer<CChar>) {
        var start = qualified
        var end = qualified
        while end.pointee != 0 {
            if end.pointee == CChar(bitPattern: UInt8(ascii: ":")) { start = end + 1 }
            end += 1
        }
        bytes = start
        count = end - start
    }

    @inline(__always)
    static func == (name: XMLName, text: StaticString) -> Bool {
        guard name.count == text.utf8CodeUnitCount else { return false }
        let other = text.utf8Start
        for index in 0..<name.count where UInt8(bitPattern: name.bytes[index]) != other[index] { return false }
        return true
    }

    @inline(__always)
    static func ~= (text: StaticString, name: XMLName) -> Bool { name == text }
}

/// The attributes of one element, valid while its start is told.
struct XMLAttributes {
    private let pairs: UnsafeMutablePointer<UnsafePointer<CChar>?>

    @inline(__always)
    init(_ pairs: UnsafeMutablePointer<UnsafePointer<CChar>?>) { self.pairs = pairs }

    /// The value's bytes, ended by a zero; nil where there is no such attribute.
    @inline(__always)
    func bytes(_ name: StaticString) -> UnsafePointer<CChar>? {
        var index = 0
        while let key = pairs[index] {
            if XMLName(key) == name { return pairs[index + 1] }
            index += 2
        }
        return nil
    }

    /// The value as a text, cut behind 4,096 bytes: what is kept of many elements stays small.
    func text(_ name: StaticString) -> String? {
        guard let bytes = bytes(name) else { return nil }
        let length = strnlen(bytes, 4096)
        return bytes.withMemoryRebound(to: UInt8.self, capacity: length) {
            String(decoding: UnsafeBufferPointer(start: $0, count: length), as: UTF8.self)
        }
    }

    /// A whole number that is not negative.
    func integer(_ name: StaticString) -> Int? {
        guard let text = text(name) else { return nil }
        return Int(text).flatMap { $0 >= 0 ? $0 : nil }
    }

    /// `1` or `true`, as XML Schema writes a boolean.
    func flag(_ name: StaticString) -> Bool { ["1", "true", "on"].contains(text(name) ?? "") }
}
