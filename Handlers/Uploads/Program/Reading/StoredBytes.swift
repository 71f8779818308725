import HandlerKit

/// The bytes of a kept file, from front to back or by their place.
///
/// One stream is kept open and goes on where the next range begins, so that a reader that asks for one part after the other costs no more than one that
/// takes all. It also lets an import read on inside of its transaction, where no object may be opened.
actor StoredBytes {
    nonisolated let size: Int
    private let objects: Objects
    private let name: String
    private var reader: ObjectReader?
    private var iterator: ObjectReader.AsyncIterator?
    /// Bytes that came and were not asked for yet, and the place of the first.
    private var held: [UInt8] = []
    private var position = 0

    init(_ objects: Objects, _ name: String, size: Int) {
        self.objects = objects
        self.name = name
        self.size = size
    }

    /// The next bytes behind the last that were asked for; nil at the end.
    func next() async throws -> [UInt8]? {
        if held.isEmpty { held = try await arriving() ?? [] }
        guard !held.isEmpty else { return nil }
        let piece = held
        held = []
        position += piece.count
        return piece
    }

    /// The bytes of a range, fewer where the file ends in it.
    func bytes(_ range: Range<Int>) async throws -> [UInt8] {
        let range = range.clamped(to: 0..<size)
        try await seek(range.lowerBound)
        while held.count < range.count, let more = try await arriving() { held += more }
        let found = Array(held.prefix(range.count))
        held.removeFirst(found.count)
        position += found.count
        return found
    }

    /// So far a gap is read over; behind it another stream is opened.
    private static let gap = 256 << 10

    /// Goes to a place, on the open stream where it lies a little ahead.
    func seek(_ place: Int) async throws {
        if place == position, iterator != nil || place == 0 { return }
        if place > position, place - position <= Self.gap, iterator != nil {
            while position < place {
                if held.isEmpty { held = try await arriving() ?? [] }
                guard !held.isEmpty else { break }
                let skipped = min(held.count, place - position)
                held.removeFirst(skipped)
                position += skipped
            }
            return
        }
        await close()
        position = place
    }

    func close() async {
        await reader?.close()
        reader = nil
        iterator = nil
        held = []
    }

    private func arriving() async throws -> [UInt8]? {
        if iterator == nil {
            let opened = try await objects.get(name, range: position..<max(size, position))
            reader = opened
            iterator = opened.makeAsyncIterator()
        }
        var current = iterator
        defer { iterator = current }
        return try await current?.next()
    }
}
