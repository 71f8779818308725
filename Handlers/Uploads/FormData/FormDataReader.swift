import Glibc
public import Kernel

/// Reads `multipart/form-data` (RFC 7578, RFC 2046 section 5.1) as it arrives, holding no more than a boundary and one part's head.
///
/// Throws ``AppError`` of code `BAD_REQUEST` where the body is no such form, or ends before its last boundary.
public struct FormDataReader: Sendable {
    /// What the bytes hold, in their order.
    public enum Event: Sendable, Hashable {
        /// A part begins.
        case part(FormPart)
        /// Some of the part's bytes; never empty.
        case bytes(ArraySlice<UInt8>)
        /// The part ends.
        case end
    }

    private enum State { case preamble, boundary, head, part, epilogue }

    private static let longestHead = 16_384
    private let delimiter: [UInt8]
    private var state = State.preamble
    /// What may be the beginning of a boundary or a head. The line end in front of the first boundary may be missing, so it is put there.
    private var held: [UInt8] = [0x0D, 0x0A]

    /// A reader of a body with a boundary of 1 to 70 bytes, from the parameter `boundary` of its content type.
    public init(boundary: String?) throws(AppError) {
        guard let boundary, (1...70).contains(boundary.utf8.count) else {
            throw AppError(.badRequest, "The content type multipart/form-data needs a boundary of 1 to 70 characters")
        }
        delimiter = Array("\r\n--\(boundary)".utf8)
    }

    /// Takes the next bytes of the body.
    public mutating func read(_ bytes: [UInt8]) throws(AppError) -> [Event] {
        var events: [Event] = []
        let all = held.isEmpty ? bytes : held + bytes
        held = []
        var position = 0
        while let next = try step(all, position, &events) { position = next }
        return events
    }

    /// Says that the body ends here.
    public func finish() throws(AppError) {
        guard state == .epilogue else { throw AppError(.badRequest, "The form ends before its last boundary") }
    }

    /// Goes on as far as one piece of the form reaches; nil, with the rest held, where more bytes are needed.
    private mutating func step(_ all: [UInt8], _ position: Int, _ events: inout [Event]) throws(AppError) -> Int? {
        switch state {
        case .preamble: return content(all, position) { _ in }
        case .part: return content(all, position) { events.append($0) }
        case .boundary: return try boundary(all, position)
        case .head: return try head(all, position, &events)
        case .epilogue: return nil
        }
    }

    private mutating func content(_ all: [UInt8], _ position: Int, _ emit: (Event) -> Void) -> Int? {
        let (end, found) = Self.search(all, from: position, for: delimiter)
        if end > position { emit(.bytes(all[position..<end])) }
        guard found else {
            held = Array(all[end...])
            return nil
        }
        if state == .part { emit(.end) }
        state = .boundary
        return end + delimiter.count
    }

    private mutating func boundary(_ all: [UInt8], _ position: Int) throws(AppError) -> Int? {
        var position = position
        while position < all.count, all[position] == 0x20 || all[position] == 0x09 { position += 1 }
        guard all.count - position >= 2 else {
            held = Array(all[position...])
            return nil
        }
        switch (all[position], all[position + 1]) {
        case (0x0D, 0x0A): state = .head
        case (0x2D, 0x2D): state = .epilogue
        default: throw AppError(.badRequest, "A boundary of the form is followed by neither a line end nor two hyphens")
        }
        // The head's end is two line ends, of which the boundary's may be the first.
        return state == .head ? position : position + 2
    }

    private mutating func head(_ all: [UInt8], _ position: Int, _ events: inout [Event]) throws(AppError) -> Int? {
        let (end, found) = Self.search(all, from: position, for: [0x0D, 0x0A, 0x0D, 0x0A])
        guard (found ? end : all.count) - position <= Self.longestHead else {
            throw AppError(.badRequest, "The head of a part of the form is longer than \(Self.longestHead) bytes")
        }
        guard found else {
            held = Array(all[position...])
            return nil
        }
        guard let part = FormPart(head: all[position..<end]) else {
            throw AppError(.badRequest, "A part of the form lacks its line `Content-Disposition: form-data; name=\"…\"`")
        }
        events.append(.part(part))
        state = .part
        // An empty part's boundary begins with the line end that closes its head.
        return end + 2 + (Self.starts(all, at: end + 2, with: delimiter) ? 0 : 2)
    }

    /// Where a pattern that begins with CR stands; else where it may have begun at the end, or the end.
    private static func search(_ bytes: [UInt8], from start: Int, for pattern: [UInt8]) -> (position: Int, found: Bool) {
        bytes.withUnsafeBufferPointer { bytes in
            var position = start
            while position < bytes.count, let hit = memchr(bytes.baseAddress! + position, 0x0D, bytes.count - position) {
                position = UnsafeRawPointer(hit) - UnsafeRawPointer(bytes.baseAddress!)
                let length = min(pattern.count, bytes.count - position)
                if pattern.withUnsafeBufferPointer({ memcmp(bytes.baseAddress! + position, $0.baseAddress!, length) }) == 0 {
                    return (position, length == pattern.count)
                }
                position += 1
            }
            return (bytes.count, false)
        }
    }

    private static func starts(_ bytes: [UInt8], at position: Int, with pattern: [UInt8]) -> Bool {
        position + pattern.count <= bytes.count && bytes[position..<position + pattern.count].elementsEqual(pattern)
    }
}
