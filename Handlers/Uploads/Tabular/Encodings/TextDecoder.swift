#if canImport(Glibc)
    import Glibc
#endif

/// Turns the bytes of a file into UTF-8, piece by piece.
///
/// Nothing is refused: in UTF-8, a byte that begins no character is read as the character of cp1252 that it would be, in every other encoding as U+FFFD;
/// so is NUL. ``repaired`` counts them.
struct TextDecoder: ~Copyable {
    private let encoding: TextEncoding
    private var converter: Iconv?
    /// The beginning of a character whose rest has not come yet; at most some bytes.
    private var waiting: [UInt8] = []
    /// The mark at the beginning that is left out, as far as it has not come yet.
    private var markLeft: Int
    /// How many bytes began no character.
    private(set) var repaired = 0
    /// Where the first of them is, from 0.
    private(set) var firstRepaired: Int?
    private var consumed = 0

    /// - Parameter mark: how many bytes at the beginning are a byte order mark.
    init(_ encoding: TextEncoding, mark: Int) {
        self.encoding = encoding
        markLeft = mark
        if encoding != .utf8 { converter = Iconv(from: encoding.iconvName) }
    }

    /// Whether texts of that encoding can be read here: the C library has most of them in files of their own.
    static func knows(_ encoding: TextEncoding) -> Bool { encoding == .utf8 || Iconv(from: encoding.iconvName) != nil }

    /// Puts the text of some bytes behind `out`.
    mutating func decode(_ bytes: UnsafeRawBufferPointer, final: Bool, into out: inout ByteBuffer) {
        let skipped = min(markLeft, bytes.count)
        markLeft -= skipped
        consumed += skipped
        let rest = UnsafeRawBufferPointer(rebasing: bytes[skipped...])
        if waiting.isEmpty {
            decodePiece(rest, final: final, &out)
        } else {
            let joined = waiting + rest
            consumed -= waiting.count
            waiting = []
            joined.withUnsafeBytes { decodePiece($0, final: final, &out) }
        }
    }

    private mutating func decodePiece(_ bytes: UnsafeRawBufferPointer, final: Bool, _ out: inout ByteBuffer) {
        defer { consumed += bytes.count }
        guard let base = bytes.bindMemory(to: UInt8.self).baseAddress else { return }
        if converter == nil { utf8(base, bytes.count, final: final, &out) } else { convert(base, bytes.count, final: final, &out) }
    }

    private mutating func repair(at offset: Int) {
        repaired += 1
        if firstRepaired == nil { firstRepaired = consumed + offset }
    }

    private mutating func utf8(_ base: UnsafePointer<UInt8>, _ count: Int, final: Bool, _ out: inout ByteBuffer) {
        var position = 0
        while position < count {
            let valid = UTF8Check.firstFaultOrNUL(base + position, count - position) ?? count - position
            out.append(UnsafeRawBufferPointer(start: base + position, count: valid))
            position += valid
            guard position < count else { return }
            if !final, count - position < 4, UTF8Check.mayContinue(base + position, count - position) {
                waiting = Array(UnsafeBufferPointer(start: base + position, count: count - position))
                return
            }
            repair(at: position)
            out.append(text: Windows1252.utf8(base[position]))
            position += 1
        }
    }

    private mutating func convert(_ base: UnsafePointer<UInt8>, _ count: Int, final: Bool, _ out: inout ByteBuffer) {
        var position = 0
        while position < count {
            let step = converter!.convert(base + position, count - position, into: &out)
            position += step.read
            switch step.end {
            case .done: return
            case .full: continue
            case .incomplete where !final:
                waiting = Array(UnsafeBufferPointer(start: base + position, count: count - position))
                return
            case .incomplete, .invalid:
                repair(at: position)
                out.append(text: [0xEF, 0xBF, 0xBD])
                position += min(unit, count - position)
            }
        }
    }

    /// As many bytes are left out where they mean nothing.
    private var unit: Int {
        switch encoding {
        case .utf16le, .utf16be: 2
        case .utf32le, .utf32be: 4
        default: 1
        }
    }
}

/// One conversion of iconv(3), closed with it.
struct Iconv: ~Copyable, @unchecked Sendable {
    enum End { case done, full, incomplete, invalid }
    private static let room = 64 << 10
    private let handle: iconv_t
    private let output: UnsafeMutablePointer<CChar>

    /// Nil where the C library does not know the encoding.
    init?(from name: String) {
        guard let handle = iconv_open("UTF-8", name), Int(bitPattern: handle) != -1 else { return nil }
        self.handle = handle
        output = .allocate(capacity: Iconv.room)
    }

    deinit {
        iconv_close(handle)
        output.deallocate()
    }

    /// Converts as much as one call does.
    mutating func convert(_ bytes: UnsafePointer<UInt8>, _ count: Int, into out: inout ByteBuffer) -> (read: Int, end: End) {
        var input: UnsafeMutablePointer<CChar>? = UnsafeMutableRawPointer(mutating: bytes).assumingMemoryBound(to: CChar.self)
        var left = count
        var target: UnsafeMutablePointer<CChar>? = output
        var room = Self.room
        let result = iconv(handle, &input, &left, &target, &room)
        let failure = errno
        let made = Self.room - room
        // No table keeps a NUL.
        while let nul = memchr(output, 0, made) { nul.storeBytes(of: UInt8(ascii: " "), as: UInt8.self) }
        out.append(UnsafeRawBufferPointer(start: output, count: made))
        guard result == -1 else { return (count - left, .done) }
        switch failure {
        case E2BIG: return (count - left, .full)
        case EINVAL: return (count - left, .incomplete)
        default: return (count - left, .invalid)
        }
    }
}
