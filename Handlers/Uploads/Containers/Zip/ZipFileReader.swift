public import Kernel

/// Unpacks one file of an archive, as a machine that asks for the parts of the archive and gives the file piece by piece.
///
/// Throws `UNPROCESSABLE_FILE` where the file is damaged (its checksum is compared), encrypted, packed in another way than deflate, or beyond
/// ``ContainerLimits``.
public struct ZipFileReader: ~Copyable, Sendable {
    /// What the reader asks for, or gives.
    public enum Step: Sendable {
        /// Supply these bytes of the archive.
        case read(Range<Int>)
        /// The next bytes of the file, at most 64 KiB.
        case bytes([UInt8])
        /// All of the file was given.
        case end
    }

    private enum State { case header, data, done }

    private static let room = 64 << 10
    private static let headerBytes = 30
    /// The file that is read.
    public let entry: ZipEntry
    private let limits: ContainerLimits
    private var inflater = Inflater(.raw)
    private var checksum = Checksum()
    private var state = State.header
    private var input: [UInt8] = []
    private var position = 0
    /// Where the next packed bytes stand in the archive, and where they end.
    private var offset: Int
    private var end: Int
    private var unpacked = 0

    /// A reader at the file's beginning.
    public init(_ entry: ZipEntry, limits: ContainerLimits = ContainerLimits()) throws(AppError) {
        guard !entry.isEncrypted else {
            throw ContainerFault.file("\(entry.name.prefix(100)) in the zip archive is encrypted; expected a file without a password")
        }
        guard entry.method == 0 || entry.method == 8 else {
            throw ContainerFault.file(
                "\(entry.name.prefix(100)) in the zip archive is packed by method \(entry.method); expected 0 (stored) or 8 (deflated)")
        }
        try limits.check(packed: entry.packedBytes, unpacked: entry.unpackedBytes, String(entry.name.prefix(100)))
        self.entry = entry
        self.limits = limits
        offset = entry.offset
        end = entry.offset + Self.headerBytes
    }

    /// Where the bytes stand that are needed next; nil where some are here, or there are no more.
    private var wanted: Range<Int>? {
        if state == .done || position < input.count || offset == end && state == .data { return nil }
        return offset..<min(end, offset + limits.pieceBytes)
    }

    /// Takes the bytes that the last step asked for.
    public mutating func supply(_ bytes: [UInt8]) throws(AppError) {
        guard let range = wanted, bytes.count == range.count else { throw damaged("the archive is cut there") }
        offset = range.upperBound
        guard state == .header else {
            input = bytes
            position = 0
            return
        }
        guard bytes.u32(0) == 0x0403_4B50 else { throw damaged("expected its local header") }
        offset += bytes.u16(26) + bytes.u16(28)
        end = offset + entry.packedBytes
        state = .data
    }

    /// What comes next.
    public mutating func next() throws(AppError) -> Step {
        if let range = wanted { return .read(range) }
        guard state == .data else { return .end }
        let piece = try entry.method == 0 ? stored() : inflated()
        checksum.add(piece)
        unpacked += piece.count
        guard unpacked <= entry.unpackedBytes else { throw damaged("it is longer than the archive's directory says") }
        if state == .done {
            guard unpacked == entry.unpackedBytes, checksum.value == entry.checksum else { throw damaged("its checksum is wrong") }
        }
        return .bytes(piece)
    }

    private mutating func stored() -> [UInt8] {
        let piece = Array(input[position..<min(position + Self.room, input.count)])
        position += piece.count
        if position == input.count, offset == end { state = .done }
        return piece
    }

    private mutating func inflated() throws(AppError) -> [UInt8] {
        var outcome: (consumed: Int, produced: Int, state: Inflater.State) = (0, 0, .going)
        let piece = [UInt8](unsafeUninitializedCapacity: Self.room) { output, count in
            input.withUnsafeBufferPointer { outcome = inflater.run(UnsafeBufferPointer(rebasing: $0[position...]), into: output) }
            count = outcome.produced
        }
        position += outcome.consumed
        switch outcome.state {
        case .broken: throw damaged("it is no deflated data")
        case .ended: state = .done
        case .going:
            // Nothing came of no input: the stream would go on behind the file's end.
            if piece.isEmpty, position == input.count, offset == end { throw damaged("it ends before its data does") }
        }
        return piece
    }

    private func damaged(_ what: String) -> AppError {
        ContainerFault.at(byte: offset - input.count + position, "\(entry.name.prefix(100)) in the zip archive is damaged: \(what)")
    }
}
