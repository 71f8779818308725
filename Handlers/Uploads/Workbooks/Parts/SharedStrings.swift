import Kernel

/// The texts that cells refer to, packed into blocks so that a million of them need neither a million allocations nor one that is copied as it grows.
struct SharedStrings: Sendable {
    private static let blockBytes = 1 << 20
    /// The longest text, in bytes. Excel writes 32,767 characters.
    static let longest = 256 << 10
    /// The most bytes of text. A handler has 256 MB.
    static let mostBytes = 96 << 20
    static let mostStrings = 4_000_000
    private var blocks: [[UInt8]] = []
    /// Block, place in it and length, of 24, 20 and 20 bits.
    private var places: [UInt64] = []
    private var bytes = 0

    var count: Int { places.count }

    /// Adds the next text. Throws where it, or all together, is too long.
    mutating func append(_ text: [UInt8]) throws(AppError) {
        guard text.count <= Self.longest else {
            throw WorkbookFault.part("shared strings", "string \(count) is longer than \(Self.longest) bytes")
        }
        bytes += text.count
        guard bytes <= Self.mostBytes, count < Self.mostStrings else {
            throw WorkbookFault.part(
                "shared strings", "they hold more than \(Self.mostBytes) bytes or \(Self.mostStrings) strings; save the table as CSV")
        }
        if blocks.last.map({ $0.count + text.count > Self.blockBytes }) ?? true {
            blocks.append([])
            blocks[blocks.count - 1].reserveCapacity(Self.blockBytes)
        }
        let block = blocks.count - 1
        places.append(UInt64(block) << 40 | UInt64(blocks[block].count) << 20 | UInt64(text.count))
        blocks[block].append(contentsOf: text)
    }

    /// Lends a text; nil where there is none of that index.
    @inline(__always)
    func withText<Result>(_ index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws(AppError) -> Result) throws(AppError) -> Result? {
        guard index >= 0, index < places.count else { return nil }
        let place = places[index]
        let start = Int(place >> 20 & 0xF_FFFF)
        let length = Int(place & 0xF_FFFF)
        return try blocks[Int(place >> 40)].withUnsafeBufferPointer { (block) throws(AppError) in
            try body(UnsafeBufferPointer(rebasing: block[start..<start + length]))
        }
    }
}

/// Reads `xl/sharedStrings.xml`: the text of each item's runs, without phonetic hints.
final class SharedStringsHandler: XMLHandler {
    private(set) var strings = SharedStrings()
    private var item: [UInt8] = []
    private var isText = false
    private var phonetic = 0

    override func start(_ name: XMLName, _ attributes: XMLAttributes) {
        switch name {
        case "t": isText = phonetic == 0
        case "rPh": phonetic += 1
        case "si": item.removeAll(keepingCapacity: true)
        default: break
        }
    }

    override func end(_ name: XMLName) {
        switch name {
        case "t": isText = false
        case "rPh": phonetic -= 1
        case "si":
            EscapedText.decode(&item)
            attempt { () throws(AppError) in try strings.append(item) }
        default: break
        }
    }

    override func text(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard isText else { return }
        item.append(contentsOf: bytes)
        if item.count > 2 << 20 {
            fault = WorkbookFault.part("shared strings", "string \(strings.count) is longer than \(SharedStrings.longest) bytes")
        }
    }
}
