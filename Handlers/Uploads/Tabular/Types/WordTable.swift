/// Short words and a number for each, found without making a text of the bytes.
///
/// ASCII letters count as equal in both cases; words with other letters are kept in small, large and capital form.
struct WordTable: Sendable {
    private struct Entry {
        let word: [UInt8]
        let value: Int
    }

    private var entries: [Entry] = []
    private var slots: [UInt16]
    private let mask: Int
    /// The longest word, in bytes.
    private(set) var longest = 0

    /// - Parameter words: the first of two equal words holds.
    init(_ words: [(word: String, value: Int)]) {
        var size = 64
        while size < words.count * 8 { size *= 2 }
        slots = [UInt16](repeating: 0, count: size)
        mask = size - 1
        for (word, value) in words {
            let small = word.lowercased()
            let capital = small.prefix(1).uppercased() + small.dropFirst()
            for form in [word, small, word.uppercased(), capital] { insert(Array(form.utf8), value) }
        }
    }

    private mutating func insert(_ word: [UInt8], _ value: Int) {
        let folded = word.map(Self.fold)
        guard !folded.isEmpty, folded.withUnsafeBufferPointer({ find($0.baseAddress.unsafelyUnwrapped, $0.count) }) == nil else { return }
        entries.append(Entry(word: folded, value: value))
        longest = max(longest, folded.count)
        var slot = folded.withUnsafeBufferPointer { Self.hash($0.baseAddress.unsafelyUnwrapped, $0.count) } & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = UInt16(entries.count)
    }

    /// The number of the word that all of the bytes spell.
    func find(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int? {
        guard count > 0, count <= longest else { return nil }
        var slot = Self.hash(bytes, count) & mask
        while slots[slot] != 0 {
            let entry = entries[Int(slots[slot]) - 1]
            if entry.word.count == count, Self.equal(entry.word, bytes) { return entry.value }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// The number of a text's word.
    func find(_ text: FieldText) -> Int? { find(text.bytes, text.count) }

    /// The number of a word.
    func find(_ word: String) -> Int? {
        var word = word
        return word.withUTF8 { bytes in bytes.baseAddress.flatMap { find($0, bytes.count) } }
    }

    private static func equal(_ word: [UInt8], _ bytes: UnsafePointer<UInt8>) -> Bool {
        for index in word.indices where word[index] != fold(bytes[index]) { return false }
        return true
    }

    /// FNV-1a over the folded bytes.
    private static func hash(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in 0..<count { hash = (hash ^ UInt64(fold(bytes[index]))) &* 0x100_0000_01B3 }
        return Int(truncatingIfNeeded: (hash ^ hash >> 29) & 0x7FFF_FFFF)
    }

    @inline(__always)
    private static func fold(_ byte: UInt8) -> UInt8 { byte &- 65 < 26 ? byte | 0x20 : byte }
}
